//! Each method of the engine as a call.

use super::EngineClient;
use crate::wire::body::{self, Malformed, decode, decode_all, encode, encode_all};
use crate::wire::{parts, proto, status::from_status};
use crate::{
    ApiKey, CutReport, DeadLetter, DealsAsked, Engine, EngineResult, EntryPage, ExportStream, HistoryStart,
    Ingested, JournalStats, KeptVerified, KeyHash, LiveStream, Names, NewKey, NewOrg, OrgInfo, OrgPage,
    Parties, Position, Positioned, ResolvedParties, Slice,
};
use async_trait::async_trait;
use futures::future;
use futures::stream::{BoxStream, StreamExt};
use salescope_domain::deal_view::{DealPage, DealView};
use salescope_domain::directory_view::{PersonView, QuotaView, RateView, StageView, TeamView};
use salescope_domain::{
    Answer, Comparison, DealId, Definition, Explanation, Grain, Instant, KpiId, LiveQuestion, OrgId,
    PersonId, Query, Series, SourceId,
};

fn about(org: &OrgId) -> proto::OrgRequest {
    proto::OrgRequest { org: org.to_string() }
}

fn question(org: &OrgId, query: &Query) -> Result<proto::QueryRequest, Malformed> {
    Ok(proto::QueryRequest { org: org.to_string(), query: encode("a question", query)? })
}

/// A call, and what is in its response.
macro_rules! call {
    ($client:expr, $method:ident, $request:expr) => {
        $client.rpc().$method($request).await.map_err(from_status)?.into_inner()
    };
}

#[async_trait]
impl Engine for EngineClient {
    async fn ready(&self) -> EngineResult<()> {
        call!(self, ready, proto::ReadyRequest {});
        Ok(())
    }

    async fn create_orgs(&self, orgs: Vec<NewOrg>) -> EngineResult<Vec<EngineResult<()>>> {
        let orgs = parts::send_new_orgs(&orgs)?;
        let response = call!(self, create_orgs, proto::CreateOrgsRequest { orgs });
        let created = |created: proto::Created| match created.error {
            Some(error) => Ok(Err(decode("an error", &error)?)),
            None => Ok(Ok(())),
        };
        response.created.into_iter().map(created).collect()
    }

    async fn orgs(&self, after: Option<&OrgId>, limit: usize) -> EngineResult<OrgPage> {
        let request = proto::ListOrgsRequest { after: after.map(ToString::to_string), limit: limit as u64 };
        let response = call!(self, list_orgs, request);
        let orgs = response.orgs.iter().map(|org| parts::org(org)).collect::<Result<_, _>>()?;
        Ok(OrgPage { orgs, more: response.more })
    }

    async fn org(&self, org: &OrgId) -> EngineResult<OrgInfo> {
        Ok(decode("an organisation", &call!(self, get_org, about(org)).info)?)
    }

    async fn export_org(&self, org: &OrgId) -> EngineResult<ExportStream> {
        let chunks = call!(self, export_org, about(org));
        Ok(chunks.map(|chunk| chunk.map(|chunk| chunk.bytes).map_err(from_status)).boxed())
    }

    async fn erase_org(&self, org: &OrgId) -> EngineResult<()> {
        call!(self, erase_org, about(org));
        Ok(())
    }

    async fn ingest(&self, org: &OrgId, slice: Slice) -> EngineResult<Ingested> {
        let request = parts::send_slice(org, &slice)?;
        drop(slice);
        Ok(parts::ingested(call!(self, ingest, request))?)
    }

    async fn resolve(&self, org: &OrgId, parties: Parties) -> EngineResult<ResolvedParties> {
        Ok(parts::resolved(&call!(self, resolve, parts::send_parties(org, parties)))?)
    }

    async fn lookup(&self, org: &OrgId, parties: Parties) -> EngineResult<ResolvedParties> {
        Ok(parts::resolved(&call!(self, lookup, parts::send_parties(org, parties)))?)
    }

    async fn names(&self, org: &OrgId) -> EngineResult<Names> {
        Ok(parts::names(call!(self, names, about(org)))?)
    }

    async fn erase_person(&self, org: &OrgId, person: &PersonId) -> EngineResult<()> {
        let request = proto::ErasePersonRequest { org: org.to_string(), person: person.to_string() };
        call!(self, erase_person, request);
        Ok(())
    }

