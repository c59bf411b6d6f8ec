//! The `Engine` trait over the actors of this process.

use crate::dead_letters;
use crate::erasure::Resting;
use crate::error::{question_error, store_error};
use crate::export;
use crate::keys::Keys;
use crate::live::Live;
use crate::options::UpkeepOptions;
use crate::parties::Parties as Directory;
use crate::questions::Questions;
use crate::retention::Retention;
use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt};
use salescope_actors::{Clock, Handle, Reading};
use salescope_domain::deal_view::{DealPage, DealView};
use salescope_domain::{
    Answer, Comparison, DealId, Definition, Explanation, Grain, Instant, KpiDefinitionEntry, KpiId,
    LiveQuestion, OrgId, Payload, PersonId, PersonView, Query, QuotaView, RateView, Series, SourceId,
    StageView, TeamView, Version,
};
use salescope_engine_api::{
    ApiKey, CutReport, DEALS_PER_PAGE_MAX, DeadLetter, DealsAsked, Engine, EngineError, EngineResult,
    EntryPage, ExportStream, HistoryStart, Ingested, JournalStats, KeptVerified, KeyHash, LiveStream, Names,
    NewKey, NewOrg, OrgInfo, OrgPage, Outcome, Parties, Position, Positioned, ResolvedParties, Slice,
    Submission,
};
use salescope_kpi::{Engine as Kpis, QueryError};
use salescope_store::{
    Directory as _, Fatal, History as _, Journal, Keys as _, OrgKey, SqliteStore, StoreError,
};
use std::sync::Arc;
use tokio::sync::watch;

/// The engine of this process.
pub(crate) struct LocalEngine {
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) actors: Handle,
    pub(crate) fatal: Fatal,
    pub(crate) questions: Arc<Questions>,
    pub(crate) retention: Arc<Retention>,
    pub(crate) parties: Arc<Directory>,
    pub(crate) keys: Arc<Keys>,
    pub(crate) resting: Arc<Resting>,
    pub(crate) live: Arc<Live>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) limits: UpkeepOptions,
}

impl LocalEngine {
    fn key(&self, org: &OrgId) -> EngineResult<OrgKey> {
        self.store.find(org).ok_or_else(|| EngineError::UnknownOrg { org: org.clone() })
    }

    async fn reading(&self, org: &OrgId) -> EngineResult<Reading> {
        self.actors.read(self.key(org)?).await
    }

    async fn ask<T: Send + 'static>(
        &self,
        org: &OrgId,
        question: impl FnOnce(&Kpis) -> T + Send + 'static,
    ) -> EngineResult<Positioned<T>> {
        self.questions.ask(self.reading(org).await?, question).await
    }

    /// As [`Self::ask`], for what may not be answerable.
    async fn try_ask<T: Send + 'static>(
        &self,
        org: &OrgId,
        question: impl FnOnce(&Kpis) -> Result<T, QueryError> + Send + 'static,
    ) -> EngineResult<Positioned<T>> {
        let Positioned { position, answer } = self.ask(org, question).await?;
        Ok(Positioned { position, answer: answer.map_err(|error| question_error(&error))? })
    }

    fn check_count(what: &'static str, count: usize, max: usize) -> EngineResult<()> {
        if count > max {
            return Err(EngineError::TooMany { what: what.into(), count: count as u64, max: max as u64 });
        }
        Ok(())
    }
}

#[async_trait]
impl Engine for LocalEngine {
    async fn ready(&self) -> EngineResult<()> {
        if let Some(reason) = self.fatal.reason() {
            return Err(EngineError::Unavailable { reason });
        }
        self.actors.check_room()
    }

