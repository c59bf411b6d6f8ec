//! After a crash between the two commits, and after files of different times were put together, the journal is the
//! truth and identity follows it.

use super::{connect, harm, open};
use crate::sample::{activity, appended, deal, deals, now, org, positions, read_all, submit};
use salescope_domain::{OrgId, Version};
use salescope_store::{Journal, Outcome, SqliteStore, StoreError};
use sqlx::Connection;
use std::fs;
use std::future::Future;
use std::path::Path;
use std::pin::pin;
use std::task::{Context, Waker};

async fn unchanged(store: &SqliteStore, org: &OrgId, count: i64) {
    let outcomes = store.append(org, deals("D", 0..count), now()).await.unwrap();
    assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Unchanged), "{outcomes:?}");
}

/// Runs the store for as long as `work` takes, and closes it.
async fn session<F: AsyncFnOnce(&SqliteStore)>(dir: &Path, work: F) {
    let store = open(dir).await;
    work(&store).await;
    store.close().await.unwrap();
}

fn swap(dir: &Path, file: &str, with: &str) {
    fs::copy(dir.join(file), dir.join(format!("{with}.new"))).unwrap();
    fs::rename(dir.join(with), dir.join(file)).unwrap();
}

#[tokio::test]
async fn entries_that_identity_missed_are_replayed_when_the_store_opens() {
    let dir = tempfile::tempdir().unwrap();
    let (acme, path) = (org("acme"), dir.path());
    session(path, async |store| {
        store.create_org(&acme, now()).await.unwrap();
        store.append(&acme, deals("D", 0..10), now()).await.unwrap();
    })
    .await;
    fs::copy(path.join("identity.db"), path.join("identity.old")).unwrap();
    session(path, async |store| {
        store.append(&acme, deals("D", 0..1_500), now()).await.unwrap();
        assert_eq!(submit(store, &acme, activity("A", 3)).await, appended(1_501));
    })
    .await;
    // As after a crash between the journal's commit and identity's.
    swap(path, "identity.db", "identity.old");
    session(path, async |store| {
        unchanged(store, &acme, 1_500).await;
        assert_eq!(submit(store, &acme, activity("A", 3)).await, Outcome::Unchanged);
        assert_eq!(submit(store, &acme, activity("A", 4)).await, appended(1_502));
    })
    .await;
}

#[tokio::test]
async fn identity_that_is_ahead_of_the_journal_is_rebuilt() {
    let dir = tempfile::tempdir().unwrap();
    let (acme, gone, path) = (org("acme"), org("gone"), dir.path());
    session(path, async |store| {
        store.create_org(&acme, now()).await.unwrap();
        store.append(&acme, deals("D", 0..10), now()).await.unwrap();
    })
    .await;
    fs::copy(path.join("journal.db"), path.join("journal.old")).unwrap();
    session(path, async |store| {
        store.append(&acme, deals("D", 0..20), now()).await.unwrap();
        store.create_org(&gone, now()).await.unwrap();
        store.append(&gone, deals("D", 0..5), now()).await.unwrap();
    })
    .await;
    // As after an older copy of the journal was put back.
    swap(path, "journal.db", "journal.old");
    session(path, async |store| {
        unchanged(store, &acme, 10).await;
        assert_eq!(submit(store, &acme, deal("D10", Version::stated(1), 10)).await, appended(11));
        store.create_org(&gone, now()).await.unwrap();
        assert_eq!(submit(store, &gone, deal("D0", Version::stated(1), 0)).await, appended(1));
    })
    .await;
}

#[tokio::test]
async fn identity_of_another_past_or_of_other_hashes_is_rebuilt() {
    let dir = tempfile::tempdir().unwrap();
    let (acme, path) = (org("acme"), dir.path());
    session(path, async |store| {
        store.create_org(&acme, now()).await.unwrap();
        store.append(&acme, deals("D", 0..10), now()).await.unwrap();
    })
    .await;
    let spoil = [
        "UPDATE organisation SET applied_crc = applied_crc + 1",
        "UPDATE organisation SET hash_form = 0",
        "UPDATE organisation SET applied_seq = 11",
    ];
    for how in spoil {
        let mut connection = connect(path.join("identity.db")).await;
        // With a row that the journal has no entry for.
        for sql in [how, "UPDATE object SET number = 99 WHERE id = 'D3'"] {
            assert!(sqlx::query(sql).execute(&mut connection).await.unwrap().rows_affected() > 0);
        }
        connection.close().await.unwrap();
        session(path, async |store| unchanged(store, &acme, 10).await).await;
        let mut connection = connect(path.join("identity.db")).await;
        let wrong: i64 = sqlx::query_scalar("SELECT count(*) FROM object WHERE number = 99")
            .fetch_one(&mut connection)
            .await
            .unwrap();
        assert_eq!(wrong, 0, "{how}");
        connection.close().await.unwrap();
    }
}

#[tokio::test]
async fn damage_of_one_organisation_does_not_keep_the_others_out() {
    let dir = tempfile::tempdir().unwrap();
    let (acme, zeta, path) = (org("acme"), org("zeta"), dir.path());
    session(path, async |store| {
        for org in [&acme, &zeta] {
            store.create_org(org, now()).await.unwrap();
            store.append(org, deals("D", 0..5), now()).await.unwrap();
        }
    })
    .await;
    fs::remove_file(path.join("identity.db")).unwrap();
    let sql = "UPDATE entry SET crc = crc + 1
        WHERE org_key = (SELECT org_key FROM organisation WHERE org_id = ?1) AND tenant_seq = ?2";
    harm(path, sql, &acme, 2).await;
    session(path, async |store| {
        // Without the damaged entry nobody can tell what is news to this organisation.
        let refused = store.append(&acme, deals("D", 9..10), now()).await;
        assert!(matches!(refused, Err(StoreError::Damaged { tenant_seq: 2, .. })), "{refused:?}");
        assert_eq!(positions(&read_all(store, &zeta).await), [1, 2, 3, 4, 5]);
        unchanged(store, &zeta, 5).await;
        assert_eq!(submit(store, &zeta, activity("A", 0)).await, appended(6));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_append_that_is_given_up_midway_leaves_all_of_it_or_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let acme = org("acme");
    let store = open(dir.path()).await;
    store.create_org(&acme, now()).await.unwrap();
    let batch = |turn: i64| deals("D", turn * 5..turn * 5 + 5);
    for turn in 0..60_i64 {
        {
            // Polled `turn` times, then dropped: between any two steps of the append.
            let mut append = pin!(store.append(&acme, batch(turn), now()));
            for _ in 0..turn {
                if append.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
                    break;
                }
                tokio::task::spawn_blocking(std::thread::yield_now).await.unwrap();
            }
        }
        let last = store.stats(&acme).await.unwrap().last_tenant_seq;
        assert_eq!(last % 5, 0, "all or nothing");
        let outcomes = store.append(&acme, batch(turn), now()).await.unwrap();
        let all_new = (1..=5).map(|step| appended(turn.cast_unsigned() * 5 + step)).collect::<Vec<_>>();
        assert!(outcomes == all_new || outcomes == [const { Outcome::Unchanged }; 5], "{turn}: {outcomes:?}");
    }
    assert_eq!(positions(&read_all(&store, &acme).await), (1..=300).collect::<Vec<_>>());
}