    async fn query(&self, org: &OrgId, query: Query) -> EngineResult<Positioned<Answer>> {
        Ok(parts::read_answer("an answer", &call!(self, query, question(org, &query)?))?)
    }

    async fn answers(
        &self,
        org: &OrgId,
        queries: Vec<Query>,
    ) -> EngineResult<Positioned<Vec<EngineResult<Answer>>>> {
        let queries = encode_all("a question", &queries)?;
        let request = proto::AnswersRequest { org: org.to_string(), queries };
        Ok(parts::answers(&call!(self, answers, request))?)
    }

    async fn series(&self, org: &OrgId, query: Query, grain: Grain) -> EngineResult<Positioned<Series>> {
        let query = encode("a question", &query)?;
        let request =
            proto::SeriesRequest { org: org.to_string(), query, grain: parts::send_grain(grain).into() };
        Ok(parts::read_answer("a series", &call!(self, series, request))?)
    }

    async fn compare(&self, org: &OrgId, query: Query) -> EngineResult<Positioned<Comparison>> {
        Ok(parts::read_answer("a comparison", &call!(self, compare, question(org, &query)?))?)
    }

    async fn explain(
        &self,
        org: &OrgId,
        query: Query,
        since: Option<Instant>,
    ) -> EngineResult<Positioned<Explanation>> {
        let query = encode("a question", &query)?;
        let request = proto::ExplainRequest { org: org.to_string(), query, since_ms: since.map(Instant::ms) };
        Ok(parts::read_answer("an explanation", &call!(self, explain, request))?)
    }

    async fn catalogue(&self, org: &OrgId) -> EngineResult<Vec<Definition>> {
        Ok(decode_all("a definition", &call!(self, catalogue, about(org)).definitions)?)
    }

    async fn dimensions(&self, org: &OrgId) -> EngineResult<Vec<String>> {
        Ok(call!(self, dimensions, about(org)).dimensions)
    }

    async fn add_kpi(&self, org: &OrgId, yaml: String) -> EngineResult<(KpiId, Option<u64>)> {
        let added = call!(self, add_kpi, proto::AddKpiRequest { org: org.to_string(), yaml });
        Ok((body::id("the KPI", KpiId::new, &added.kpi)?, added.tenant_seq))
    }

