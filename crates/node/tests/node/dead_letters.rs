//! Entries that were put aside, where history is cut off. The fold is made to crash by a test switch that is on for the whole
//! process: each test runs in a process of its own.

use crate::fixture::{Running, org};
use salescope_domain::{Label, Patch, Payload};
use salescope_engine_api::{DeadLetterState, EngineError};
use salescope_node::NodeOptions;
use salescope_testkit::{DealStep, History};

fn deals(names: &[&str]) -> Vec<Payload> {
    let steps = names.iter().enumerate().map(|(at, name)| {
        let step = DealStep::created().set(|set| set.name = Patch::Set(Label::new(name).unwrap()));
        (format!("d{at}"), step)
    });
    let history = steps.fold(History::new().at("2026-01-05"), |history, (id, step)| history.deal(&id, step));
    history.entries().into_iter().map(|entry| entry.payload).collect()
}

async fn with_poison(running: &Running) {
    salescope_faults::configure("sabotage=poison_panics").unwrap();
    // Entry 1 is the settings.
    running.send(deals(&["good", "poison", "good", "good"])).await.unwrap();
    salescope_faults::configure("").unwrap();
    while running.engine().stats(&org()).await.unwrap().last_tenant_seq < 6 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_letter_holds_history_until_somebody_has_decided_about_it() {
    let mut running = Running::fresh(NodeOptions::default()).await;
    with_poison(&running).await;
    let engine = running.engine();
    let later = running.now().plus_ms(1);
    let report = engine.cut_history(&org(), later, false).await.unwrap();
    assert_eq!((report.entries, report.first_seq, report.held_by), (2, 3, Some(3)));
    let letters = engine.dead_letters(&org()).await.unwrap();
    assert_eq!((letters.len(), letters[0].tenant_seq), (1, 3));
    let kept = engine.verify_kept(&org(), later, 50).await.unwrap();
    assert_eq!((kept.left_out, kept.difference), (1, None));

    engine.drop_dead_letter(&org(), 3).await.unwrap();
    assert_eq!(engine.dead_letters(&org()).await.unwrap()[0].state, DeadLetterState::Dropped);
    let deals = engine.org(&org()).await.unwrap().deals;
    let report = engine.cut_history(&org(), later, false).await.unwrap();
    assert_eq!((report.first_seq, report.held_by), (8, None));
    assert_eq!(engine.dead_letters(&org()).await.unwrap(), []);
    let gone = EngineError::BeforeHistoryHorizon { org: org(), horizon: 8 };
    assert_eq!(engine.retry_dead_letter(&org(), 3).await.unwrap_err(), gone);
    drop(engine);
    running.reopen_without_checkpoints().await;
    assert_eq!(running.engine().org(&org()).await.unwrap().deals, deals);
    assert_eq!(running.engine().dead_letters(&org()).await.unwrap(), []);
    running.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cut_between_a_dropped_entry_and_what_dropped_it_leaves_it_out() {
    let mut running = Running::fresh(NodeOptions::default()).await;
    with_poison(&running).await;
    let between = running.now().plus_ms(1);
    running.next_day();
    running.engine().drop_dead_letter(&org(), 3).await.unwrap();
    let deals = running.engine().org(&org()).await.unwrap().deals;
    let report = running.engine().cut_history(&org(), between, false).await.unwrap();
    assert_eq!((report.first_seq, report.last_seq), (7, 7));
    running.reopen_without_checkpoints().await;
    assert_eq!(running.engine().org(&org()).await.unwrap().deals, deals);
    let kept = running.engine().verify_kept(&org(), running.now(), 50).await.unwrap();
    assert_eq!(kept.difference, None);
    running.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_control_entry_that_a_client_submits_is_refused_by_its_place() {
    let mut running = Running::fresh(NodeOptions::default()).await;
    let release = Payload::Release(salescope_domain::Release { tenant_seq: 1 });
    let mut payloads = deals(&["good"]);
    payloads.push(release);
    let error = running.send(payloads).await.unwrap_err();
    assert_eq!(error, EngineError::ControlEntry { index: 1 });
    assert_eq!(error.code(), "control_entry");
    assert_eq!(running.engine().stats(&org()).await.unwrap().last_tenant_seq, 1);
    running.close().await;
}
