//! An engine that writes down what it is asked, and answers with made-up values of every kind.

use crate::{history_values, values};
use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt};
use salescope_domain::deal_view::{DealPage, DealView};
use salescope_domain::directory_view::{PersonView, QuotaView, RateView, StageView, TeamView};
use salescope_domain::{
    Answer, Comparison, DealId, Definition, Entry, Explanation, Grain, Instant, KpiId, LiveQuestion, OrgId,
    PersonId, Query, Series, SourceId,
};
use salescope_engine_api::{
    ApiKey, CutReport, DeadLetter, DealsAsked, EXPORT_CHUNK_BYTES_MAX, Engine, EngineError, EngineResult,
    EntryPage, ExportStream, HistoryStart, Ingested, JournalStats, KeptVerified, KeyHash, LiveStream, Names,
    NewKey, NewOrg, OrgInfo, OrgPage, Outcome, Parties, Position, Positioned, Rejected, ResolvedParties,
    Slice,
};
use std::fmt::Debug;
use std::sync::Mutex;

/// Such an engine.
#[derive(Default)]
pub(crate) struct Recording {
    calls: Mutex<Vec<String>>,
    slices: Mutex<Vec<Slice>>,
    error: Option<EngineError>,
    entries: Vec<Entry>,
}

impl Recording {
    /// One that refuses everything.
    pub(crate) fn failing(error: EngineError) -> Self {
        Self { error: Some(error), ..Self::default() }
    }

    /// One with these entries.
    pub(crate) fn holding(entries: Vec<Entry>) -> Self {
        Self { entries, ..Self::default() }
    }

    pub(crate) fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }

    pub(crate) fn slices(&self) -> Vec<Slice> {
        self.slices.lock().unwrap().clone()
    }

    /// Writes a call down; `answer` is what it gives unless the engine refuses.
    fn gives<T>(&self, call: &str, asked: impl Debug, answer: impl FnOnce() -> T) -> EngineResult<T> {
        self.calls.lock().unwrap().push(format!("{call} {asked:?}"));
        self.error.clone().map_or_else(|| Ok(answer()), Err)
    }
}

fn outcome(at: usize) -> Outcome {
    match at % 3 {
        0 => Outcome::Appended { tenant_seq: u64::MAX - at as u64 },
        1 => Outcome::Unchanged,
        _ => Outcome::from(Rejected {
            code: "date_in_future".into(),
            path: "/deal/set/close_date".into(),
            message: "lies in the future".to_owned(),
        }),
    }
}

fn positioned<T>(answer: T) -> Positioned<T> {
    Positioned { position: Position { epoch: 3, tenant_seq: u64::MAX }, answer }
}

#[async_trait]
impl Engine for Recording {
    async fn ready(&self) -> EngineResult<()> {
        self.gives("ready", (), || ())
    }

    async fn create_orgs(&self, orgs: Vec<NewOrg>) -> EngineResult<Vec<EngineResult<()>>> {
        self.gives("create_orgs", &orgs, || {
            let created = |new: &NewOrg| match new.org.as_str() {
                "there" => Err(EngineError::OrgExists { org: new.org.clone() }),
                _ => Ok(()),
            };
            orgs.iter().map(created).collect()
        })
    }

    async fn orgs(&self, after: Option<&OrgId>, limit: usize) -> EngineResult<OrgPage> {
        self.gives("orgs", (after, limit), || OrgPage { orgs: vec![values::org()], more: after.is_none() })
    }

    async fn org(&self, org: &OrgId) -> EngineResult<OrgInfo> {
        self.gives("org", org, values::org_info)
    }

    async fn export_org(&self, org: &OrgId) -> EngineResult<ExportStream> {
        let chunk = |at: u8| match at {
            7 => Err(EngineError::UnknownOrg { org: values::org() }),
            _ => Ok(vec![at; EXPORT_CHUNK_BYTES_MAX]),
        };
        self.gives("export_org", org, || stream::iter((0..8).map(chunk)).boxed())
    }

    async fn erase_org(&self, org: &OrgId) -> EngineResult<()> {
        self.gives("erase_org", org, || ())
    }

    async fn ingest(&self, org: &OrgId, slice: Slice) -> EngineResult<Ingested> {
        let outcomes = if slice.dry_run {
            slice.submissions.iter().enumerate().map(|(at, _)| outcome(at)).collect()
        } else {
            slice.submissions.iter().enumerate().map(|(at, _)| outcome(3 * at)).collect()
        };
        self.slices.lock().unwrap().push(slice.clone());
        self.gives("ingest", (org, &slice), || Ingested { outcomes, tenant_seq: 77 })
    }

    async fn resolve(&self, org: &OrgId, parties: Parties) -> EngineResult<ResolvedParties> {
        self.gives("resolve", (org, &parties), values::resolved)
    }

    async fn lookup(&self, org: &OrgId, parties: Parties) -> EngineResult<ResolvedParties> {
        self.gives("lookup", (org, &parties), values::resolved)
    }

    async fn names(&self, org: &OrgId) -> EngineResult<Names> {
        self.gives("names", org, values::names)
    }

    async fn erase_person(&self, org: &OrgId, person: &PersonId) -> EngineResult<()> {
        self.gives("erase_person", (org, person), || ())
    }

    async fn query(&self, org: &OrgId, query: Query) -> EngineResult<Positioned<Answer>> {
        self.gives("query", (org, &query), || positioned(values::answer()))
    }

    async fn answers(
        &self,
        org: &OrgId,
        queries: Vec<Query>,
    ) -> EngineResult<Positioned<Vec<EngineResult<Answer>>>> {
        self.gives("answers", (org, &queries), || {
            let answer =
                |at| if at % 2 == 0 { Ok(values::answer()) } else { Err(EngineError::InvalidCursor) };
            positioned((0..queries.len()).map(answer).collect())
        })
    }