    /// Ends when the server stops or the connection breaks.
    async fn subscribe(&self, org: &OrgId) -> EngineResult<BoxStream<'static, Position>> {
        let positions = call!(self, subscribe, about(org));
        let until_it_breaks = positions.scan((), |(), position| future::ready(position.ok()));
        Ok(until_it_breaks.map(Position::from).boxed())
    }

    /// Ends when the server stops.
    async fn watch(&self, org: &OrgId, question: LiveQuestion) -> EngineResult<LiveStream> {
        let request =
            proto::WatchRequest { org: org.to_string(), question: encode("a question", &question)? };
        let answers = call!(self, watch, request);
        let read = |answered: Result<proto::AnswerResponse, tonic::Status>| {
            Ok(parts::read_answer("a live answer", &answered.map_err(from_status)?)?)
        };
        Ok(answers.map(read).boxed())
    }

    async fn deal(
        &self,
        org: &OrgId,
        source: &SourceId,
        deal: &DealId,
    ) -> EngineResult<Positioned<Option<DealView>>> {
        let (org, source, deal) = (org.to_string(), source.to_string(), deal.to_string());
        let response = call!(self, get_deal, proto::GetDealRequest { org, source, deal });
        let deal = response.deal.map(|deal| decode("a deal", &deal)).transpose()?;
        Ok(parts::positioned(response.position, deal)?)
    }

    async fn deals(&self, org: &OrgId, asked: DealsAsked) -> EngineResult<Positioned<DealPage>> {
        let filter = encode("a filter", &asked.filter)?;
        let (org, limit) = (org.to_string(), asked.limit as u64);
        let response =
            call!(self, list_deals, proto::ListDealsRequest { org, filter, after: asked.after, limit });
        Ok(parts::positioned(response.position, decode("a page", &response.page)?)?)
    }

    async fn people(&self, org: &OrgId) -> EngineResult<Positioned<Vec<PersonView>>> {
        Ok(parts::read_answer("people", &call!(self, list_people, about(org)))?)
    }

    async fn teams(&self, org: &OrgId) -> EngineResult<Positioned<Vec<TeamView>>> {
        Ok(parts::read_answer("teams", &call!(self, list_teams, about(org)))?)
    }

    async fn stages(&self, org: &OrgId) -> EngineResult<Positioned<Vec<StageView>>> {
        Ok(parts::read_answer("stages", &call!(self, list_stages, about(org)))?)
    }

    async fn quotas(&self, org: &OrgId) -> EngineResult<Positioned<Vec<QuotaView>>> {
        Ok(parts::read_answer("quotas", &call!(self, list_quotas, about(org)))?)
    }

    async fn rates(&self, org: &OrgId) -> EngineResult<Positioned<Vec<RateView>>> {
        Ok(parts::read_answer("rates", &call!(self, list_rates, about(org)))?)
    }

    async fn dead_letters(&self, org: &OrgId) -> EngineResult<Vec<DeadLetter>> {
        Ok(decode_all("a dead letter", &call!(self, dead_letters, about(org)).dead_letters)?)
    }

    async fn retry_dead_letter(&self, org: &OrgId, tenant_seq: u64) -> EngineResult<bool> {
        let request = proto::DeadLetterRequest { org: org.to_string(), tenant_seq };
        Ok(call!(self, retry_dead_letter, request).applied)
    }

    async fn drop_dead_letter(&self, org: &OrgId, tenant_seq: u64) -> EngineResult<()> {
        call!(self, drop_dead_letter, proto::DeadLetterRequest { org: org.to_string(), tenant_seq });
        Ok(())
    }

    async fn entries(&self, org: &OrgId, after: u64, limit: usize) -> EngineResult<EntryPage> {
        let request = proto::EntriesRequest { org: org.to_string(), after, limit: limit as u64 };
        let mut chunks = call!(self, entries, request);
        let mut page = EntryPage::default();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(from_status)?;
            page.entries.extend(decode_all("an entry", &chunk.entries)?);
        }
        Ok(page)
    }

    async fn stats(&self, org: &OrgId) -> EngineResult<JournalStats> {
        let proto::StatsResponse { entries, last_tenant_seq } = call!(self, stats, about(org));
        Ok(JournalStats { entries, last_tenant_seq })
    }

    async fn history_start(&self, org: &OrgId) -> EngineResult<HistoryStart> {
        Ok(decode("where history begins", &call!(self, history_start, about(org)).start)?)
    }

    async fn cut_history(&self, org: &OrgId, before: Instant, dry_run: bool) -> EngineResult<CutReport> {
        let request = proto::CutHistoryRequest { org: org.to_string(), before_ms: before.ms(), dry_run };
        Ok(decode("a cut", &call!(self, cut_history, request).report)?)
    }

    async fn verify_kept(&self, org: &OrgId, now: Instant, count: u64) -> EngineResult<KeptVerified> {
        let request = proto::VerifyKeptRequest { org: org.to_string(), now_ms: now.ms(), count };
        Ok(decode("a comparison", &call!(self, verify_kept, request).verified)?)
    }

    async fn create_key(&self, key: NewKey) -> EngineResult<ApiKey> {
        let (org, name) = (key.org.to_string(), key.name.to_string());
        let request = proto::CreateKeyRequest { org, name, hash: key.hash.to_vec() };
        Ok(parts::key(&call!(self, create_key, request))?)
    }

    async fn find_key(&self, hash: &KeyHash) -> EngineResult<Option<ApiKey>> {
        let found = call!(self, find_key, proto::FindKeyRequest { hash: hash.to_vec() });
        Ok(found.key.as_ref().map(parts::key).transpose()?)
    }

    async fn keys(&self, org: &OrgId) -> EngineResult<Vec<ApiKey>> {
        let keys = call!(self, list_keys, about(org)).keys;
        Ok(keys.iter().map(parts::key).collect::<Result<_, _>>()?)
    }

    async fn revoke_key(&self, org: &OrgId, id: u64) -> EngineResult<bool> {
        Ok(call!(self, revoke_key, proto::RevokeKeyRequest { org: org.to_string(), id }).revoked)
    }
}
