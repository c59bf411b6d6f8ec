//! History that is cut off: figures stay, entries go, and what is told of the rest is true.

use crate::fixture::{Running, org, questions};
use salescope_domain::{Entry, Payload, Query};
use salescope_engine_api::{EngineError, Outcome, Parties};
use salescope_kpi::Engine as Kpis;
use salescope_node::NodeOptions;
use salescope_store::check_export;
use salescope_testkit::histories;
use std::sync::atomic::Ordering;

const QUESTIONS: usize = 150;

/// A history of this seed, taken in over ten days. Gives the entries.
async fn ten_days(running: &Running, seed: u64) -> Vec<Entry> {
    let payloads: Vec<Payload> = histories::random(seed).into_iter().map(|entry| entry.payload).collect();
    for slice in payloads.chunks(payloads.len() / 10 + 1) {
        running.next_day();
        running.send(slice.to_vec()).await.unwrap();
    }
    running.entries(0).await
}

fn asked(entries: &[Entry]) -> Vec<Query> {
    let mut state = Kpis::new();
    state.apply(entries);
    questions(&state, entries, QUESTIONS)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures_are_the_same_after_a_cut_also_when_an_organisation_comes_back_from_its_baseline() {
    for seed in 0..4 {
        let mut running = Running::fresh(NodeOptions::default()).await;
        let entries = ten_days(&running, seed).await;
        let queries = asked(&entries);
        let before = running.answers(&queries).await;
        for (query, answer) in queries.iter().zip(&before) {
            assert_eq!(*answer, salescope_oracle::answer(&entries, query), "seed {seed}: {query:?}");
        }
        let last = entries.len() as u64;
        let mut first_cut = 0;
        for middle in [entries.len() / 3, entries.len() / 3 * 2] {
            let day = entries[middle].observed_at;
            let expected = entries.iter().filter(|entry| entry.observed_at < day).count() as u64;
            let begun = running.engine().history_start(&org()).await.unwrap();
            let dry = running.engine().cut_history(&org(), day, true).await.unwrap();
            assert_eq!((dry.entries, dry.first_seq), (expected + 1 - begun.first_seq, expected + 1));
            assert_eq!(
                running.engine().history_start(&org()).await.unwrap(),
                begun,
                "a dry run changes nothing"
            );
            let report = running.engine().cut_history(&org(), day, false).await.unwrap();
            assert_eq!(
                (report.entries, report.first_seq, report.last_seq),
                (dry.entries, dry.first_seq, last)
            );
            let baseline = report.baseline.unwrap();
            first_cut = if first_cut == 0 { expected } else { first_cut };
            assert_eq!((baseline.tenant_seq, baseline.recomputed_seq), (expected, first_cut));
            assert!(baseline.answers > 100);

            assert_eq!(running.answers(&queries).await, before, "seed {seed}");
            running.reopen_without_checkpoints().await;
            assert_eq!(running.answers(&queries).await, before, "seed {seed}");
            assert_eq!(running.entries(expected).await, entries[usize::try_from(expected).unwrap()..]);
            let error = running.engine().entries(&org(), expected - 1, 1).await.unwrap_err();
            assert_eq!(error, EngineError::BeforeHistoryHorizon { org: org(), horizon: expected + 1 });
            let kept = running.engine().verify_kept(&org(), running.now(), QUESTIONS as u64).await.unwrap();
            assert_eq!((kept.start.first_seq, kept.tenant_seq), (expected + 1, last));
            assert_eq!((kept.queries.len(), kept.difference), (QUESTIONS, None));
        }
        running.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_cut_off_is_still_known_for_a_repetition_and_news_is_folded_on() {
    let mut running = Running::fresh(NodeOptions::default()).await;
    let entries = ten_days(&running, 5).await;
    let all_of_it = running.now().plus_ms(1);
    let report = running.engine().cut_history(&org(), all_of_it, false).await.unwrap();
    assert_eq!((report.entries, report.first_seq), (entries.len() as u64, entries.len() as u64 + 1));
    running.reopen_without_checkpoints().await;
    let again: Vec<Payload> = entries.iter().map(|entry| entry.payload.clone()).collect();
    let outcomes = running.send(again).await.unwrap().outcomes;
    assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Unchanged));

    let later: Vec<Payload> = histories::random(6).into_iter().map(|entry| entry.payload).collect();
    running.next_day();
    running.send(later).await.unwrap();
    let mut whole = entries.clone();
    whole.extend(running.entries(entries.len() as u64).await);
    assert!(whole.len() > entries.len());
    let queries = asked(&whole);
    for (query, answer) in queries.iter().zip(running.answers(&queries).await) {
        assert_eq!(answer, salescope_oracle::answer(&whole, query), "{query:?}");
    }
    running.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_goes_when_the_recomputation_differs() {
    let mut running = Running::fresh(NodeOptions::default()).await;
    let entries = ten_days(&running, 1).await;
    running.asker.lies.store(true, Ordering::Relaxed);
    let cut = running.engine().cut_history(&org(), running.now(), false).await;
    assert!(matches!(cut, Err(EngineError::NotVerified { .. })), "{cut:?}");
    assert_eq!(running.engine().history_start(&org()).await.unwrap().first_seq, 1);
    assert_eq!(running.entries(0).await, entries);
    running.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_history_too_long_to_recompute_is_not_said_to_have_been() {
    let mut options = NodeOptions::default();
    options.upkeep.retention.recomputed_entries_max = 10;
    let mut running = Running::fresh(options).await;
    ten_days(&running, 2).await;
    let report = running.engine().cut_history(&org(), running.now(), false).await.unwrap();
    let baseline = report.baseline.unwrap();
    assert_eq!((baseline.recomputed_seq, running.asker.recomputed.load(Ordering::Relaxed)), (0, 0));
    assert!(baseline.answers > 0);
    running.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn export_and_erasure_go_on_from_what_is_kept() {
    let mut running = Running::fresh(NodeOptions::default()).await;
    let engine = running.engine();
    let person = |id: &str| (id.to_owned(), "Ann Lee".to_owned());
    let source = salescope_testkit::make::source("crm");
    let parties = Parties { source, people: vec![person("ann")], teams: Vec::new() };
    let ann = engine.resolve(&org(), parties).await.unwrap().people[0].clone().unwrap();
    let entries = ten_days(&running, 3).await;
    let report = engine.cut_history(&org(), entries[entries.len() / 2].observed_at, false).await.unwrap();
    let exported = running.export().await;
    assert_eq!(check_export(exported.as_slice()).unwrap().entries, report.last_seq + 1 - report.first_seq);
    assert!(String::from_utf8(exported).unwrap().contains("Ann Lee"));
    engine.erase_person(&org(), &ann).await.unwrap();
    assert!(!String::from_utf8(running.export().await).unwrap().contains("Ann Lee"));
    engine.erase_org(&org()).await.unwrap();
    assert!(matches!(engine.history_start(&org()).await, Err(EngineError::UnknownOrg { .. })));
    drop(engine);
    running.close().await;
}
