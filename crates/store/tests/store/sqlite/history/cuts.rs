//! What cutting history off deletes, and a crash on the way.

use super::super::{connect, open};
use super::seal;
use crate::sample::{commit_deals, create, last_seq, now, positions};
use salescope_store::{Baseline, History, Journal, OrgKey, SqliteStore, Verified};
use sqlx::Connection;
use std::path::Path;

async fn cut(store: &SqliteStore, key: OrgKey, tenant_seq: u64) {
    let verified = Verified { at: now(), answers: 9, differences: 0, recomputed_seq: 0 };
    let sections = vec![b"state".to_vec()];
    store.cut(key, Baseline { tenant_seq, schema_version: 1, sections, verified }).await.unwrap();
}

/// First and last entries of the segments on the disk.
async fn segments(dir: &Path) -> Vec<(u64, u64)> {
    let mut connection = connect(dir.join("history.db")).await;
    let rows = sqlx::query_as("SELECT from_seq, to_seq FROM segment ORDER BY org_key, to_seq");
    let rows = rows.fetch_all(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    rows
}

async fn execute(dir: &Path, sql: &'static str) {
    let mut connection = connect(dir.join("history.db")).await;
    sqlx::query(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

async fn three_segments(store: &SqliteStore) -> OrgKey {
    let key = create(store, "acme").await;
    for count in [300, 40, 5] {
        commit_deals(store, key, count).await;
        seal(store).await;
    }
    key
}

#[tokio::test]
async fn no_entry_before_the_horizon_is_left_on_the_disk_and_every_later_one_is() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let key = three_segments(&store).await;
    let other = create(&store, "other").await;
    commit_deals(&store, other, 4).await;
    seal(&store).await;
    assert_eq!(segments(dir.path()).await, [(1, 300), (301, 340), (341, 345), (1, 4)]);
    cut(&store, key, 310).await;
    assert_eq!(segments(dir.path()).await, [(311, 340), (341, 345), (1, 4)]);
    assert_eq!(positions(&store.read(key, 310, 99).await.unwrap()), (311..=345).collect::<Vec<_>>());
    assert_eq!(store.check_history(key).await.unwrap(), []);
    cut(&store, key, 340).await;
    assert_eq!(segments(dir.path()).await, [(341, 345), (1, 4)]);
    assert_eq!(positions(&store.read(other, 0, 99).await.unwrap()), [1, 2, 3, 4]);
}

#[tokio::test]
async fn a_cut_that_ended_after_its_baseline_was_saved_is_finished_by_the_next_run() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let key = three_segments(&store).await;
    execute(dir.path(), "CREATE TABLE before AS SELECT * FROM segment").await;
    cut(&store, key, 310).await;
    store.close().await.unwrap();
    // As if the process had died before anything was deleted.
    execute(dir.path(), "DELETE FROM segment").await;
    execute(dir.path(), "INSERT INTO segment SELECT * FROM before").await;
    execute(dir.path(), "DROP TABLE before").await;
    let store = open(dir.path()).await;
    assert_eq!(last_seq(&store, key), 345);
    assert!(store.read(key, 309, 1).await.is_err());
    assert_eq!(positions(&store.read(key, 310, 99).await.unwrap()), (311..=345).collect::<Vec<_>>());
    assert_eq!(store.check_history(key).await.unwrap(), []);
    assert_eq!(segments(dir.path()).await, [(1, 300), (301, 340), (341, 345)]);
    store.finish_cuts().await.unwrap();
    assert_eq!(segments(dir.path()).await, [(311, 340), (341, 345)]);
    store.finish_cuts().await.unwrap();
    assert_eq!(positions(&store.read(key, 310, 99).await.unwrap()), (311..=345).collect::<Vec<_>>());
}

#[tokio::test]
async fn the_oldest_sealed_entries_are_told_by_organisation() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let keys = [create(&store, "a").await, create(&store, "b").await, create(&store, "c").await];
    commit_deals(&store, keys[0], 2).await;
    assert_eq!(store.oldest_sealed(OrgKey(0), 9).await.unwrap(), []);
    assert!(store.oldest_unsealed().await.unwrap().is_some());
    commit_deals(&store, keys[2], 2).await;
    seal(&store).await;
    assert_eq!(store.oldest_unsealed().await.unwrap(), None);
    let found = store.oldest_sealed(OrgKey(0), 9).await.unwrap();
    assert_eq!(found.iter().map(|oldest| oldest.key).collect::<Vec<_>>(), [keys[0], keys[2]]);
    let first = store.read(keys[0], 0, 1).await.unwrap();
    assert_eq!(found[0].known_at, first[0].known_at);
    assert_eq!(store.oldest_sealed(keys[0], 9).await.unwrap(), found[1..]);
    assert_eq!(store.oldest_sealed(OrgKey(0), 1).await.unwrap(), found[..1]);
}
