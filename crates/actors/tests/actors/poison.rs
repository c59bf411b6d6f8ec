//! Entries that crash the fold: put aside, skipped after a restart, tried again, dropped. The fold is made to crash by a test
//! switch that is on for the whole process: each test runs in a process of its own.

use crate::fixture::{Running, deal, folded, point, quick};
use salescope_domain::{Payload, quarantine};
use salescope_engine_api::{DeadLetterState, EngineError, Outcome};

fn switch(spec: &str) {
    salescope_faults::configure(spec).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_entry_that_crashes_the_fold_is_put_aside_and_the_rest_flows() {
    switch("sabotage=poison_panics");
    let (dir, running, key) = Running::fresh(quick()).await;
    let other = running.create("beta").await;
    running.send(key, vec![deal("a", 1, "one")]).await.unwrap();
    let slice = vec![deal("b", 1, "good"), deal("c", 1, "poison"), deal("d", 1, "good too")];
    let answer = running.send(key, slice).await.unwrap();
    assert!(answer.outcomes.iter().all(|outcome| matches!(outcome, Outcome::Appended { .. })));
    running.send(other, vec![deal("a", 1, "one")]).await.unwrap();

    let again = running.send(key, vec![deal("c", 1, "poison"), point("after", 0)]).await.unwrap();
    assert_eq!(again.outcomes[0], Outcome::Unchanged);
    let journal = running.journal(key).await;
    assert!(
        journal.iter().any(|entry| matches!(&entry.payload, Payload::Quarantine(put) if put.tenant_seq == 3))
    );
    assert_eq!(running.state(key).await, folded(&quarantine::in_force(&journal)));
    assert_eq!(running.handle().read(key).await.unwrap().aside.keys().copied().collect::<Vec<_>>(), [3]);
    running.stop().await;

    // A program that could fold the entry by now leaves it out all the same.
    switch("");
    let running = Running::open(dir.path(), quick()).await;
    assert_eq!(running.state(key).await, folded(&quarantine::in_force(&journal)));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_letter_that_is_tried_again_is_applied_in_its_place_or_put_aside_again() {
    switch("sabotage=poison_panics");
    let (_dir, running, key) = Running::fresh(quick()).await;
    running.send(key, vec![deal("a", 1, "poison"), deal("b", 1, "good")]).await.unwrap();
    assert!(!running.handle().release(key, 1).await.unwrap(), "it crashes still");
    switch("");
    // The second quarantine may still be on its way; whoever asks then is told so by the list.
    running.send(key, vec![point("settle", 0)]).await.unwrap();
    assert!(running.handle().release(key, 1).await.unwrap());
    let journal = running.journal(key).await;
    let counted = quarantine::in_force(&journal);
    assert!(counted.iter().any(|entry| entry.tenant_seq == 1));
    assert_eq!(running.state(key).await, folded(&counted));
    let error = running.handle().release(key, 1).await.unwrap_err();
    assert!(matches!(error, EngineError::UnknownDeadLetter { tenant_seq: 1, .. }));
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_letter_that_is_dropped_stays_readable_and_skipped() {
    switch("sabotage=poison_panics");
    let (_dir, running, key) = Running::fresh(quick()).await;
    running.send(key, vec![deal("a", 1, "poison")]).await.unwrap();
    running.handle().drop_entry(key, 1).await.unwrap();
    let reading = running.handle().read(key).await.unwrap();
    assert_eq!(reading.aside[&1].state, DeadLetterState::Dropped);
    assert!(running.handle().drop_entry(key, 9).await.is_err());
    running.stop().await;
}
