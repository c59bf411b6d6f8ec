//! The engine equals the oracle over random dirty histories and questions.

use salescope_kpi::{Engine, QueryError};
use salescope_testkit::{histories, queries};

/// Histories and questions about each; `SALESCOPE_EQUALITY_HISTORIES` asks for more.
const HISTORIES: u64 = 1500;
const QUESTIONS: u64 = 25;

#[test]
fn every_answer_equals_the_oracles() {
    let histories =
        option_env!("SALESCOPE_EQUALITY_HISTORIES").and_then(|text| text.parse().ok()).unwrap_or(HISTORIES);
    let mut different = 0;
    let mut by_kpi = std::collections::BTreeMap::<String, (u32, u32)>::new();
    let mut asked = 0;
    for seed in 0..histories {
        let entries = histories::random(seed);
        let mut engine = Engine::new();
        for slice in entries.chunks(7) {
            engine.apply(slice);
        }
        for question in 0..QUESTIONS {
            let query = queries::random(seed * 1000 + question, &entries);
            let ours = match engine.query(&query) {
                Ok(answer) => answer,
                Err(QueryError::UnknownDimension { .. }) => continue,
                Err(error) => panic!("history {seed}, question {question}: {error}\n{query:?}"),
            };
            asked += 1;
            let theirs = salescope_oracle::answer(&entries, &query);
            if ours == theirs {
                continue;
            }
            different += 1;
            let tally = by_kpi.entry(query.kpi.to_string()).or_default();
            tally.0 += 1;
            if tally.0 <= 1 {
                println!("history {seed} question {question}: {query:?}");
                for group in &ours.groups {
                    if !theirs.groups.contains(group) {
                        println!("  engine {group:?}");
                    }
                }
                for group in &theirs.groups {
                    if !ours.groups.contains(group) {
                        println!("  oracle {group:?}");
                    }
                }
            }
        }
    }
    println!("{by_kpi:?}");
    assert_eq!(different, 0, "of {asked} answers");
}
