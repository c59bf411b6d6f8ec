//! Coming back: whatever is stopped, slept or started anew, state is the fold of the journal and repetitions stay repetitions.

use crate::fixture::{Running, deal, folded, point, quick};
use salescope_actors::ActorOptions;
use salescope_engine_api::Outcome;
use salescope_store::Checkpoints;
use salescope_testkit::histories;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_restart_state_is_the_same_and_repetitions_are_known() {
    let (dir, running, key) = Running::fresh(quick()).await;
    running.send(key, vec![deal("a", 3, "one"), point("m1", 2)]).await.unwrap();
    let before = running.state(key).await;
    running.stop().await;

    let running = Running::open(dir.path(), quick()).await;
    assert_eq!(running.state(key).await, before);
    let old = vec![deal("a", 3, "one"), deal("a", 2, "older"), point("m1", 2), point("m1", 1)];
    let answer = running.send(key, old).await.unwrap();
    assert!(answer.outcomes.iter().all(|outcome| *outcome == Outcome::Unchanged), "{:?}", answer.outcomes);
    running.stop().await;
}

#[test]
fn a_process_that_ends_without_notice_loses_nothing_that_was_answered() {
    let options = || ActorOptions { checkpoint_bytes_min: 1, ..quick() };
    let first = tokio::runtime::Runtime::new().unwrap();
    let (dir, journal, key) = first.block_on(async {
        let (dir, running, key) = Running::fresh(options()).await;
        for round in 0..30 {
            running.send(key, vec![deal("a", round, "x"), point(&format!("p{round}"), 0)]).await.unwrap();
        }
        let journal = running.journal(key).await;
        // Neither saved nor closed: what the tasks hold goes with them.
        drop(running);
        (dir, journal, key)
    });
    drop(first);
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let running = Running::open(dir.path(), options()).await;
        assert_eq!(running.journal(key).await, journal);
        assert_eq!(running.state(key).await, folded(&journal));
        running.stop().await;
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn random_histories_come_back_from_checkpoints_as_from_the_journal() {
    for seed in 0..12 {
        let (dir, mut running, key) =
            Running::fresh(ActorOptions { checkpoint_bytes_min: 512, ..quick() }).await;
        let payloads: Vec<_> = histories::random(seed).into_iter().map(|entry| entry.payload).collect();
        for (round, slice) in payloads.chunks(37).enumerate() {
            running.send(key, slice.to_vec()).await.unwrap();
            if round % 5 == 4 {
                running.stop().await;
                running =
                    Running::open(dir.path(), ActorOptions { checkpoint_bytes_min: 512, ..quick() }).await;
            }
        }
        let journal = running.journal(key).await;
        assert!(!journal.is_empty());
        // A snapshot tells apart what was interned in another order; figures do not. Both are folds of the same entries here.
        assert_eq!(running.state(key).await, folded(&journal), "seed {seed}");
        running.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_checkpoints_the_journal_is_enough() {
    let (dir, running, key) = Running::fresh(quick()).await;
    running.send(key, vec![deal("a", 1, "one"), point("m1", 0)]).await.unwrap();
    let before = running.state(key).await;
    running.stop().await;

    let running = Running::open(dir.path(), quick()).await;
    running.store.forget(key, 0).await.unwrap();
    assert_eq!(running.state(key).await, before);
    running.stop().await;
}