    async fn create_orgs(&self, orgs: Vec<NewOrg>) -> EngineResult<Vec<EngineResult<()>>> {
        Self::check_count("organisations", orgs.len(), self.limits.orgs_per_call_max)?;
        let refused: Vec<_> = orgs.iter().map(|new| self.resting.refusal(&new.org)).collect();
        let free = orgs.iter().zip(&refused).filter(|(_, refused)| refused.is_none());
        let ids: Vec<OrgId> = free.map(|(new, _)| new.org.clone()).collect();
        let created = self.store.create_orgs(&ids, self.clock.now()).await;
        let created = created.map_err(|error| EngineError::Unavailable { reason: error.to_string() })?;
        let mut created = created.into_iter();
        let created = refused.into_iter().map(|refused| match refused {
            Some(error) => Err(error),
            None => Ok(created.next().expect("the store answers for each")),
        });
        let first_settings =
            orgs.into_iter().zip(created).map(|(NewOrg { org, settings }, created)| async move {
                match created? {
                    Ok(_) => {}
                    // Where an earlier attempt ended before the settings were in, they still can be.
                    Err(StoreError::OrgExists { .. }) if self.is_blank(&org) => {}
                    Err(error) => return Err(store_error(&org, &error)),
                }
                let submissions = vec![Submission::live(Payload::from(settings))];
                let slice = Slice { submissions, bytes: SETTINGS_BYTES, dry_run: false };
                self.ingest(&org, slice).await.map(|_| ())
            });
        // Side by side, so that they share commits; in order, and not more at once than the shards can start.
        Ok(stream::iter(first_settings).buffered(ORGS_STARTED_MAX).collect().await)
    }

    async fn orgs(&self, after: Option<&OrgId>, limit: usize) -> EngineResult<OrgPage> {
        let limit = limit.min(self.limits.orgs_per_call_max);
        let heads = self.store.heads();
        let mut later =
            heads.into_iter().map(|head| head.org).filter(|org| after.is_none_or(|after| org > after));
        let orgs: Vec<OrgId> = later.by_ref().take(limit).collect();
        Ok(OrgPage { orgs, more: later.next().is_some() })
    }

    async fn org(&self, org: &OrgId) -> EngineResult<OrgInfo> {
        let key = self.key(org)?;
        let head = self.store.head(key).ok_or_else(|| EngineError::UnknownOrg { org: org.clone() })?;
        let told =
            self.ask(org, |kpis| (kpis.settings(), kpis.deal_count() as u64, kpis.bytes() as u64)).await?;
        let Positioned { position, answer: (settings, deals, state_bytes) } = told;
        let tenant_seq = position.tenant_seq;
        Ok(OrgInfo {
            org: org.clone(),
            settings,
            created_at: head.created_at,
            tenant_seq,
            deals,
            state_bytes,
        })
    }

    async fn export_org(&self, org: &OrgId) -> EngineResult<ExportStream> {
        let key = self.key(org)?;
        let kept = self.store.history_stats(key).await.map_err(|error| store_error(org, &error))?;
        let after = kept.horizon_seq.saturating_sub(1);
        Ok(export::start(Arc::clone(&self.store), org.clone(), key, after, self.clock.now()))
    }

    async fn erase_org(&self, org: &OrgId) -> EngineResult<()> {
        self.erase(org).await
    }

    async fn ingest(&self, org: &OrgId, slice: Slice) -> EngineResult<Ingested> {
        self.actors.ingest(self.key(org)?, slice).await
    }

    async fn resolve(&self, org: &OrgId, parties: Parties) -> EngineResult<ResolvedParties> {
        let key = self.key(org)?;
        self.parties.resolve(org, key, parties).await.map_err(|error| store_error(org, &error))
    }

    async fn lookup(&self, org: &OrgId, parties: Parties) -> EngineResult<ResolvedParties> {
        self.key(org)?;
        self.parties.lookup(org, &parties).await.map_err(|error| store_error(org, &error))
    }

    async fn names(&self, org: &OrgId) -> EngineResult<Names> {
        self.key(org)?;
        self.store.names(org).await.map_err(|error| store_error(org, &error))
    }

    async fn erase_person(&self, org: &OrgId, person: &PersonId) -> EngineResult<()> {
        let key = self.key(org)?;
        self.parties.erase(org, key, person).await.map_err(|error| store_error(org, &error))
    }

    async fn query(&self, org: &OrgId, query: Query) -> EngineResult<Positioned<Answer>> {
        self.try_ask(org, move |kpis| kpis.query(&query)).await
    }

