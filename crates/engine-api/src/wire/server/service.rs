//! Each call as a method of the engine.

use crate::wire::body::{Malformed, count, decode, decode_all, encode, encode_all};
use crate::wire::{ENTRIES_CHUNK_BYTES, parts, proto, status::to_status};
use crate::{DealsAsked, Engine, EngineError, Positioned};
use futures::future::{BoxFuture, Shared};
use futures::stream::{self, BoxStream, StreamExt};
use salescope_domain::{DealId, Entry, Instant};
use std::sync::Arc;
use tonic::{Request, Response, Status};

type Reply<T> = Result<Response<T>, Status>;

/// The engine behind the calls.
pub(super) struct Service {
    engine: Arc<dyn Engine>,
    stopping: Shared<BoxFuture<'static, ()>>,
}

impl Service {
    pub(super) fn new(engine: Arc<dyn Engine>, stopping: Shared<BoxFuture<'static, ()>>) -> Self {
        Self { engine, stopping }
    }
}

/// What the engine said, or its error as a status.
fn said<T>(result: Result<T, EngineError>) -> Result<T, Status> {
    result.map_err(to_status)
}

fn answer<T: serde::Serialize>(
    what: &'static str,
    result: Result<Positioned<T>, EngineError>,
) -> Reply<proto::AnswerResponse> {
    Ok(Response::new(parts::answer(what, &said(result)?)?))
}

/// Entries in messages of about [`ENTRIES_CHUNK_BYTES`].
fn chunks(entries: Vec<Entry>) -> impl Iterator<Item = Result<proto::EntriesChunk, Status>> {
    let mut entries = entries.into_iter().peekable();
    std::iter::from_fn(move || {
        entries.peek()?;
        let (mut chunk, mut bytes) = (proto::EntriesChunk::default(), 0);
        while bytes < ENTRIES_CHUNK_BYTES
            && let Some(entry) = entries.next()
        {
            match encode("an entry", &entry) {
                Ok(entry) => {
                    bytes += entry.len();
                    chunk.entries.push(entry);
                }
                Err(malformed) => return Some(Err(malformed.into())),
            }
        }
        Some(Ok(chunk))
    })
}

#[tonic::async_trait]
impl proto::engine_server::Engine for Service {
    type SubscribeStream = BoxStream<'static, Result<proto::Position, Status>>;
    type WatchStream = BoxStream<'static, Result<proto::AnswerResponse, Status>>;
    type ExportOrgStream = BoxStream<'static, Result<proto::ExportChunk, Status>>;
    type EntriesStream = BoxStream<'static, Result<proto::EntriesChunk, Status>>;

    async fn ready(&self, _: Request<proto::ReadyRequest>) -> Reply<proto::ReadyResponse> {
        said(self.engine.ready().await)?;
        Ok(Response::new(proto::ReadyResponse {}))
    }

    async fn create_orgs(
        &self,
        request: Request<proto::CreateOrgsRequest>,
    ) -> Reply<proto::CreateOrgsResponse> {
        let orgs = parts::new_orgs(request.into_inner().orgs)?;
        let created = said(self.engine.create_orgs(orgs).await)?.into_iter().map(|created| {
            let error = created.err().map(|error| encode("an error", &error)).transpose()?;
            Ok(proto::Created { error })
        });
        let created = created.collect::<Result<_, Malformed>>()?;
        Ok(Response::new(proto::CreateOrgsResponse { created }))
    }

    async fn list_orgs(&self, request: Request<proto::ListOrgsRequest>) -> Reply<proto::ListOrgsResponse> {
        let request = request.into_inner();
        let after = request.after.as_deref().map(parts::org).transpose()?;
        let page = said(self.engine.orgs(after.as_ref(), count(request.limit)).await)?;
        let orgs = page.orgs.iter().map(ToString::to_string).collect();
        Ok(Response::new(proto::ListOrgsResponse { orgs, more: page.more }))
    }

    async fn get_org(&self, request: Request<proto::OrgRequest>) -> Reply<proto::GetOrgResponse> {
        let org = parts::org(&request.get_ref().org)?;
        let info = encode("an organisation", &said(self.engine.org(&org).await)?)?;
        Ok(Response::new(proto::GetOrgResponse { info }))
    }

