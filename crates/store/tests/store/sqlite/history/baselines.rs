//! Retention: what history begins with, and what is no longer read.

use super::super::{connect, flip_last_bit, open};
use super::seal;
use crate::sample::{commit_deals, create, last_seq, now, positions};
use salescope_engine_api::JournalStats;
use salescope_store::{
    Baseline, Baselines, History, HistoryError, Journal, OrgKey, SqliteStore, StoreError, Verified,
};
use sqlx::Connection;

fn baseline(tenant_seq: u64) -> Baseline {
    let verified = Verified { at: now(), answers: 40, differences: 0, recomputed_seq: 3 };
    let sections = vec![b"state".to_vec(), Vec::new(), vec![7; 5 << 20]];
    Baseline { tenant_seq, schema_version: 2, sections, verified }
}

fn history_error(result: Result<(), StoreError>) -> HistoryError {
    match result {
        Err(StoreError::History(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn history_that_is_cut_off_begins_after_its_baseline() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let key = create(&store, "acme").await;
    for count in [300, 40, 5] {
        commit_deals(&store, key, count).await;
        seal(&store).await;
    }
    commit_deals(&store, key, 3).await;
    assert_eq!(store.baseline(key).await.unwrap(), None);
    store.cut(key, baseline(320)).await.unwrap();
    assert_begins_after(&store, key, 320).await;
    store.close().await.unwrap();
    let store = open(dir.path()).await;
    assert_begins_after(&store, key, 320).await;
    assert_eq!(store.stats(key).await.unwrap(), JournalStats { entries: 28, last_tenant_seq: 348 });
    assert_eq!(store.check_history(key).await.unwrap(), []);
    store.cut(key, baseline(345)).await.unwrap();
    assert_begins_after(&store, key, 345).await;
}

async fn assert_begins_after(store: &SqliteStore, key: OrgKey, tenant_seq: u64) {
    assert_eq!(store.baseline(key).await.unwrap(), Some(baseline(tenant_seq)));
    assert_eq!(
        positions(&store.read(key, tenant_seq, 100).await.unwrap()),
        (tenant_seq + 1..=348).collect::<Vec<_>>()
    );
    for after in [0, tenant_seq - 1] {
        let read = store.read(key, after, 10).await;
        let horizon = tenant_seq + 1;
        assert!(
            matches!(read, Err(StoreError::BeforeHorizon { horizon: found, .. }) if found == horizon),
            "{read:?}"
        );
    }
}

#[tokio::test]
async fn a_baseline_lies_inside_sealed_history_and_after_the_one_before() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let key = create(&store, "acme").await;
    commit_deals(&store, key, 5).await;
    let ahead = history_error(store.cut(key, baseline(5)).await);
    assert!(matches!(ahead, HistoryError::BaselineAhead { tenant_seq: 5, sealed: 0, .. }), "{ahead}");
    seal(&store).await;
    store.cut(key, baseline(5)).await.unwrap();
    let behind = history_error(store.cut(key, baseline(5)).await);
    assert!(matches!(behind, HistoryError::BaselineBehind { tenant_seq: 5, newest: 5, .. }), "{behind}");
    assert_eq!(store.history_stats(key).await.unwrap().segments, 0);
    store.close().await.unwrap();
    // All segments are gone: where history ends is known from the baseline.
    let store = open(dir.path()).await;
    assert_eq!(last_seq(&store, key), 5);
    commit_deals(&store, key, 2).await;
    seal(&store).await;
    assert_eq!(positions(&store.read(key, 5, 9).await.unwrap()), [6, 7]);
}

#[tokio::test]
async fn a_damaged_baseline_is_not_taken_for_one() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let key = create(&store, "acme").await;
    commit_deals(&store, key, 5).await;
    seal(&store).await;
    store.cut(key, baseline(4)).await.unwrap();
    store.close().await.unwrap();
    let mut connection = connect(dir.path().join("history.db")).await;
    let piece = "SELECT sealed FROM baseline_piece WHERE number = 1";
    let piece: Vec<u8> = sqlx::query_scalar(piece).fetch_one(&mut connection).await.unwrap();
    let update = sqlx::query("UPDATE baseline_piece SET sealed = ?1 WHERE number = 1");
    update.bind(flip_last_bit(piece)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let store = open(dir.path()).await;
    let found = store.check_history(key).await.unwrap();
    assert_eq!(found.iter().map(|stretch| (stretch.from_seq, stretch.to_seq)).collect::<Vec<_>>(), [(1, 4)]);
    let error = store.baseline(key).await.unwrap_err();
    let StoreError::History(HistoryError::BaselineDamaged { tenant_seq: 4, .. }) = error else {
        panic!("{error}")
    };
}
