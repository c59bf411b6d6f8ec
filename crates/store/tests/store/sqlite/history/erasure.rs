//! The end of an organisation: nothing of it is left on the disk, and nobody else notices.

use super::super::{connect, open, options};
use super::{files_with, seal};
use crate::sample::{
    assert_deals, commit_deals, create, deal, kpi, last_seq, now, org, read_all, slice, source,
};
use salescope_domain::{Instant, Label};
use salescope_store::{
    Baseline, Checkpoint, Checkpoints, Directory, History, HistoryError, Journal, Keys, OrgKey, SqliteStore,
    StoreError, StoreOptions, Verified,
};
use sqlx::Connection;
use std::future::Future;
use std::path::Path;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

/// In all that is told of the organisation. Random enough to stand as it is in whatever is compressed.
const CANARY: &str = "zq7KxW3v";

/// Gives the organisation something in every table.
async fn fill(store: &SqliteStore, name: &str) -> OrgKey {
    let (key, id) = (create(store, name).await, org(name));
    store.resolve_people(&id, &source("crm"), &[("ext-zq7KxW3v-1", "Ada zq7KxW3v")]).await.unwrap();
    store.resolve_team(&id, &source("crm"), "t-zq7KxW3v", "North zq7KxW3v").await.unwrap();
    store.create_key(&id, &Label::new("key zq7KxW3v").unwrap(), &[9; 32], now()).await.unwrap();
    for round in 0..4 {
        let payloads = [kpi("mine", &format!("{CANARY} {round}")), deal(&format!("{CANARY}-{round}"), round)];
        store.commit(vec![slice(key, last_seq(store, key), &payloads)], now()).await.unwrap();
        let state = format!("state {CANARY} {round}").into_bytes();
        let long = format!("{CANARY}{round}").repeat(100_000).into_bytes();
        let tenant_seq = last_seq(store, key);
        store
            .save(key, Checkpoint { tenant_seq, schema_version: 1, sections: vec![state, long] })
            .await
            .unwrap();
        if round % 2 == 0 {
            seal(store).await;
        }
    }
    let sections = vec![format!("{CANARY} baseline").into_bytes()];
    let verified = Verified { at: now(), answers: 1, differences: 0, recomputed_seq: 0 };
    store.cut(key, Baseline { tenant_seq: 2, schema_version: 1, sections, verified }).await.unwrap();
    key
}

fn assert_gone(dir: &Path) {
    assert_eq!(files_with(dir, CANARY), [""; 0]);
}

#[tokio::test]
async fn nothing_of_an_erased_organisation_is_in_any_file() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let other = create(&store, "other").await;
    commit_deals(&store, other, 3).await;
    let name = format!("acme-{CANARY}");
    let key = fill(&store, &name).await;
    commit_deals(&store, other, 3).await;
    assert!(!files_with(dir.path(), CANARY).is_empty());
    store.erase_org(key, now()).await.unwrap();
    assert_gone(dir.path());
    assert_deals(&store, other, 6).await;
    assert_eq!(store.find(&org(&name)), None);
    assert!(matches!(store.read(key, 0, 1).await, Err(StoreError::UnknownOrgKey { .. })));
    assert!(matches!(store.erase_org(key, now()).await, Err(StoreError::UnknownOrgKey { .. })));
    assert!(store.all_keys().await.unwrap().is_empty());
    store.close().await.unwrap();
    assert_gone(dir.path());
    let store = open(dir.path()).await;
    assert_deals(&store, other, 6).await;
    assert_eq!(store.heads().len(), 1);
}

#[tokio::test]
async fn an_erased_organisations_name_may_be_used_anew_and_its_key_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let key = fill(&store, "acme").await;
    store.erase_org(key, now()).await.unwrap();
    let again = create(&store, "acme").await;
    assert_ne!(again, key);
    assert_eq!(store.names(&org("acme")).await.unwrap(), Default::default());
    commit_deals(&store, again, 4).await;
    seal(&store).await;
    assert_deals(&store, again, 4).await;
    store.close().await.unwrap();
    let store = open(dir.path()).await;
    assert_eq!(read_all(&store, again).await.len(), 4);
    assert_eq!(store.find(&org("acme")), Some(again));
}

#[tokio::test]
async fn an_erasure_that_was_cut_off_is_finished_at_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let other = create(&store, "other").await;
    let key = fill(&store, "acme").await;
    commit_deals(&store, other, 2).await;
    store.close().await.unwrap();
    // As if the process had gone right after the organisation was marked.
    let mut connection = connect(dir.path().join("journal.db")).await;
    let mark = sqlx::query("UPDATE organisation SET erased_at_ms = 1 WHERE org_key = ?1");
    mark.bind(key.0).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    assert!(!files_with(dir.path(), CANARY).is_empty());
    let store = open(dir.path()).await;
    assert_gone(dir.path());
    assert!(store.pending_erasures().is_empty());
    assert_deals(&store, other, 2).await;
    create(&store, "acme").await;
}

#[tokio::test]
async fn a_file_that_another_program_reads_keeps_an_erasure_pending_until_it_is_let_go() {
    let dir = tempfile::tempdir().unwrap();
    let quick = StoreOptions { busy_timeout: Duration::from_millis(10), ..options() };
    let store = SqliteStore::open_with(dir.path(), quick).await.unwrap();
    let key = fill(&store, "acme").await;
    let mut reader = connect(dir.path().join("directory.db")).await;
    let mut reading = reader.begin().await.unwrap();
    let _: i64 = sqlx::query_scalar("SELECT count(*) FROM party").fetch_one(&mut *reading).await.unwrap();
    let error = store.erase_org(key, now()).await.unwrap_err();
    let is_unfinished =
        matches!(error, StoreError::History(HistoryError::ErasureUnfinished { file: "directory.db" }));
    assert!(is_unfinished, "{error}");
    assert_eq!(store.pending_erasures(), [key]);
    assert_eq!(store.find(&org("acme")), None);
    let created = store.create_orgs(&[org("acme")], now()).await.unwrap();
    assert!(matches!(created[..], [Err(StoreError::OrgExists { .. })]));
    reading.rollback().await.unwrap();
    store.erase_org(key, Instant::from_ms(0)).await.unwrap();
    assert!(store.pending_erasures().is_empty());
    assert_gone(dir.path());
    create(&store, "acme").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erasure_whose_end_nobody_waited_for_takes_no_more_entries() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let other = create(&store, "other").await;
    for turn in 0..40 {
        let key = create(&store, &format!("org-{turn}")).await;
        {
            let mut erasing = pin!(store.erase_org(key, now()));
            for _ in 0..turn {
                if erasing.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
                    break;
                }
                tokio::task::spawn_blocking(std::thread::yield_now).await.unwrap();
            }
        }
        // Any commit finds out; an organisation that is there after it is there for good.
        commit_deals(&store, other, 1).await;
        if store.head(key).is_some() {
            commit_deals(&store, key, 2).await;
        }
    }
    assert_deals(&store, other, 40).await;
    let heads = store.heads();
    store.close().await.unwrap();
    let store = open(dir.path()).await;
    assert_eq!(store.heads(), heads);
    assert_eq!(store.pending_erasures(), []);
}