    async fn answers(
        &self,
        org: &OrgId,
        queries: Vec<Query>,
    ) -> EngineResult<Positioned<Vec<EngineResult<Answer>>>> {
        Self::check_count("questions", queries.len(), self.limits.questions_per_call_max)?;
        let answer = move |kpis: &Kpis| {
            let answer = |query| kpis.query(query).map_err(|error| question_error(&error));
            queries.iter().map(answer).collect()
        };
        self.ask(org, answer).await
    }

    async fn series(&self, org: &OrgId, query: Query, grain: Grain) -> EngineResult<Positioned<Series>> {
        self.try_ask(org, move |kpis| kpis.series(&query, grain)).await
    }

    async fn compare(&self, org: &OrgId, query: Query) -> EngineResult<Positioned<Comparison>> {
        self.try_ask(org, move |kpis| kpis.compare(&query)).await
    }

    async fn explain(
        &self,
        org: &OrgId,
        query: Query,
        since: Option<Instant>,
    ) -> EngineResult<Positioned<Explanation>> {
        self.try_ask(org, move |kpis| kpis.explain(&query, since)).await
    }

    async fn catalogue(&self, org: &OrgId) -> EngineResult<Vec<Definition>> {
        Ok(self.ask(org, Kpis::catalogue).await?.answer)
    }

    async fn dimensions(&self, org: &OrgId) -> EngineResult<Vec<String>> {
        let dimensions = self.ask(org, Kpis::dimensions).await?.answer;
        Ok(dimensions.iter().map(ToString::to_string).collect())
    }

    async fn add_kpi(&self, org: &OrgId, yaml: String) -> EngineResult<(KpiId, Option<u64>)> {
        let text = yaml.clone();
        let checked = self.ask(org, move |kpis| kpis.check_definition(&text)).await?.answer;
        let invalid = |detail: String| EngineError::InvalidDefinition { detail };
        let kpi = checked.map_err(|error| invalid(error.to_string()))?.id;
        let version = Version::snapshot(self.clock.now().ms());
        let bytes = yaml.len() as u64;
        let entry = KpiDefinitionEntry { kpi: kpi.clone(), version, yaml: Some(yaml) };
        let slice =
            Slice { submissions: vec![Submission::live(Payload::from(entry))], bytes, dry_run: false };
        match self.ingest(org, slice).await?.outcomes.pop() {
            Some(Outcome::Appended { tenant_seq }) => Ok((kpi, Some(tenant_seq))),
            Some(Outcome::Unchanged) => Ok((kpi, None)),
            Some(Outcome::Rejected(rejected)) => Err(invalid(rejected.message)),
            None => Err(EngineError::Internal { detail: "a submission had no outcome".to_owned() }),
        }
    }

