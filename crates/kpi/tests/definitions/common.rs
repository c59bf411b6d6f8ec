//! A definition that checks, and what is said of changes to it.

use salescope_domain::{KpiDefinitionEntry, Payload, Query, Version};
use salescope_kpi::Engine;
use salescope_testkit::{History, make};

/// A definition that checks.
pub(crate) const LOST: &str = "\
id: lost_share
name: Lost share
description: The share of closed deals that were lost.
unit: ratio
better: lower
anchor: close date
counts: Won and lost deals whose close date lies in the range.
leaves_out: Open and deleted deals.
inputs:
  lost: { fact: deal_closed, where: { outcome: lost } }
  closed: { fact: deal_closed }
  amount: { fact: deal_closed, measure: sum amount }
formula: lost / closed
n: closed
";

/// The definition with one text in place of another.
pub(crate) fn changed(from: &str, to: &str) -> String {
    assert!(LOST.contains(from), "{from:?} is not in the definition");
    LOST.replacen(from, to, 1)
}

pub(crate) fn error_of(engine: &Engine, yaml: &str) -> (&'static str, String) {
    let error = engine.check_definition(yaml).expect_err("the definition is wrong");
    (error.code(), error.to_string())
}

/// What is wrong with a changed definition, and its code.
pub(crate) fn error(from: &str, to: &str) -> (&'static str, String) {
    error_of(&Engine::new(), &changed(from, to))
}

pub(crate) fn said((code, message): (&'static str, String), expected_code: &str, expected: &str) {
    assert_eq!(message, expected);
    assert_eq!(code, expected_code);
}

/// An engine with these definitions journaled, unchecked.
pub(crate) fn with(definitions: &[(&str, &str)]) -> Engine {
    let state = |history: History, (kpi, yaml): &(&str, &str)| {
        let (kpi, yaml) = (make::kpi(kpi), Some((*yaml).to_owned()));
        history.push(Payload::from(KpiDefinitionEntry { kpi, version: Version::stated(1), yaml }))
    };
    let mut engine = Engine::new();
    engine.apply(&definitions.iter().fold(History::new(), state).entries());
    engine
}

pub(crate) fn q1(kpi: &str) -> Query {
    Query::new(make::kpi(kpi), make::range("2026-01-01", "2026-04-01"), make::moment("2026-07-01"))
}
