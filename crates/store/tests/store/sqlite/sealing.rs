//! Sealing while others commit and read, and sealing that ends in the middle.

use super::open;
use crate::sample::{assert_deals, commit_deals, create, last_seq, now, positions, read_all};
use salescope_store::{Journal, SealOptions, SqliteStore};
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Waker};

/// Small steps, so that there are many.
fn in_small_steps() -> SealOptions {
    SealOptions { step_bytes_max: 2_000, blocks_per_delete_max: 2, ..SealOptions::everything() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_and_committers_notice_nothing_of_sealing() {
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(open(dir.path()).await);
    let key = create(&*store, "acme").await;
    commit_deals(&*store, key, 40).await;
    let writer = tokio::spawn({
        let store = Arc::clone(&store);
        async move {
            for _ in 0..120 {
                commit_deals(&*store, key, 3).await;
            }
        }
    });
    let reader = tokio::spawn({
        let store = Arc::clone(&store);
        async move {
            for _ in 0..60 {
                let at_least = last_seq(&*store, key);
                let entries = read_all(&*store, key).await;
                assert!(entries.len() as u64 >= at_least);
                assert_eq!(positions(&entries), (1..=entries.len() as u64).collect::<Vec<_>>());
            }
        }
    });
    while !writer.is_finished() || !reader.is_finished() {
        store.seal(in_small_steps()).await.unwrap();
        tokio::task::yield_now().await;
    }
    writer.await.unwrap();
    reader.await.unwrap();
    assert_deals(&*store, key, 400).await;
}

/// Polls a sealing `times`, then drops it: between any two of its steps.
async fn seal_partly(store: &SqliteStore, times: usize) {
    let mut sealing = pin!(store.seal(in_small_steps()));
    for _ in 0..times {
        if sealing.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
            return;
        }
        tokio::task::spawn_blocking(std::thread::yield_now).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sealing_that_is_given_up_midway_loses_nothing_and_is_taken_up_by_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(dir.path()).await;
    let key = create(&store, "acme").await;
    for times in 0..60 {
        commit_deals(&store, key, 9).await;
        commit_deals(&store, key, 1).await;
        seal_partly(&store, times * 3).await;
        assert_eq!(read_all(&store, key).await.len() as u64, last_seq(&store, key));
        if times % 20 == 19 {
            store.close().await.unwrap();
            store = open(dir.path()).await;
        }
    }
    store.seal(SealOptions::everything()).await.unwrap();
    assert_deals(&store, key, 600).await;
    assert_eq!(store.seal(SealOptions::everything()).await.unwrap().blocks, 0);
    let committed = store.commit(Vec::new(), now()).await.unwrap();
    assert_eq!(committed.block_seq, 120);
    store.close().await.unwrap();
    let store = open(dir.path()).await;
    assert_deals(&store, key, 600).await;
    assert_eq!(commit_deals(&store, key, 1).await.block_seq, 121);
}
