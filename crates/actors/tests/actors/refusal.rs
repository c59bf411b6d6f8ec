//! Commits that are refused: a full disk, which has room again later.

use crate::fixture::{HandClock, NOW_MS, deal, folded, point, quick, send};
use async_trait::async_trait;
use salescope_actors::System;
use salescope_domain::{Entry, Instant, OrgId};
use salescope_engine_api::{EngineError, JournalStats};
use salescope_store::{
    Candidates, Checkpoint, Checkpoints, CommitError, Committed, Journal, OrgHead, OrgKey, Slice,
    SqliteStore, StoreError, StoreOptions,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

/// A store whose disk is full while `full` says so.
struct Full {
    store: SqliteStore,
    full: AtomicBool,
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
        if self.full.load(Ordering::Relaxed) {
            let source = std::io::Error::from(std::io::ErrorKind::StorageFull);
            return Err(CommitError::Refused(StoreError::Io {
                doing: "write",
                path: "journal.db".into(),
                source,
            }));
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
        self.store.load(key).await
    }
    async fn forget(&self, key: OrgKey, after: u64) -> Result<(), StoreError> {
        self.store.forget(key, after).await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_commit_is_an_error_for_all_that_wait_and_leaves_neither_gap_nor_trace() {
    let dir = tempfile::tempdir().unwrap();
    let store = SqliteStore::open_with(dir.path(), StoreOptions::default()).await.unwrap();
    let store = Arc::new(Full { store, full: AtomicBool::new(false) });
    let clock = Arc::new(HandClock(AtomicI64::new(NOW_MS)));
    let acme = OrgId::new("acme").unwrap();
    let created = store.create_orgs(&[acme], Instant::from_ms(NOW_MS)).await.unwrap();
    let key = *created[0].as_ref().unwrap();
    let system = System::start(Arc::clone(&store), clock, quick()).await.unwrap();
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
