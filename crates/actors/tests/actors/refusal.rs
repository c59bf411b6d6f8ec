//! A disk that is full or cannot be read for a while, and sabotages of the commit: tests that must show that they would notice.

use crate::fixture::{HandClock, NOW_MS, deal, folded, point, quick, send};
use async_trait::async_trait;
use salescope_actors::System;
use salescope_domain::{Entry, Instant, OrgId};
use salescope_engine_api::{EngineError, JournalStats};
use salescope_store::{
    Baseline, Baselines, Candidates, Checkpoint, Checkpoints, CommitError, Committed, Journal, OrgHead,
    OrgKey, Slice, SqliteStore, StoreError, StoreOptions,
};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use tokio::sync::Semaphore;

/// A store whose disk is full while `full` says so, and cannot read checkpoints while `unreadable` does.
struct Full {
    store: SqliteStore,
    full: AtomicBool,
    unreadable: AtomicBool,
    /// A commit takes one; whoever holds all of them holds commits up.
    gate: Semaphore,
}

const GATES: u32 = 1000;

fn broken() -> StoreError {
    let source = std::io::Error::from(std::io::ErrorKind::StorageFull);
    StoreError::Io { doing: "use", path: "journal.db".into(), source }
}

/// Actors over such a store, with one organisation.
async fn over_full(dir: &Path) -> (Arc<Full>, System, OrgKey) {
    let store = SqliteStore::open_with(dir, StoreOptions::default()).await.unwrap();
    let (full, unreadable) = (AtomicBool::new(false), AtomicBool::new(false));
    let store = Arc::new(Full { store, full, unreadable, gate: Semaphore::new(GATES as usize) });
    let created = store.create_orgs(&[OrgId::new("acme").unwrap()], Instant::from_ms(NOW_MS)).await.unwrap();
    let key = *created[0].as_ref().unwrap();
    let clock = Arc::new(HandClock(AtomicI64::new(NOW_MS)));
    let system =
        System::start(Arc::clone(&store), clock, quick(), store.store.fatal().clone()).await.unwrap();
    (store, system, key)
}

#[async_trait]
impl Journal for Full {
    fn epoch(&self) -> u64 {
        self.store.epoch()
    }
    async fn create_orgs(
        &self,
        orgs: &[OrgId],
        now: Instant,
    ) -> Result<Vec<Result<OrgKey, StoreError>>, StoreError> {
        self.store.create_orgs(orgs, now).await
    }
    fn heads(&self) -> Vec<OrgHead> {
        self.store.heads()
    }
    fn head(&self, key: OrgKey) -> Option<OrgHead> {
        self.store.head(key)
    }
    fn find(&self, org: &OrgId) -> Option<OrgKey> {
        self.store.find(org)
    }
    async fn commit(&self, slices: Vec<Slice>, now: Instant) -> Result<Committed, CommitError> {
        let _passed = self.gate.acquire().await.unwrap();
        if self.full.load(Ordering::Relaxed) {
            return Err(CommitError::Refused(broken()));
        }
        self.store.commit(slices, now).await
    }
    async fn read(&self, key: OrgKey, after: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
        self.store.read(key, after, limit).await
    }
    async fn stats(&self, key: OrgKey) -> Result<JournalStats, StoreError> {
        self.store.stats(key).await
    }
}

#[async_trait]
impl Checkpoints for Full {
    async fn save(&self, key: OrgKey, checkpoint: Checkpoint) -> Result<(), StoreError> {
        self.store.save(key, checkpoint).await
    }
    async fn load(&self, key: OrgKey) -> Result<Candidates, StoreError> {
        if self.unreadable.load(Ordering::Relaxed) {
            return Err(broken());
        }
        self.store.load(key).await
    }
    async fn forget(&self, key: OrgKey, after: u64) -> Result<(), StoreError> {
        self.store.forget(key, after).await
    }
}

