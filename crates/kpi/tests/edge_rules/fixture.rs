//! Stored snapshots: whatever version was ever written can be read for good.
//!
//! `tests/fixtures/snapshot-vN.bin` holds an engine's bytes and `snapshot-vN.json` what it answered when they were written.
//! A new version adds a pair; the old ones stay as they are.

use salescope_domain::{Answer, Entry, KpiDefinitionEntry, Payload, Query, Version};
use salescope_kpi::{Engine, SNAPSHOT_VERSION};
use salescope_testkit::histories::{self, Shape};
use salescope_testkit::{Rng, kpis, make, queries};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

/// Seed of the fixtures' history and questions.
const SEED: u64 = 4;
/// Questions of each KPI.
const QUESTIONS: usize = 2;

fn path(version: u32, extension: &str) -> PathBuf {
    let fixtures = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    fixtures.join(format!("snapshot-v{version}.{extension}"))
}

/// A KPI of the organisation's own.
const OWN: &str = "
id: lost_amount
name: Lost amount
description: What was lost, in money.
unit: money
better: lower
anchor: close date
counts: Lost deals whose close date lies in the range.
leaves_out: All others.
inputs:
  amount: { fact: deal_closed, where: { outcome: lost }, measure: sum amount }
  lost: { fact: deal_closed, where: { outcome: lost } }
formula: amount
n: lost
";

fn history() -> Vec<Entry> {
    let shape = Shape { deals_min: 12, deals_max: 12, activities_max: 12, points_max: 8, ..Shape::default() };
    let mut entries = histories::with_shape(SEED, &shape);
    let Some(Entry { tenant_seq, observed_at, .. }) = entries.last().cloned() else {
        panic!("there are entries")
    };
    let (kpi, version) = (make::kpi("lost_amount"), Version::stated(1));
    let payload = Payload::from(KpiDefinitionEntry { kpi, version, yaml: Some(OWN.to_owned()) });
    entries.push(Entry { tenant_seq: tenant_seq + 1, known_at: observed_at, observed_at, payload });
    entries
}

/// Whether some group has a value and deals behind it.
fn tells(answer: &Answer) -> bool {
    answer.groups.iter().any(|group| group.value.is_some() && group.n > 0)
}

/// Questions and their answers, as JSON: `{position, figures: [{query, answer}]}`.
fn figures(engine: &Engine, entries: &[Entry]) -> Value {
    let mut rng = Rng::new(SEED);
    let mut figures = Vec::new();
    for kpi in kpis::ALL.into_iter().chain(["lost_amount"]) {
        let asked = (0..100).map(|_| queries::about(&mut rng, kpi, entries));
        let mut answered: Vec<(Query, Answer)> =
            asked.filter_map(|query| engine.query(&query).ok().map(|answer| (query, answer))).collect();
        answered.sort_by_key(|(_, answer)| !tells(answer));
        let recorded = answered.into_iter().take(QUESTIONS);
        figures.extend(recorded.map(|(query, answer)| json!({ "query": query, "answer": answer })));
    }
    json!({ "position": engine.position(), "figures": figures })
}

#[test]
fn snapshots_of_every_version_are_restored_and_answer_the_recorded_figures() {
    for version in 1..=SNAPSHOT_VERSION {
        let read = |extension| fs::read(path(version, extension)).expect("each version has its fixture");
        let recorded: Value = serde_json::from_slice(&read("json")).expect("the record is JSON");
        let engine = Engine::restore(&read("bin")).expect("a snapshot of any version is restored");
        assert_eq!(json!(engine.position()), recorded["position"]);
        let figures = recorded["figures"].as_array().expect("the record lists figures");
        assert!(figures.len() > kpis::ALL.len());
        for figure in figures {
            let query: Query =
                serde_json::from_value(figure["query"].clone()).expect("a question was recorded");
            let answer: Answer =
                serde_json::from_value(figure["answer"].clone()).expect("an answer was recorded");
            assert_eq!(engine.query(&query), Ok(answer), "version {version}: {query:?}");
        }
    }
}

#[test]
#[ignore = "writes files: cargo test -p salescope-kpi --test edge_rules write_the_snapshot_fixture -- --ignored"]
fn write_the_snapshot_fixture_of_this_version() {
    let entries = history();
    let mut engine = Engine::new();
    engine.apply(&entries);
    let figures = figures(&engine, &entries);
    let text = serde_json::to_string_pretty(&figures).expect("figures are plain data");
    fs::write(path(SNAPSHOT_VERSION, "bin"), engine.snapshot()).expect("the fixture can be written");
    fs::write(path(SNAPSHOT_VERSION, "json"), text + "\n").expect("the record can be written");
}