    async fn series(&self, org: &OrgId, query: Query, grain: Grain) -> EngineResult<Positioned<Series>> {
        self.gives("series", (org, &query, grain), || positioned(values::series(grain)))
    }

    async fn compare(&self, org: &OrgId, query: Query) -> EngineResult<Positioned<Comparison>> {
        self.gives("compare", (org, &query), || positioned(values::comparison()))
    }

    async fn explain(
        &self,
        org: &OrgId,
        query: Query,
        since: Option<Instant>,
    ) -> EngineResult<Positioned<Explanation>> {
        self.gives("explain", (org, &query, since), || positioned(values::explanation()))
    }

    async fn catalogue(&self, org: &OrgId) -> EngineResult<Vec<Definition>> {
        self.gives("catalogue", org, || vec![values::definition()])
    }

    async fn dimensions(&self, org: &OrgId) -> EngineResult<Vec<String>> {
        self.gives("dimensions", org, || vec!["owner".to_owned(), "sector".to_owned()])
    }

    async fn add_kpi(&self, org: &OrgId, yaml: String) -> EngineResult<(KpiId, Option<u64>)> {
        let added = if yaml.is_empty() { None } else { Some(9) };
        self.gives("add_kpi", (org, &yaml), || (values::kpi(), added))
    }

    async fn subscribe(&self, org: &OrgId) -> EngineResult<BoxStream<'static, Position>> {
        let position = |tenant_seq| Position { epoch: 1, tenant_seq };
        self.gives("subscribe", org, || stream::iter((1..4).map(position)).chain(stream::pending()).boxed())
    }

    async fn watch(&self, org: &OrgId, question: LiveQuestion) -> EngineResult<LiveStream> {
        self.gives("watch", (org, question), || {
            let answers =
                [Ok(positioned(values::live_answer())), Err(EngineError::UnknownOrg { org: values::org() })];
            stream::iter(answers).boxed()
        })
    }

    async fn deal(
        &self,
        org: &OrgId,
        source: &SourceId,
        deal: &DealId,
    ) -> EngineResult<Positioned<Option<DealView>>> {
        let found = (deal.as_str() != "unknown").then(values::deal);
        self.gives("deal", (org, source, deal), || positioned(found))
    }

    async fn deals(&self, org: &OrgId, asked: DealsAsked) -> EngineResult<Positioned<DealPage>> {
        self.gives("deals", (org, &asked), || positioned(values::deal_page()))
    }

    async fn people(&self, org: &OrgId) -> EngineResult<Positioned<Vec<PersonView>>> {
        self.gives("people", org, || positioned(vec![values::person()]))
    }

    async fn teams(&self, org: &OrgId) -> EngineResult<Positioned<Vec<TeamView>>> {
        self.gives("teams", org, || positioned(vec![values::team()]))
    }

    async fn stages(&self, org: &OrgId) -> EngineResult<Positioned<Vec<StageView>>> {
        self.gives("stages", org, || positioned(vec![history_values::stage()]))
    }

    async fn quotas(&self, org: &OrgId) -> EngineResult<Positioned<Vec<QuotaView>>> {
        self.gives("quotas", org, || positioned(vec![values::quota()]))
    }

    async fn rates(&self, org: &OrgId) -> EngineResult<Positioned<Vec<RateView>>> {
        self.gives("rates", org, || positioned(vec![values::rate()]))
    }

    async fn dead_letters(&self, org: &OrgId) -> EngineResult<Vec<DeadLetter>> {
        self.gives("dead_letters", org, || vec![values::dead_letter()])
    }

    async fn retry_dead_letter(&self, org: &OrgId, tenant_seq: u64) -> EngineResult<bool> {
        self.gives("retry_dead_letter", (org, tenant_seq), || tenant_seq == 1)
    }

    async fn drop_dead_letter(&self, org: &OrgId, tenant_seq: u64) -> EngineResult<()> {
        self.gives("drop_dead_letter", (org, tenant_seq), || ())
    }

    async fn entries(&self, org: &OrgId, after: u64, limit: usize) -> EngineResult<EntryPage> {
        self.gives("entries", (org, after, limit), || EntryPage { entries: self.entries.clone() })
    }

    async fn stats(&self, org: &OrgId) -> EngineResult<JournalStats> {
        self.gives("stats", org, || JournalStats { entries: 5, last_tenant_seq: u64::MAX })
    }

    async fn history_start(&self, org: &OrgId) -> EngineResult<HistoryStart> {
        self.gives("history_start", org, history_values::history_start)
    }

    async fn cut_history(&self, org: &OrgId, before: Instant, dry_run: bool) -> EngineResult<CutReport> {
        self.gives("cut_history", (org, before, dry_run), history_values::cut_report)
    }

    async fn verify_kept(&self, org: &OrgId, now: Instant, count: u64) -> EngineResult<KeptVerified> {
        self.gives("verify_kept", (org, now, count), history_values::kept_verified)
    }

    async fn create_key(&self, key: NewKey) -> EngineResult<ApiKey> {
        self.gives("create_key", &key, values::api_key)
    }

    async fn find_key(&self, hash: &KeyHash) -> EngineResult<Option<ApiKey>> {
        self.gives("find_key", hash, || (hash[0] == 1).then(values::api_key))
    }

    async fn keys(&self, org: &OrgId) -> EngineResult<Vec<ApiKey>> {
        self.gives("keys", org, || vec![values::api_key(), values::api_key()])
    }

    async fn revoke_key(&self, org: &OrgId, id: u64) -> EngineResult<bool> {
        self.gives("revoke_key", (org, id), || id == 1)
    }
}
