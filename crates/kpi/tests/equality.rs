//! The engine equals the oracle over random dirty histories and questions.

use salescope_domain::{Answer, Query};
use salescope_kpi::{Engine, QueryError};
use salescope_testkit::{histories, kpis, queries};
use std::collections::BTreeMap;
use std::fmt::Write;

const HISTORIES: u64 = 2_500;
const QUESTIONS: u64 = 25;
/// Entries in a slice: histories reach the engine in parts, as they do from a journal.
const SLICE: usize = 7;

/// Where two answers part, group by group.
fn difference(query: &Query, engine: &Answer, oracle: &Answer) -> String {
    let mut text = format!("{query:?}\n");
    for (name, mine, other) in [("engine", engine, oracle), ("oracle", oracle, engine)] {
        for group in mine.groups.iter().filter(|group| !other.groups.contains(group)) {
            writeln!(text, "  {name} {group:?}").expect("a text takes any line");
        }
    }
    text
}

#[test]
fn every_answer_equals_the_oracles() {
    // The first difference of each KPI, and how many there are.
    let mut different = BTreeMap::<String, (String, u32)>::new();
    let mut asked = 0;
    for seed in 0..HISTORIES {
        let entries = histories::random(seed);
        let mut engine = Engine::new();
        for slice in entries.chunks(SLICE) {
            engine.apply(slice);
        }
        for question in 0..QUESTIONS {
            let query = queries::random(seed * 1000 + question, &entries);
            let engine = match engine.query(&query) {
                Ok(answer) => answer,
                Err(QueryError::UnknownDimension { .. }) => continue,
                Err(error) => panic!("history {seed}, question {question}: {error}\n{query:?}"),
            };
            asked += 1;
            let oracle = salescope_oracle::answer(&entries, &query);
            if engine != oracle {
                let first = || (format!("history {seed}: {}", difference(&query, &engine, &oracle)), 0);
                different.entry(query.kpi.to_string()).or_insert_with(first).1 += 1;
            }
        }
    }
    let told: Vec<String> =
        different.into_iter().map(|(kpi, (first, count))| format!("{kpi}: {count} times\n{first}")).collect();
    assert!(told.is_empty(), "of {asked} answers:\n{}", told.join("\n"));
    assert!(asked > HISTORIES * QUESTIONS / 2, "most questions are answered");
}

#[test]
fn questions_are_asked_about_every_built_in_kpi() {
    let catalogue = Engine::new().catalogue();
    let ids: std::collections::BTreeSet<&str> =
        catalogue.iter().map(|definition| definition.id.as_str()).collect();
    assert_eq!(ids, kpis::ALL.into_iter().collect());
}
