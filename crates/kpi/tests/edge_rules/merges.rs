//! Deals that turn out to be one.

use crate::common::{Words, explain, part, q1, value};
use salescope_domain::ActivityKind;
use salescope_testkit::{DealStep, History};

/// `A`, created on 1 February, takes in `B`, created on 10 January, on 20 February.
fn merged() -> History {
    History::new()
        .at("2026-01-10")
        .deal("B", DealStep::created().amount(3_000, "USD").due("2026-03-31"))
        .at("2026-02-01")
        .deal("A", DealStep::created().amount(10_000, "USD").due("2026-03-31"))
        .at("2026-02-20")
        .merge("A", &["B"])
}

#[test]
fn the_survivor_keeps_the_earliest_creation() {
    // 10 January to 12 March: 21 + 28 + 12 days.
    let history = merged().at("2026-03-12").deal("A", DealStep::won());
    assert_eq!(value(&history, &q1("sales_cycle")), "61.00");
    assert_eq!(value(&history, &q1("bookings")), "100.00");
    assert_eq!(value(&history, &q1("win_rate_cohort").over("2026-02-01", "2026-03-01")), "null");
}

#[test]
fn a_loser_is_gone_and_was_there_as_known_before() {
    let history = merged();
    assert_eq!(value(&history, &q1("open_pipeline")), "100.00");
    assert_eq!(value(&history, &q1("open_pipeline").known("2026-02-19")), "130.00");
    assert_eq!(part(&history, &q1("pipeline_waterfall"), "removed"), "-30.00");
    let explanation = explain(&history, &q1("open_pipeline"));
    assert_eq!(explanation.left_out[0].deal, "B");
    assert_eq!(explanation.left_out[0].reason, "merged");
}

#[test]
fn a_losers_later_events_change_nothing() {
    let history = merged().at("2026-02-21").deal("B", DealStep::won().amount(99_900, "USD"));
    assert_eq!(value(&history, &q1("bookings")), "0.00");
    assert_eq!(value(&history, &q1("open_pipeline")), "100.00");
}

#[test]
fn a_losers_activities_count_for_the_survivor() {
    let quiet = merged().at("2026-01-11").activity(ActivityKind::Call, "ann", Some("A"));
    assert_eq!(value(&quiet, &q1("stale_share")), "1.000000");
    let busy = quiet.at("2026-03-15").activity(ActivityKind::Call, "ann", Some("B"));
    assert_eq!(value(&busy, &q1("stale_share")), "0.000000");
}

#[test]
fn deals_merged_one_after_another_end_in_one() {
    let history = merged()
        .at("2026-02-25")
        .deal("C", DealStep::created().amount(5_000, "USD").due("2026-03-31"))
        .merge("C", &["A"]);
    assert_eq!(value(&history, &q1("open_pipeline")), "50.00");
    // Merging what is one already changes nothing.
    let again = history.merge("C", &["B"]);
    assert_eq!(value(&again, &q1("open_pipeline")), "50.00");
    let won = again.at("2026-03-12").deal("C", DealStep::won());
    assert_eq!(value(&won, &q1("sales_cycle")), "61.00");
}
