//! The trait through which every client enters.

use crate::{
    ApiKey, CutReport, DeadLetter, DealsAsked, EngineResult, EntryPage, ExportStream, HistoryStart, Ingested,
    JournalStats, KeptVerified, KeyHash, Names, NewKey, NewOrg, OrgInfo, OrgPage, Parties, Position,
    Positioned, ResolvedParties, Slice,
};
use async_trait::async_trait;
use futures::stream::BoxStream;
use salescope_domain::deal_view::{DealPage, DealView};
use salescope_domain::directory_view::{PersonView, QuotaView, RateView, StageView, TeamView};
use salescope_domain::{
    Answer, Comparison, DealId, Definition, Explanation, Grain, Instant, KpiId, LiveAnswer, LiveQuestion,
    OrgId, PersonId, Query, Series, SourceId,
};

/// What a watched question comes to, again and again.
pub type LiveStream = BoxStream<'static, EngineResult<Positioned<LiveAnswer>>>;

/// What the engine offers. Errors of every call: [`crate::EngineError`], and nothing is done then unless the call says so.
#[async_trait]
pub trait Engine: Send + Sync {
    /// Whether an ingest would be accepted now.
    async fn ready(&self) -> EngineResult<()>;

    /// Creates organisations, each with its first settings journaled. One answer for each, in order: one that exists
    /// already does not keep the others from being created.
    async fn create_orgs(&self, orgs: Vec<NewOrg>) -> EngineResult<Vec<EngineResult<()>>>;

    /// Organisations after `after`, by name, at most `limit` (and at most 10,000).
    async fn orgs(&self, after: Option<&OrgId>, limit: usize) -> EngineResult<OrgPage>;

    /// One organisation.
    async fn org(&self, org: &OrgId) -> EngineResult<OrgInfo>;

    /// All that is kept of an organisation, as a file: entries from the first that is kept to the last that is there now, then
    /// what people and teams are called. Erased names are not among them.
    async fn export_org(&self, org: &OrgId) -> EngineResult<ExportStream>;

    /// Erases an organisation for good: its entries, states, names and keys. It takes nothing in from now on, and once this
    /// has answered nothing of it is in the data directory. A call that failed with `ErasureUnfinished` has ended the
    /// organisation all the same, and is made again to finish.
    async fn erase_org(&self, org: &OrgId) -> EngineResult<()>;

    /// Journals what is news, in order; answers when all of it is durable and applied.
    async fn ingest(&self, org: &OrgId, slice: Slice) -> EngineResult<Ingested>;

    /// The ids of people and teams; gives out new ones to those that are not known yet, in one durable step. Each
    /// element of the answer is `Some`.
    async fn resolve(&self, org: &OrgId, parties: Parties) -> EngineResult<ResolvedParties>;

    /// The ids of those people and teams that are known. Changes nothing.
    async fn lookup(&self, org: &OrgId, parties: Parties) -> EngineResult<ResolvedParties>;

    /// What people and teams are called.
    async fn names(&self, org: &OrgId) -> EngineResult<Names>;

    /// Blanks a person's name and external ids, for good. The id stays, as the journal speaks of it.
    async fn erase_person(&self, org: &OrgId, person: &PersonId) -> EngineResult<()>;

    /// Answers a question.
    async fn query(&self, org: &OrgId, query: Query) -> EngineResult<Positioned<Answer>>;

    /// Answers many questions at one position: what verification compares. A question that cannot be answered does not
    /// keep the others from being.
    async fn answers(
        &self,
        org: &OrgId,
        queries: Vec<Query>,
    ) -> EngineResult<Positioned<Vec<EngineResult<Answer>>>>;

    /// A KPI over the buckets of a range.
    async fn series(&self, org: &OrgId, query: Query, grain: Grain) -> EngineResult<Positioned<Series>>;

    /// A KPI in a range and in the period before it, at the same elapsed point.
    async fn compare(&self, org: &OrgId, query: Query) -> EngineResult<Positioned<Comparison>>;

    /// Why a figure is what it is; `since` asks what changed it since then.
    async fn explain(
        &self,
        org: &OrgId,
        query: Query,
        since: Option<Instant>,
    ) -> EngineResult<Positioned<Explanation>>;

