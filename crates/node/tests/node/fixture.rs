//! A node that is opened, spoken to, closed and opened again, with a clock that is set by hand.

use futures::StreamExt;
use salescope_domain::{Answer, Entry, Instant, OrgId, Payload, Query, SettingsChange, Version};
use salescope_engine_api::{Engine, EngineResult, Ingested, NewOrg, Slice, Submission};
use salescope_kpi::Engine as Kpis;
use salescope_node::{Clock, Embedded, NodeOptions, Verifier};
use salescope_testkit::queries;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use tempfile::TempDir;

/// A clock that is set by hand.
struct HandClock(AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> Instant {
        Instant::from_ms(self.0.load(Ordering::Relaxed))
    }
}

/// Random questions that can be answered.
pub(crate) fn questions(state: &Kpis, entries: &[Entry], count: usize) -> Vec<Query> {
    if entries.is_empty() {
        // Random questions draw times from entries.
        return Vec::new();
    }
    let random = (0..).map(|seed| queries::random(seed, entries));
    random.filter(|query| state.query(query).is_ok()).take(count).collect()
}

/// The oracle, with the questions of the shared tests; it lies when it is told to.
#[derive(Default)]
pub(crate) struct Asker {
    pub(crate) lies: AtomicBool,
    pub(crate) recomputed: AtomicU64,
}

impl Verifier for Asker {
    fn questions(&self, state: &Kpis, entries: &[Entry], _: Instant, count: usize) -> Vec<Query> {
        questions(state, entries, count)
    }

    fn recompute(&self, entries: &[Entry], query: &Query) -> Answer {
        self.recomputed.fetch_add(1, Ordering::Relaxed);
        let mut answer = salescope_oracle::answer(entries, query);
        if self.lies.load(Ordering::Relaxed) {
            answer.groups.clear();
        }
        answer
    }
}

/// 2026-11-25T00:00:00Z: after all that random histories say.
pub(crate) const NOW_MS: i64 = 1_795_564_800_000;

pub(crate) struct Running {
    pub(crate) dir: TempDir,
    pub(crate) options: NodeOptions,
    pub(crate) asker: Arc<Asker>,
    clock: Arc<HandClock>,
    node: Option<Embedded>,
}

pub(crate) fn org() -> OrgId {
    OrgId::new("acme").unwrap()
}

impl Running {
    /// With one organisation.
    pub(crate) async fn fresh(options: NodeOptions) -> Self {
        let (dir, asker) = (tempfile::tempdir().unwrap(), Arc::default());
        let clock = Arc::new(HandClock(AtomicI64::new(NOW_MS)));
        let mut running = Self { dir, options, asker, clock, node: None };
        running.open().await;
        let settings = SettingsChange::empty(Version::stated(1));
        running
            .engine()
            .create_orgs(vec![NewOrg { org: org(), settings }])
            .await
            .unwrap()
            .pop()
            .unwrap()
            .unwrap();
        running
    }

    pub(crate) async fn open(&mut self) {
        let (options, clock) = (self.options.clone(), self.clock.clone());
        self.node = Some(Embedded::open(self.dir.path(), options, clock, self.asker.clone()).await.unwrap());
    }

    pub(crate) async fn close(&mut self) {
        self.node.take().unwrap().close().await.unwrap();
    }

    /// Comes back from the journal and what stands before it.
    pub(crate) async fn reopen_without_checkpoints(&mut self) {
        self.close().await;
        for file in ["checkpoints.db", "checkpoints.db-wal", "checkpoints.db-shm"] {
            let path: &Path = &self.dir.path().join(file);
            if path.exists() {
                std::fs::remove_file(path).unwrap();
            }
        }
        self.open().await;
    }

    pub(crate) fn engine(&self) -> Arc<dyn Engine> {
        self.node.as_ref().unwrap().engine()
    }

    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Lets a day pass.
    pub(crate) fn next_day(&self) {
        self.clock.0.fetch_add(86_400_000, Ordering::Relaxed);
    }

    pub(crate) async fn send(&self, payloads: Vec<Payload>) -> EngineResult<Ingested> {
        let submissions: Vec<Submission> = payloads.into_iter().map(Submission::live).collect();
        let bytes = 250 * submissions.len() as u64;
        self.engine().ingest(&org(), Slice { submissions, bytes, dry_run: false }).await
    }

    /// All entries after `after`.
    pub(crate) async fn entries(&self, after: u64) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            let read = entries.last().map_or(after, |entry| entry.tenant_seq);
            let page = self.engine().entries(&org(), read, 1000).await.unwrap();
            if page.entries.is_empty() {
                return entries;
            }
            entries.extend(page.entries);
        }
    }

    pub(crate) async fn answers(&self, queries: &[Query]) -> Vec<Answer> {
        let answers = self.engine().answers(&org(), queries.to_vec()).await.unwrap().answer;
        answers.into_iter().map(Result::unwrap).collect()
    }

    pub(crate) async fn export(&self) -> Vec<u8> {
        let chunks = self.engine().export_org(&org()).await.unwrap();
        chunks.map(Result::unwrap).concat().await
    }
}
