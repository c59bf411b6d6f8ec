//! The proof proves itself: each deliberate fault in the engine makes it differ from the oracle.

use salescope_domain::{DealFields, Patch};
use salescope_kpi::{Engine, sabotage};
use salescope_testkit::{DealStep, History, histories, make, queries};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Histories within which a fault must show.
const HISTORIES: u64 = 1500;
const QUESTIONS: u64 = 25;

/// Faults of rooms that have proofs of their own.
const ELSEWHERE: [&str; 2] = ["view_keeps_retracted", "poison_panics"];

/// The first history and question at which the engine, with the fault, answers otherwise than the oracle.
fn noticed(fault: &'static str) -> Option<(u64, u64)> {
    for history in 0..HISTORIES {
        let entries = histories::random(history);
        let engine = sabotage::with(fault, || {
            let mut engine = Engine::new();
            engine.apply(&entries);
            engine
        });
        for question in 0..QUESTIONS {
            let query = queries::random(history * 1000 + question, &entries);
            let Ok(ours) = sabotage::with(fault, || engine.query(&query)) else { continue };
            if ours != salescope_oracle::answer(&entries, &query) {
                return Some((history, question));
            }
        }
    }
    None
}

#[test]
fn every_sabotage_turns_the_proof_red() {
    let faults = sabotage::FAULTS.iter().filter(|fault| !ELSEWHERE.contains(fault));
    let missed: Vec<&str> = faults.copied().filter(|fault| noticed(fault).is_none()).collect();
    assert!(missed.is_empty(), "not noticed: {missed:?}");
    assert!(sabotage::FAULTS.len() >= 12);
}

#[test]
fn poison_crashes_the_fold_only_while_it_is_switched_on() {
    let name = |set: &mut DealFields| set.name = Patch::Set(make::label("poison"));
    let deals = History::new().deal("A", DealStep::created().amount(100, "USD").set(name));
    let metrics = History::new().metric("poison", "1");
    for entries in [deals.entries(), metrics.entries()] {
        let fold = || catch_unwind(AssertUnwindSafe(|| Engine::new().apply(&entries))).is_ok();
        assert!(fold());
        assert!(!sabotage::with("poison_panics", fold));
    }
}
