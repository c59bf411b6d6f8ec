//! Power cuts: what was synced is there, what was not is lost, torn, or there.

use crate::fixture::{Database, commit, rows};
use salescope_faultfs::Options;
use sqlx::Connection;
use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};

fn quiet() -> Options {
    Options { early_permille: 0, ..Options::default() }
}

#[tokio::test]
async fn a_commit_with_a_sync_is_there_after_a_power_cut() {
    let database = Database::wal(quiet(), SqliteSynchronous::Full).await;
    let mut connection = database.connect().await;
    for n in 1..=20 {
        commit(&mut connection).await.unwrap();
        assert_eq!(database.after_power_cut().await, n);
    }
}

#[tokio::test]
async fn a_commit_without_a_sync_is_seen_by_all_connections_and_lost_by_a_power_cut() {
    let database = Database::wal(quiet(), SqliteSynchronous::Off).await;
    let (mut connection, mut reader) = (database.connect().await, database.reader().await);
    for n in 1..=20 {
        commit(&mut connection).await.unwrap();
        assert_eq!(rows(&mut reader).await, n);
    }
    assert_eq!(database.after_power_cut().await, 0);
}

#[tokio::test]
async fn what_an_unsynced_write_leaves_of_the_write_ahead_log_is_cut_off_by_sqlite() {
    let mut kept = Vec::new();
    for seed in 0..60 {
        let options = Options { seed, early_permille: 800, ..Options::default() };
        let database = Database::wal(options, SqliteSynchronous::Normal).await;
        let mut connection = database.connect().await;
        for _ in 0..8 {
            commit(&mut connection).await.unwrap();
        }
        kept.push(database.after_power_cut().await);
    }
    assert!(kept.contains(&0), "nothing was lost or torn: {kept:?}");
    assert!(kept.iter().any(|rows| (1..8).contains(rows)), "no tail was torn: {kept:?}");
}

#[tokio::test]
async fn synced_commits_survive_torn_writes_checkpoints_and_restarts() {
    for seed in 0..4 {
        let options = Options { seed, early_permille: 500, ..Options::default() };
        let database = Database::wal(options, SqliteSynchronous::Full).await;
        let mut n = 0;
        for _ in 0..3 {
            let mut connection = database.connect().await;
            sqlx::query("PRAGMA wal_autocheckpoint = 7").execute(&mut connection).await.unwrap();
            for _ in 0..15 {
                commit(&mut connection).await.unwrap();
                n += 1;
                assert_eq!(database.after_power_cut().await, n, "seed {seed}");
            }
            connection.close().await.unwrap();
            assert_eq!(database.after_power_cut().await, n, "seed {seed}");
        }
    }
}

#[tokio::test]
async fn rollback_journals_work_too() {
    for seed in 0..10 {
        let options = Options { seed, early_permille: 500, ..Options::default() };
        let database = Database::new(options, SqliteJournalMode::Delete, SqliteSynchronous::Full).await;
        let mut connection = database.connect().await;
        for n in 1..=10 {
            commit(&mut connection).await.unwrap();
            assert_eq!(database.after_power_cut().await, n, "seed {seed}");
        }
    }
}

#[tokio::test]
async fn a_transaction_larger_than_the_cache_is_rolled_back_by_a_power_cut() {
    let options = Options { seed: 3, early_permille: 700, ..Options::default() };
    let database = Database::new(options, SqliteJournalMode::Delete, SqliteSynchronous::Full).await;
    let mut connection = database.connect().await;
    commit(&mut connection).await.unwrap();
    sqlx::query("PRAGMA cache_size = 3").execute(&mut connection).await.unwrap();
    let mut transaction = connection.begin().await.unwrap();
    for _ in 0..200 {
        commit(&mut transaction).await.unwrap();
    }
    assert_eq!(database.after_power_cut().await, 1);
    transaction.commit().await.unwrap();
    assert_eq!(database.after_power_cut().await, 201);
}
