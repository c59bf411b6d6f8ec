//! Commits that go wrong: given up midway, without room on the disk, after a failure.

use super::{connect, open, options};
use crate::sample::{assert_deals, commit_deals, create, deals_slice, kpi, last_seq, now, org, slice};
use salescope_store::{CommitError, Journal, SqliteStore, StoreError, StoreOptions};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_is_given_up_midway_leaves_all_of_it_or_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let acme = create(&store, "acme").await;
    for turn in 0..60_u64 {
        let last = last_seq(&store, acme);
        {
            // Polled `turn` times, then dropped: between any two steps of the commit.
            let mut commit = pin!(store.commit(vec![deals_slice(acme, last, last + 5)], now()));
            for _ in 0..turn {
                if commit.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
                    break;
                }
                tokio::task::spawn_blocking(std::thread::yield_now).await.unwrap();
            }
        }
        // The next commit, even of nothing, learns what became of it.
        let committed = store.commit(Vec::new(), now()).await.unwrap();
        assert_eq!(last_seq(&store, acme), committed.block_seq * 5);
        assert!([last, last + 5].contains(&last_seq(&store, acme)), "all or nothing");
    }
    let last = last_seq(&store, acme);
    assert_deals(&store, acme, last).await;
    store.close().await.unwrap();
    let store = open(dir.path()).await;
    assert_deals(&store, acme, last).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_creation_that_is_given_up_midway_is_known_to_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    for turn in 0..40 {
        let name = [org(&format!("org-{turn}"))];
        {
            let mut creation = pin!(store.create_orgs(&name, now()));
            for _ in 0..turn {
                if creation.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
                    break;
                }
                tokio::task::spawn_blocking(std::thread::yield_now).await.unwrap();
            }
        }
        let again = store.create_orgs(&name, now()).await.unwrap().remove(0);
        assert!(matches!(again, Ok(_) | Err(StoreError::OrgExists { .. })), "{again:?}");
        let key = store.find(&name[0]).unwrap();
        commit_deals(&store, key, 1).await;
    }
    let heads = store.heads();
    assert_eq!(heads.len(), 40);
    store.close().await.unwrap();
    assert_eq!(open(dir.path()).await.heads(), heads);
}

#[tokio::test]
async fn a_full_file_refuses_commits_until_there_is_room_again() {
    let dir = tempfile::tempdir().unwrap();
    let pages = |max| StoreOptions { journal_pages_max: Some(max), ..options() };
    let store = SqliteStore::open_with(dir.path(), pages(400)).await.unwrap();
    let acme = create(&store, "acme").await;
    commit_deals(&store, acme, 3).await;
    // Numbers that repeat nothing (xorshift), so that compression does not make them fit.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut letter = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(b'a' + (state % 26) as u8)
    };
    let noise: String = (0..3_000_000).map(|_| letter()).collect();
    for _ in 0..2 {
        let refused = store.commit(vec![slice(acme, 3, &[kpi("big", &noise)])], now()).await;
        assert!(matches!(refused, Err(CommitError::Refused(StoreError::Database { .. }))), "{refused:?}");
        assert_eq!(last_seq(&store, acme), 3);
    }
    // What fits is still taken.
    commit_deals(&store, acme, 1).await;
    store.close().await.unwrap();
    let store = open(dir.path()).await;
    assert_deals(&store, acme, 4).await;
    store.commit(vec![slice(acme, 4, &[kpi("big", &noise)])], now()).await.unwrap();
    assert_eq!(last_seq(&store, acme), 5);
}

#[tokio::test]
async fn a_file_that_somebody_else_writes_refuses_commits_until_it_is_free() {
    let dir = tempfile::tempdir().unwrap();
    let options = StoreOptions { busy_timeout: Duration::ZERO, ..options() };
    let store = SqliteStore::open_with(dir.path(), options).await.unwrap();
    let acme = create(&store, "acme").await;
    let mut other = connect(dir.path().join("journal.db")).await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    let refused = store.commit(vec![deals_slice(acme, 0, 2)], now()).await;
    assert!(matches!(refused, Err(CommitError::Refused(StoreError::Database { .. }))), "{refused:?}");
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    commit_deals(&store, acme, 2).await;
    assert_deals(&store, acme, 2).await;
}

#[tokio::test]
async fn after_a_failure_of_unknown_outcome_there_are_no_more_commits() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let acme = create(&store, "acme").await;
    commit_deals(&store, acme, 2).await;
    let mut other = connect(dir.path().join("journal.db")).await;
    // Another writer took the block's number: nobody can tell what the journal is now.
    sqlx::query("INSERT INTO block VALUES (2, 1, 0, X'00', X'00')").execute(&mut other).await.unwrap();
    let failed = store.commit(vec![deals_slice(acme, 2, 4)], now()).await;
    assert!(matches!(failed, Err(CommitError::Fatal(_))), "{failed:?}");
    sqlx::query("DELETE FROM block WHERE seq = 2").execute(&mut other).await.unwrap();
    for slices in [vec![deals_slice(acme, 2, 4)], Vec::new()] {
        let failed = store.commit(slices, now()).await;
        assert!(matches!(failed, Err(CommitError::Fatal(StoreError::JournalFailed { .. }))), "{failed:?}");
    }
    assert_deals(&store, acme, 2).await;
}
