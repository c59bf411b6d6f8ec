//! KPIs of the organisation's own: from a journal entry to figures.

use crate::common::{Words, engine, q1, shown};
use salescope_domain::{Dimension, Grain, KpiDefinitionEntry, Payload, Query, Version};
use salescope_kpi::Engine;
use salescope_testkit::{DealStep, History, make};

/// The share of what was lost in all that was closed, with the lost amount beside it.
const LOST_SHARE: &str = "
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
  amount: { fact: deal_closed, where: { outcome: lost }, measure: sum amount }
formula: lost / closed
n: closed
parts:
  lost_amount: { formula: amount, unit: money }
interval:
  share: { hits: lost, of: closed }
";

/// States a definition, or (without a file) removes it.
fn define(history: History, kpi: &str, version: i64, yaml: Option<&str>) -> History {
    let version = Version::stated(version);
    let yaml = yaml.map(str::to_owned);
    history.push(Payload::from(KpiDefinitionEntry { kpi: make::kpi(kpi), version, yaml }))
}

/// Ann lost 50 of two deals; Bob lost his only one, of 20.
fn closed() -> History {
    History::new()
        .at("2026-01-05")
        .deal("A", DealStep::created().amount(10_000, "USD").owner("ann"))
        .deal("B", DealStep::created().amount(5_000, "USD").owner("ann"))
        .deal("C", DealStep::created().amount(2_000, "USD").owner("bob"))
        .at("2026-01-20")
        .deal("A", DealStep::won())
        .deal("B", DealStep::lost())
        .at("2026-02-20")
        .deal("C", DealStep::lost())
}

fn with_lost_share() -> Engine {
    engine(&define(closed(), "lost_share", 1, Some(LOST_SHARE)).entries())
}

fn values(engine: &Engine, query: &Query) -> Vec<String> {
    let answer = engine.query(query).expect("the KPI exists");
    answer.groups.iter().map(|group| shown(group.value.as_ref())).collect()
}

#[test]
fn a_journaled_definition_answers_like_a_built_in_one() {
    let engine = with_lost_share();
    let answer = engine.query(&q1("lost_share")).expect("the KPI exists");
    let group = &answer.groups[0];
    assert_eq!(group.value.as_deref(), Some("0.666667"));
    assert_eq!((group.unit.as_str(), group.n), ("ratio", 3));
    assert_eq!(group.parts["lost_amount"].as_deref(), Some("70.00"));
    assert_eq!(group.parts["interval_low"].as_deref(), Some("0.207660"));
    assert!(group.notes.contains("few_deals"));
    assert_eq!(values(&engine, &q1("lost_share").by(Dimension::Owner)), ["0.500000", "1.000000"]);
    assert_eq!(values(&engine, &q1("lost_share").known("2026-01-31")), ["0.500000"]);
}

#[test]
fn a_definition_of_ones_own_has_series_explanations_and_leaderboards() {
    let engine = with_lost_share();
    let series = engine.series(&q1("lost_share"), Grain::Month).expect("the KPI exists");
    let buckets: Vec<_> =
        series.buckets.iter().map(|bucket| shown(bucket.groups[0].value.as_ref())).collect();
    assert_eq!(buckets, ["0.500000", "1.000000", "null"]);
    let explanation = engine.explain(&q1("lost_share"), None).expect("the KPI exists");
    assert_eq!(explanation.formula, "lost / closed");
    assert_eq!(explanation.included_count, 3);
    // Lower is better: Ann is first.
    let board = engine.query(&q1("leaderboard").with("kpi", "lost_share")).expect("the KPI can be ranked");
    assert_eq!(board.groups[0].key[&Dimension::Owner], "ann");
    assert_eq!(board.groups[0].parts["rank"].as_deref(), Some("1"));
}

#[test]
fn one_definition_may_use_another() {
    let kept = LOST_SHARE
        .replace("id: lost_share", "id: kept_share")
        .replace(
            "closed: { fact: deal_closed }",
            "closed: { fact: deal_closed }\n  share: { kpi: lost_share }",
        )
        .replace("formula: lost / closed", "formula: 1 - share");
    let history = define(closed(), "lost_share", 1, Some(LOST_SHARE));
    let engine = engine(&define(history, "kept_share", 1, Some(&kept)).entries());
    assert_eq!(values(&engine, &q1("kept_share")), ["0.333333"]);
}

#[test]
fn a_newer_version_replaces_a_definition_and_an_older_one_does_not() {
    let won = LOST_SHARE.replace("outcome: lost", "outcome: won");
    let history = define(closed(), "lost_share", 2, Some(LOST_SHARE));
    let older = define(history.clone(), "lost_share", 1, Some(&won));
    assert_eq!(values(&engine(&older.entries()), &q1("lost_share")), ["0.666667"]);
    let newer = define(history, "lost_share", 3, Some(&won));
    assert_eq!(values(&engine(&newer.entries()), &q1("lost_share")), ["0.333333"]);
}

#[test]
fn a_removed_definition_is_unknown_again_and_says_what_looks_like_it() {
    let history = define(closed(), "lost_share", 1, Some(LOST_SHARE));
    let removed = define(history, "lost_share", 2, None);
    let error = engine(&removed.entries()).query(&q1("lost_share")).expect_err("the KPI is gone");
    assert_eq!(error.code(), "unknown_kpi");
    assert_eq!(error.to_string(), "there is no KPI \"lost_share\"; did you mean stale_share?");
}

#[test]
fn a_definition_whose_foundation_is_gone_says_so() {
    let uses = LOST_SHARE
        .replace("id: lost_share", "id: kept_share")
        .replace(
            "closed: { fact: deal_closed }",
            "closed: { fact: deal_closed }\n  share: { kpi: lost_share }",
        )
        .replace("formula: lost / closed", "formula: 1 - share");
    let history = define(closed(), "lost_share", 1, Some(LOST_SHARE));
    let history = define(define(history, "kept_share", 1, Some(&uses)), "lost_share", 2, None);
    let error = engine(&history.entries()).query(&q1("kept_share")).expect_err("its foundation is gone");
    assert_eq!(error.code(), "definition_broken");
    let start =
        "kept_share cannot be computed: inputs.share: there is no KPI that can be used here, \"lost_share\"";
    assert!(error.to_string().starts_with(start), "{error}");
}

#[test]
fn definitions_outlive_a_snapshot() {
    let engine = with_lost_share();
    let back = Engine::restore(&engine.snapshot()).expect("a snapshot is restored");
    assert_eq!(back.catalogue(), engine.catalogue());
    assert_eq!(values(&back, &q1("lost_share")), ["0.666667"]);
}