    async fn subscribe(&self, org: &OrgId) -> EngineResult<BoxStream<'static, Position>> {
        let mut positions = self.reading(org).await?.positions;
        positions.mark_changed();
        let next = |mut positions: watch::Receiver<Position>| async move {
            positions.changed().await.ok()?;
            let position = *positions.borrow_and_update();
            Some((position, positions))
        };
        Ok(stream::unfold(positions, next).boxed())
    }

    async fn watch(&self, org: &OrgId, question: LiveQuestion) -> EngineResult<LiveStream> {
        self.live.watch(org, self.key(org)?, question).await
    }

    async fn deal(
        &self,
        org: &OrgId,
        source: &SourceId,
        deal: &DealId,
    ) -> EngineResult<Positioned<Option<DealView>>> {
        let (source, deal) = (source.clone(), deal.clone());
        self.ask(org, move |kpis| kpis.deal(&source, &deal)).await
    }

    async fn deals(&self, org: &OrgId, asked: DealsAsked) -> EngineResult<Positioned<DealPage>> {
        let DealsAsked { filter, after, limit } = asked;
        let after = after.map(|text| text.parse().map_err(|_| EngineError::InvalidCursor)).transpose()?;
        let limit = limit.clamp(1, DEALS_PER_PAGE_MAX);
        self.ask(org, move |kpis| kpis.deals(&filter, after, limit)).await
    }

    async fn people(&self, org: &OrgId) -> EngineResult<Positioned<Vec<PersonView>>> {
        self.ask(org, Kpis::people).await
    }

    async fn teams(&self, org: &OrgId) -> EngineResult<Positioned<Vec<TeamView>>> {
        self.ask(org, Kpis::teams).await
    }

    async fn stages(&self, org: &OrgId) -> EngineResult<Positioned<Vec<StageView>>> {
        self.ask(org, Kpis::stages).await
    }

    async fn quotas(&self, org: &OrgId) -> EngineResult<Positioned<Vec<QuotaView>>> {
        self.ask(org, Kpis::quotas).await
    }

    async fn rates(&self, org: &OrgId) -> EngineResult<Positioned<Vec<RateView>>> {
        self.ask(org, Kpis::rates).await
    }

    async fn dead_letters(&self, org: &OrgId) -> EngineResult<Vec<DeadLetter>> {
        let key = self.key(org)?;
        let reading = self.actors.read(key).await?;
        dead_letters::list(&self.store, org, key, &reading).await
    }

    async fn retry_dead_letter(&self, org: &OrgId, tenant_seq: u64) -> EngineResult<bool> {
        let key = self.key(org)?;
        self.retention.check_kept(org, key, tenant_seq).await?;
        self.actors.release(key, tenant_seq).await
    }

    async fn drop_dead_letter(&self, org: &OrgId, tenant_seq: u64) -> EngineResult<()> {
        let key = self.key(org)?;
        self.retention.check_kept(org, key, tenant_seq).await?;
        self.actors.drop_entry(key, tenant_seq).await
    }

    async fn entries(&self, org: &OrgId, after: u64, limit: usize) -> EngineResult<EntryPage> {
        let entries = self.store.read(self.key(org)?, after, limit).await;
        Ok(EntryPage { entries: entries.map_err(|error| store_error(org, &error))? })
    }

    async fn stats(&self, org: &OrgId) -> EngineResult<JournalStats> {
        self.store.stats(self.key(org)?).await.map_err(|error| store_error(org, &error))
    }

    async fn history_start(&self, org: &OrgId) -> EngineResult<HistoryStart> {
        self.retention.start(org, self.key(org)?).await
    }

    async fn cut_history(&self, org: &OrgId, before: Instant, dry_run: bool) -> EngineResult<CutReport> {
        self.retention.cut(org, self.key(org)?, before, dry_run).await
    }

    async fn verify_kept(&self, org: &OrgId, now: Instant, count: u64) -> EngineResult<KeptVerified> {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        Self::check_count("questions", count, self.limits.questions_per_call_max)?;
        self.retention.verify(org, self.key(org)?, now, count).await
    }

    async fn create_key(&self, key: NewKey) -> EngineResult<ApiKey> {
        let org = key.org.clone();
        let whose = self.key(&org)?;
        let created = self.keys.create(&self.store, whose, key, self.clock.now()).await;
        created.map_err(|error| store_error(&org, &error))
    }

    async fn find_key(&self, hash: &KeyHash) -> EngineResult<Option<ApiKey>> {
        Ok(self.keys.find(&self.store, hash))
    }

    async fn keys(&self, org: &OrgId) -> EngineResult<Vec<ApiKey>> {
        self.key(org)?;
        self.store.keys(org).await.map_err(|error| store_error(org, &error))
    }

    async fn revoke_key(&self, org: &OrgId, id: u64) -> EngineResult<bool> {
        self.key(org)?;
        self.keys.revoke(&self.store, org, id).await.map_err(|error| store_error(org, &error))
    }
}

/// What first settings are taken to have in bytes.
const SETTINGS_BYTES: u64 = 512;

/// Organisations whose first settings are journaled side by side: they share commits.
const ORGS_STARTED_MAX: usize = 512;

impl LocalEngine {
    fn is_blank(&self, org: &OrgId) -> bool {
        self.store.find(org).and_then(|key| self.store.head(key)).is_some_and(|head| head.last_seq == 0)
    }
}