    /// The KPIs that can be asked for: the built-in ones and the organisation's own.
    async fn catalogue(&self, org: &OrgId) -> EngineResult<Vec<Definition>>;

    /// The dimensions that questions may group and filter by.
    async fn dimensions(&self, org: &OrgId) -> EngineResult<Vec<String>>;

    /// Checks a definition file and journals it. `None` where the organisation has it already, word for word; else the
    /// entry's position.
    async fn add_kpi(&self, org: &OrgId, yaml: String) -> EngineResult<(KpiId, Option<u64>)>;

    /// The organisation's position now, and each later one: conflated, so that a slow reader sees the newest.
    async fn subscribe(&self, org: &OrgId) -> EngineResult<BoxStream<'static, Position>>;

    /// The answer to a question now, and a newer one whenever the organisation's position moved or time moved the window: conflated,
    /// so that a slow reader sees the newest. Positions never fall. An item that is an error is the last one.
    async fn watch(&self, org: &OrgId, question: LiveQuestion) -> EngineResult<LiveStream>;

    /// One deal with its history.
    async fn deal(
        &self,
        org: &OrgId,
        source: &SourceId,
        deal: &DealId,
    ) -> EngineResult<Positioned<Option<DealView>>>;

    /// Deals, in the order in which they came to be known.
    async fn deals(&self, org: &OrgId, asked: DealsAsked) -> EngineResult<Positioned<DealPage>>;

    /// People as they are now.
    async fn people(&self, org: &OrgId) -> EngineResult<Positioned<Vec<PersonView>>>;

    /// Teams as they are now.
    async fn teams(&self, org: &OrgId) -> EngineResult<Positioned<Vec<TeamView>>>;

    /// Stages as they are now, by source and pipeline and then in their order.
    async fn stages(&self, org: &OrgId) -> EngineResult<Positioned<Vec<StageView>>>;

    /// Quotas as they are now.
    async fn quotas(&self, org: &OrgId) -> EngineResult<Positioned<Vec<QuotaView>>>;

    /// Exchange rates as they are now.
    async fn rates(&self, org: &OrgId) -> EngineResult<Positioned<Vec<RateView>>>;

    /// Entries that are skipped because they cannot be applied.
    async fn dead_letters(&self, org: &OrgId) -> EngineResult<Vec<DeadLetter>>;

    /// Tries a dead letter again: it is applied where it stands, or quarantined again. Answers whether it was applied.
    async fn retry_dead_letter(&self, org: &OrgId, tenant_seq: u64) -> EngineResult<bool>;

    /// Leaves a dead letter out for good.
    async fn drop_dead_letter(&self, org: &OrgId, tenant_seq: u64) -> EngineResult<()>;

    /// Entries after `after`, in order, at most `limit` (which the engine may lower).
    async fn entries(&self, org: &OrgId, after: u64, limit: usize) -> EngineResult<EntryPage>;

    /// Counts an organisation's entries.
    async fn stats(&self, org: &OrgId) -> EngineResult<JournalStats>;

    /// Where the organisation's history begins.
    async fn history_start(&self, org: &OrgId) -> EngineResult<HistoryStart>;

    /// Lets history begin with the first entry that was taken in at `before` or later. Entries before it go for good; figures stay,
    /// as the state that they came to is kept in a baseline. Nothing goes unless that state was verified; a dry run only counts.
    async fn cut_history(&self, org: &OrgId, before: Instant, dry_run: bool) -> EngineResult<CutReport>;

    /// Compares the live state with one that is made anew from what is kept, by the answers to `count` questions as of `now`.
    async fn verify_kept(&self, org: &OrgId, now: Instant, count: u64) -> EngineResult<KeptVerified>;

    /// Saves a key's hash.
    async fn create_key(&self, key: NewKey) -> EngineResult<ApiKey>;

    /// The key with this hash.
    async fn find_key(&self, hash: &KeyHash) -> EngineResult<Option<ApiKey>>;

    /// An organisation's keys, without their hashes.
    async fn keys(&self, org: &OrgId) -> EngineResult<Vec<ApiKey>>;

    /// Makes a key void. Answers whether there was one.
    async fn revoke_key(&self, org: &OrgId, id: u64) -> EngineResult<bool>;
}