#[async_trait]
impl Baselines for Full {
    async fn baseline(&self, key: OrgKey) -> Result<Option<Baseline>, StoreError> {
        self.store.baseline(key).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_commit_is_an_error_for_all_that_wait_and_leaves_neither_gap_nor_trace() {
    let dir = tempfile::tempdir().unwrap();
    let (store, system, key) = over_full(dir.path()).await;
    let handle = system.handle();
    send(&handle, key, vec![deal("a", 1, "one")]).await.unwrap();

    store.full.store(true, Ordering::Relaxed);
    let sends: Vec<_> = (0..10)
        .map(|at| tokio::spawn({
            let handle = handle.clone();
            async move { send(&handle, key, vec![deal("a", 2, "two"), point(&format!("p{at}"), 0)]).await }
        }))
        .collect();
    for sent in sends {
        let error = sent.await.unwrap().unwrap_err();
        assert!(matches!(error, EngineError::Unavailable { .. }), "{error}");
    }
    store.full.store(false, Ordering::Relaxed);

    let answer = send(&handle, key, vec![deal("a", 2, "two"), point("p3", 0)]).await.unwrap();
    assert_eq!(answer.tenant_seq, 3, "nothing of what was refused is known, and there is no gap");
    let journal = store.read(key, 0, 100).await.unwrap();
    assert_eq!(journal.len(), 3);
    let reading = handle.read(key).await.unwrap();
    assert_eq!(reading.engine.read().await.as_ref().unwrap().snapshot(), folded(&journal));
    system.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_organisation_that_could_not_be_read_is_back_as_soon_as_it_can_be_while_many_keep_asking() {
    let dir = tempfile::tempdir().unwrap();
    let (store, system, key) = over_full(dir.path()).await;
    let handle = system.handle();
    store.unreadable.store(true, Ordering::Relaxed);
    for at in 0..20 {
        let error = send(&handle, key, vec![point(&format!("p{at}"), 0)]).await.unwrap_err();
        assert!(matches!(error, EngineError::Unavailable { .. }), "{error}");
    }
    store.unreadable.store(false, Ordering::Relaxed);
    // The life that failed may have one more message to refuse.
    let again =
        [send(&handle, key, vec![point("p0", 0)]).await, send(&handle, key, vec![point("p0", 0)]).await];
    assert!(again[1].is_ok(), "{again:?}");
    assert_eq!(store.read(key, 0, 100).await.unwrap().len(), 1);
    system.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_before_the_commit_is_what_the_sabotage_makes_of_it() {
    salescope_faults::configure("sabotage=ack_before_commit").unwrap();
    let dir = tempfile::tempdir().unwrap();
    let (store, system, key) = over_full(dir.path()).await;
    store.full.store(true, Ordering::Relaxed);
    send(&system.handle(), key, vec![point("p", 0)]).await.expect("a promise that is broken");
    assert_eq!(store.read(key, 0, 100).await.unwrap(), []);
    system.stop().await;
}

/// The position that readers see while the commit of one entry is held up.
async fn seen_before_the_commit() -> u64 {
    let dir = tempfile::tempdir().unwrap();
    let (store, system, key) = over_full(dir.path()).await;
    let handle = system.handle();
    handle.read(key).await.unwrap();
    let held = store.gate.acquire_many(GATES).await.unwrap();
    // In one task and in this order: what is sent first is decided on before the reader is answered.
    let read = async {
        let reading = handle.read(key).await.unwrap();
        let seen = reading.engine.read().await.as_ref().unwrap().position();
        drop(held);
        seen
    };
    let (sent, seen) = tokio::join!(biased; send(&handle, key, vec![point("p", 0)]), read);
    sent.unwrap();
    system.stop().await;
    seen
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_see_nothing_that_is_not_committed() {
    assert_eq!(seen_before_the_commit().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_see_what_is_not_committed_when_sabotaged() {
    salescope_faults::configure("sabotage=apply_before_commit").unwrap();
    assert_eq!(seen_before_the_commit().await, 1);
}