    async fn export_org(&self, request: Request<proto::OrgRequest>) -> Reply<Self::ExportOrgStream> {
        let chunks = said(self.engine.export_org(&parts::org(&request.get_ref().org)?).await)?;
        let chunks = chunks.map(|chunk| said(chunk).map(|bytes| proto::ExportChunk { bytes }));
        Ok(Response::new(chunks.boxed()))
    }

    async fn erase_org(&self, request: Request<proto::OrgRequest>) -> Reply<proto::EraseOrgResponse> {
        said(self.engine.erase_org(&parts::org(&request.get_ref().org)?).await)?;
        Ok(Response::new(proto::EraseOrgResponse {}))
    }

    async fn ingest(&self, request: Request<proto::IngestRequest>) -> Reply<proto::IngestResponse> {
        let request = request.into_inner();
        let org = parts::org(&request.org)?;
        let ingested = said(self.engine.ingest(&org, parts::slice(request)?).await)?;
        Ok(Response::new(parts::send_ingested(ingested)))
    }

    async fn resolve(&self, request: Request<proto::PartiesRequest>) -> Reply<proto::PartiesResponse> {
        let (org, parties) = parts::parties(request.into_inner())?;
        Ok(Response::new(parts::send_resolved(&said(self.engine.resolve(&org, parties).await)?)))
    }

    async fn lookup(&self, request: Request<proto::PartiesRequest>) -> Reply<proto::PartiesResponse> {
        let (org, parties) = parts::parties(request.into_inner())?;
        Ok(Response::new(parts::send_resolved(&said(self.engine.lookup(&org, parties).await)?)))
    }

    async fn names(&self, request: Request<proto::OrgRequest>) -> Reply<proto::NamesResponse> {
        let org = parts::org(&request.get_ref().org)?;
        Ok(Response::new(parts::send_names(said(self.engine.names(&org).await)?)))
    }

    async fn erase_person(
        &self,
        request: Request<proto::ErasePersonRequest>,
    ) -> Reply<proto::ErasePersonResponse> {
        let request = request.get_ref();
        let (org, person) = (parts::org(&request.org)?, parts::person(&request.person)?);
        said(self.engine.erase_person(&org, &person).await)?;
        Ok(Response::new(proto::ErasePersonResponse {}))
    }

    async fn query(&self, request: Request<proto::QueryRequest>) -> Reply<proto::AnswerResponse> {
        let request = request.get_ref();
        let (org, query) = (parts::org(&request.org)?, decode("a question", &request.query)?);
        answer("an answer", self.engine.query(&org, query).await)
    }

    async fn answers(&self, request: Request<proto::AnswersRequest>) -> Reply<proto::AnswersResponse> {
        let request = request.get_ref();
        let (org, queries) = (parts::org(&request.org)?, decode_all("a question", &request.queries)?);
        let answers = said(self.engine.answers(&org, queries).await)?;
        Ok(Response::new(parts::send_answers(&answers)?))
    }

    async fn series(&self, request: Request<proto::SeriesRequest>) -> Reply<proto::AnswerResponse> {
        let grain = parts::grain(request.get_ref().grain())?;
        let request = request.get_ref();
        let (org, query) = (parts::org(&request.org)?, decode("a question", &request.query)?);
        answer("a series", self.engine.series(&org, query, grain).await)
    }

    async fn compare(&self, request: Request<proto::QueryRequest>) -> Reply<proto::AnswerResponse> {
        let request = request.get_ref();
        let (org, query) = (parts::org(&request.org)?, decode("a question", &request.query)?);
        answer("a comparison", self.engine.compare(&org, query).await)
    }

    async fn explain(&self, request: Request<proto::ExplainRequest>) -> Reply<proto::AnswerResponse> {
        let request = request.get_ref();
        let (org, query) = (parts::org(&request.org)?, decode("a question", &request.query)?);
        let since = request.since_ms.map(Instant::from_ms);
        answer("an explanation", self.engine.explain(&org, query, since).await)
    }

    async fn catalogue(&self, request: Request<proto::OrgRequest>) -> Reply<proto::CatalogueResponse> {
        let org = parts::org(&request.get_ref().org)?;
        let definitions = encode_all("a definition", &said(self.engine.catalogue(&org).await)?)?;
        Ok(Response::new(proto::CatalogueResponse { definitions }))
    }

