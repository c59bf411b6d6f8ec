//! Actors over a store: open, speak to, close, open again.

use salescope_actors::{ActorOptions, Clock, Handle, System};
use salescope_domain::{
    Activity, ActivityKind, ChangeSource, DealEvent, DealEventKind, DealFields, DealId, Decimal, EventId,
    FieldMap, FieldName, Instant, Label, MetricPoint, OrgId, Patch, Payload, Quality, SourceId, Version,
};
use salescope_engine_api::{EngineResult, Ingested, Slice, Submission};
use salescope_kpi::Engine;
use salescope_store::{Journal, OrgKey, SqliteStore, StoreOptions};

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tempfile::TempDir;

/// A clock that is set by hand.
pub(crate) struct HandClock(pub(crate) AtomicI64);

impl Clock for HandClock {
    fn now(&self) -> Instant {
        Instant::from_ms(self.0.load(Ordering::Relaxed))
    }
}

/// 2026-11-25T00:00:00Z.
pub(crate) const NOW_MS: i64 = 1_795_564_800_000;

/// Actors over a store.
pub(crate) struct Running {
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) clock: Arc<HandClock>,
    system: System,
}

pub(crate) fn quick() -> ActorOptions {
    ActorOptions {
        shards: 2,
        passivate_after: Duration::from_millis(20),
        wheel_tick: Duration::from_millis(10),
        ..ActorOptions::default()
    }
}

impl Running {
    pub(crate) async fn open(dir: &Path, options: ActorOptions) -> Self {
        let store = Arc::new(SqliteStore::open_with(dir, StoreOptions::default()).await.unwrap());
        let clock = Arc::new(HandClock(AtomicI64::new(NOW_MS)));
        let system =
            System::start(Arc::clone(&store), clock.clone(), options, store.fatal().clone()).await.unwrap();
        Self { store, clock, system }
    }

    pub(crate) async fn fresh(options: ActorOptions) -> (TempDir, Self, OrgKey) {
        let dir = tempfile::tempdir().unwrap();
        let running = Self::open(dir.path(), options).await;
        let key = running.create("acme").await;
        (dir, running, key)
    }

    pub(crate) async fn create(&self, org: &str) -> OrgKey {
        let org = OrgId::new(org).unwrap();
        let mut created = self.store.create_orgs(&[org], self.clock.now()).await.unwrap();
        created.pop().unwrap().unwrap()
    }

    pub(crate) fn handle(&self) -> Handle {
        self.system.handle()
    }

    pub(crate) async fn send(&self, key: OrgKey, payloads: Vec<Payload>) -> EngineResult<Ingested> {
        send(&self.handle(), key, payloads).await
    }

    /// Stops in good order and closes the store.
    pub(crate) async fn stop(self) {
        self.system.stop().await;
        Arc::into_inner(self.store).expect("nobody else holds the store").close().await.unwrap();
    }

    /// Every entry of the journal.
    pub(crate) async fn journal(&self, key: OrgKey) -> Vec<salescope_domain::Entry> {
        let mut entries = Vec::new();
        loop {
            let more = self.store.read(key, entries.len() as u64, 1000).await.unwrap();
            if more.is_empty() {
                return entries;
            }
            entries.extend(more);
        }
    }

    /// A snapshot of the state that the actor has.
    pub(crate) async fn state(&self, key: OrgKey) -> Vec<u8> {
        let reading = self.handle().read(key).await.unwrap();
        let engine = reading.engine.read().await;
        engine.as_ref().unwrap().snapshot()
    }
}

pub(crate) async fn send(handle: &Handle, key: OrgKey, payloads: Vec<Payload>) -> EngineResult<Ingested> {
    let submissions: Vec<Submission> = payloads.into_iter().map(Submission::live).collect();
    let bytes = 250 * submissions.len() as u64;
    handle.ingest(key, Slice { submissions, bytes, dry_run: false }).await
}

/// What an engine holds that folds these entries.
pub(crate) fn folded(entries: &[salescope_domain::Entry]) -> Vec<u8> {
    let mut engine = Engine::new();
    engine.apply(entries);
    engine.snapshot()
}

pub(crate) fn source() -> SourceId {
    SourceId::new("api").unwrap()
}

/// A deal's version.
pub(crate) fn deal(id: &str, version: i64, name: &str) -> Payload {
    Payload::Deal(Box::new(DealEvent {
        event_id: None,
        kind: DealEventKind::DealUpdated,
        source: source(),
        deal: DealId::new(id).unwrap(),
        version: Version::stated(version),
        occurred_at: Instant::from_ms(NOW_MS - 1000),
        quality: Quality::ExactMs,
        actor: None,
        change_source: ChangeSource::Api,
        set: DealFields { name: Patch::Set(Label::new(name).unwrap()), ..DealFields::default() },
    }))
}

/// A metric point of value 1.
pub(crate) fn point(id: &str, revision: u32) -> Payload {
    let value: Decimal = "1".parse().unwrap();
    let dimensions = FieldMap::from([(FieldName::new("kind").unwrap(), Label::new("x").unwrap())]);
    Payload::from(MetricPoint {
        source: source(),
        event_id: EventId::new(id).unwrap(),
        revision,
        deleted: false,
        time: Instant::from_ms(NOW_MS - 1000),
        metric_type: Label::new("demo").unwrap(),
        value,
        dimensions,
        metadata: FieldMap::new(),
    })
}

/// An activity.
pub(crate) fn call(id: &str) -> Payload {
    Payload::from(Activity {
        source: source(),
        event_id: EventId::new(id).unwrap(),
        revision: 0,
        deleted: false,
        occurred_at: Instant::from_ms(NOW_MS - 1000),
        kind: ActivityKind::Call,
        owner: None,
        deal: None,
        change_source: ChangeSource::Api,
    })
}

/// Waits until `holds` does; the test runner bounds it.
pub(crate) async fn until(mut holds: impl AsyncFnMut() -> bool) {
    while !holds().await {
        tokio::task::yield_now().await;
    }
}
