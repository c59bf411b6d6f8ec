//! A baseline that is not the state of the entries that it stands for: it is never passed over, and never built on.

use crate::fixture::{Running, org};
use salescope_actors::{ActorOptions, Rebuilt};
use salescope_domain::{OrgId, Payload, SettingsChange, Version};
use salescope_engine_api::{EngineError, NewOrg, Slice, Submission};
use salescope_node::NodeOptions;
use salescope_store::{History, Journal, SealOptions, SqliteStore, Verified};
use salescope_testkit::histories;
use std::path::Path;
use std::sync::Arc;

const ENTRIES: u64 = 60;

fn payloads(seed: u64) -> Vec<Payload> {
    histories::random(seed).into_iter().map(|entry| entry.payload).collect()
}

/// Puts the state of `other` in place of the first entries of [`org`].
async fn put_in_place(dir: &Path, other: &OrgId) {
    let store = Arc::new(SqliteStore::open(dir).await.unwrap());
    store.seal(SealOptions::everything()).await.unwrap();
    let (ours, theirs) = (store.find(&org()).unwrap(), store.find(other).unwrap());
    let mut rebuilt =
        Rebuilt::begin(store.clone(), other.clone(), theirs, &ActorOptions::default()).await.unwrap();
    rebuilt.advance(ENTRIES).await.unwrap();
    let at = salescope_domain::Instant::from_ms(0);
    let verified = Verified { at, answers: 100, differences: 0, recomputed_seq: ENTRIES };
    store.cut(ours, rebuilt.baseline(verified).unwrap()).await.unwrap();
    drop(rebuilt);
    Arc::into_inner(store).unwrap().close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn verification_tells_the_difference_and_a_later_cut_is_refused() {
    let mut running = Running::fresh(NodeOptions::default()).await;
    let other = OrgId::new("other").unwrap();
    let new = NewOrg { org: other.clone(), settings: SettingsChange::empty(Version::stated(1)) };
    running.engine().create_orgs(vec![new]).await.unwrap().pop().unwrap().unwrap();
    running.send(payloads(1)).await.unwrap();
    let submissions = payloads(2).into_iter().map(Submission::live).collect();
    running.engine().ingest(&other, Slice { submissions, bytes: 1000, dry_run: false }).await.unwrap();
    running.close().await;
    put_in_place(running.dir.path(), &other).await;
    // The live state comes from its checkpoint, and is right.
    running.open().await;
    let kept = running.engine().verify_kept(&org(), running.now(), 100).await.unwrap();
    assert_eq!(kept.start.first_seq, ENTRIES + 1);
    assert!(kept.difference.is_some());
    let cut = running.engine().cut_history(&org(), running.now().plus_ms(1), false).await;
    assert!(matches!(cut, Err(EngineError::NotVerified { .. })), "{cut:?}");
    assert_eq!(running.engine().history_start(&org()).await.unwrap(), kept.start);
    running.close().await;
}