    async fn dimensions(&self, request: Request<proto::OrgRequest>) -> Reply<proto::DimensionsResponse> {
        let org = parts::org(&request.get_ref().org)?;
        let dimensions = said(self.engine.dimensions(&org).await)?;
        Ok(Response::new(proto::DimensionsResponse { dimensions }))
    }

    async fn add_kpi(&self, request: Request<proto::AddKpiRequest>) -> Reply<proto::AddKpiResponse> {
        let request = request.into_inner();
        let org = parts::org(&request.org)?;
        let (kpi, tenant_seq) = said(self.engine.add_kpi(&org, request.yaml).await)?;
        Ok(Response::new(proto::AddKpiResponse { kpi: kpi.to_string(), tenant_seq }))
    }

    async fn subscribe(&self, request: Request<proto::OrgRequest>) -> Reply<Self::SubscribeStream> {
        let org = parts::org(&request.get_ref().org)?;
        let positions = said(self.engine.subscribe(&org).await)?;
        let positions = positions.map(|position| Ok(position.into()));
        // A subscription does not end by itself, and the server waits for calls under way.
        Ok(Response::new(positions.take_until(self.stopping.clone()).boxed()))
    }

    async fn watch(&self, request: Request<proto::WatchRequest>) -> Reply<Self::WatchStream> {
        let request = request.get_ref();
        let (org, question) = (parts::org(&request.org)?, decode("a question", &request.question)?);
        let answers = said(self.engine.watch(&org, question).await)?;
        let answers = answers.map(|answered| Ok(parts::answer("a live answer", &said(answered)?)?));
        Ok(Response::new(answers.take_until(self.stopping.clone()).boxed()))
    }

    async fn get_deal(&self, request: Request<proto::GetDealRequest>) -> Reply<proto::GetDealResponse> {
        let request = request.get_ref();
        let (org, source) = (parts::org(&request.org)?, parts::source(&request.source)?);
        let deal = DealId::new(&request.deal).map_err(|error| Malformed::new("the deal", error))?;
        let found = said(self.engine.deal(&org, &source, &deal).await)?;
        let deal = found.answer.as_ref().map(|deal| encode("a deal", deal)).transpose()?;
        Ok(Response::new(proto::GetDealResponse { position: Some(found.position.into()), deal }))
    }

    async fn list_deals(&self, request: Request<proto::ListDealsRequest>) -> Reply<proto::ListDealsResponse> {
        let request = request.into_inner();
        let filter = decode("a filter", &request.filter)?;
        let asked = DealsAsked { filter, after: request.after, limit: count(request.limit) };
        let page = said(self.engine.deals(&parts::org(&request.org)?, asked).await)?;
        let position = Some(page.position.into());
        Ok(Response::new(proto::ListDealsResponse { position, page: encode("a page", &page.answer)? }))
    }

    async fn list_people(&self, request: Request<proto::OrgRequest>) -> Reply<proto::AnswerResponse> {
        answer("people", self.engine.people(&parts::org(&request.get_ref().org)?).await)
    }

    async fn list_teams(&self, request: Request<proto::OrgRequest>) -> Reply<proto::AnswerResponse> {
        answer("teams", self.engine.teams(&parts::org(&request.get_ref().org)?).await)
    }

    async fn list_stages(&self, request: Request<proto::OrgRequest>) -> Reply<proto::AnswerResponse> {
        answer("stages", self.engine.stages(&parts::org(&request.get_ref().org)?).await)
    }

    async fn list_quotas(&self, request: Request<proto::OrgRequest>) -> Reply<proto::AnswerResponse> {
        answer("quotas", self.engine.quotas(&parts::org(&request.get_ref().org)?).await)
    }

    async fn list_rates(&self, request: Request<proto::OrgRequest>) -> Reply<proto::AnswerResponse> {
        answer("rates", self.engine.rates(&parts::org(&request.get_ref().org)?).await)
    }

    async fn dead_letters(&self, request: Request<proto::OrgRequest>) -> Reply<proto::DeadLettersResponse> {
        let org = parts::org(&request.get_ref().org)?;
        let dead_letters = encode_all("a dead letter", &said(self.engine.dead_letters(&org).await)?)?;
        Ok(Response::new(proto::DeadLettersResponse { dead_letters }))
    }

