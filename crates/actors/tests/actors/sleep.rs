//! Falling asleep and waking.

use crate::fixture::{Running, deal, folded, point, quick, send, until};
use salescope_store::Journal;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_organisation_falls_asleep_with_a_checkpoint_and_wakes_with_the_next_message() {
    let (_dir, running, key) = Running::fresh(quick()).await;
    running.send(key, vec![deal("a", 1, "one")]).await.unwrap();
    until(async || running.store.head(key).is_some_and(|head| head.checkpoint_seq == 1)).await;
    running.send(key, vec![deal("a", 2, "two")]).await.unwrap();
    let journal = running.journal(key).await;
    assert_eq!(journal.len(), 2);
    assert_eq!(running.state(key).await, folded(&journal));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_that_come_while_it_falls_asleep_are_neither_lost_nor_reordered() {
    let mut options = quick();
    options.wheel_tick = std::time::Duration::from_millis(1);
    options.passivate_after = std::time::Duration::from_millis(1);
    let (_dir, running, key) = Running::fresh(options).await;
    let handle = running.handle();
    for round in 0..300_i64 {
        let answer = send(&handle, key, vec![deal("a", round, "x"), point(&format!("p{round}"), 0)]).await;
        assert_eq!(answer.unwrap().tenant_seq, 2 * (round as u64 + 1));
        // Let ticks fall where they will: some rounds find it awake, some asleep, some in between.
        for _ in 0..round % 7 * 20 {
            tokio::task::yield_now().await;
        }
    }
    let journal = running.journal(key).await;
    assert_eq!(journal.len(), 600);
    assert_eq!(running.state(key).await, folded(&journal));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn watchers_see_positions_across_sleep() {
    let (_dir, running, key) = Running::fresh(quick()).await;
    running.send(key, vec![deal("a", 1, "one")]).await.unwrap();
    let mut positions = running.handle().read(key).await.unwrap().positions;
    assert_eq!(positions.borrow_and_update().tenant_seq, 1);
    until(async || running.store.head(key).is_some_and(|head| head.checkpoint_seq == 1)).await;
    running.send(key, vec![deal("a", 2, "two")]).await.unwrap();
    let seen = positions.wait_for(|position| position.tenant_seq == 2).await.unwrap();
    assert_eq!(seen.tenant_seq, 2);
    drop(seen);
    running.stop().await;
}