    async fn retry_dead_letter(
        &self,
        request: Request<proto::DeadLetterRequest>,
    ) -> Reply<proto::RetryDeadLetterResponse> {
        let proto::DeadLetterRequest { org, tenant_seq } = request.into_inner();
        let applied = said(self.engine.retry_dead_letter(&parts::org(&org)?, tenant_seq).await)?;
        Ok(Response::new(proto::RetryDeadLetterResponse { applied }))
    }

    async fn drop_dead_letter(
        &self,
        request: Request<proto::DeadLetterRequest>,
    ) -> Reply<proto::DropDeadLetterResponse> {
        let proto::DeadLetterRequest { org, tenant_seq } = request.into_inner();
        said(self.engine.drop_dead_letter(&parts::org(&org)?, tenant_seq).await)?;
        Ok(Response::new(proto::DropDeadLetterResponse {}))
    }

    async fn entries(&self, request: Request<proto::EntriesRequest>) -> Reply<Self::EntriesStream> {
        let proto::EntriesRequest { org, after, limit } = request.into_inner();
        let page = said(self.engine.entries(&parts::org(&org)?, after, count(limit)).await)?;
        Ok(Response::new(stream::iter(chunks(page.entries)).boxed()))
    }

    async fn stats(&self, request: Request<proto::OrgRequest>) -> Reply<proto::StatsResponse> {
        let stats = said(self.engine.stats(&parts::org(&request.get_ref().org)?).await)?;
        let (entries, last_tenant_seq) = (stats.entries, stats.last_tenant_seq);
        Ok(Response::new(proto::StatsResponse { entries, last_tenant_seq }))
    }

    async fn history_start(&self, request: Request<proto::OrgRequest>) -> Reply<proto::HistoryStartResponse> {
        let start = said(self.engine.history_start(&parts::org(&request.get_ref().org)?).await)?;
        Ok(Response::new(proto::HistoryStartResponse { start: encode("where history begins", &start)? }))
    }

    async fn cut_history(
        &self,
        request: Request<proto::CutHistoryRequest>,
    ) -> Reply<proto::CutHistoryResponse> {
        let proto::CutHistoryRequest { org, before_ms, dry_run } = request.into_inner();
        let (org, before) = (parts::org(&org)?, Instant::from_ms(before_ms));
        let report = encode("a cut", &said(self.engine.cut_history(&org, before, dry_run).await)?)?;
        Ok(Response::new(proto::CutHistoryResponse { report }))
    }

    async fn verify_kept(
        &self,
        request: Request<proto::VerifyKeptRequest>,
    ) -> Reply<proto::VerifyKeptResponse> {
        let proto::VerifyKeptRequest { org, now_ms, count } = request.into_inner();
        let (org, now) = (parts::org(&org)?, Instant::from_ms(now_ms));
        let verified = encode("a comparison", &said(self.engine.verify_kept(&org, now, count).await)?)?;
        Ok(Response::new(proto::VerifyKeptResponse { verified }))
    }

    async fn create_key(&self, request: Request<proto::CreateKeyRequest>) -> Reply<proto::ApiKey> {
        let key = said(self.engine.create_key(parts::new_key(request.get_ref())?).await)?;
        Ok(Response::new(parts::send_key(&key)))
    }

    async fn find_key(&self, request: Request<proto::FindKeyRequest>) -> Reply<proto::FindKeyResponse> {
        let hash = parts::key_hash(&request.get_ref().hash)?;
        let key = said(self.engine.find_key(&hash).await)?;
        Ok(Response::new(proto::FindKeyResponse { key: key.as_ref().map(parts::send_key) }))
    }

    async fn list_keys(&self, request: Request<proto::OrgRequest>) -> Reply<proto::ListKeysResponse> {
        let keys = said(self.engine.keys(&parts::org(&request.get_ref().org)?).await)?;
        Ok(Response::new(proto::ListKeysResponse { keys: keys.iter().map(parts::send_key).collect() }))
    }

    async fn revoke_key(&self, request: Request<proto::RevokeKeyRequest>) -> Reply<proto::RevokeKeyResponse> {
        let proto::RevokeKeyRequest { org, id } = request.into_inner();
        let revoked = said(self.engine.revoke_key(&parts::org(&org)?, id).await)?;
        Ok(Response::new(proto::RevokeKeyResponse { revoked }))
    }
}
