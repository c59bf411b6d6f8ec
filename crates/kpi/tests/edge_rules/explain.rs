//! Explanations: which deals are in a figure, which are left out and why, and what changed it.

use crate::common::{Words, changes, engine, explain, lines, q1, value};
use salescope_domain::Dimension;
use salescope_testkit::{DealStep, History, make};

/// Won: `A` (100, Ann), `B` (no amount), `old` (December); lost `C`; open `D`; deleted `E`; merged `F`.
fn mixed() -> History {
    History::new()
        .at("2025-12-01")
        .deal("old", DealStep::created().amount(70_000, "USD"))
        .deal("old", DealStep::won())
        .at("2026-01-05")
        .deal("A", DealStep::created().amount(10_000, "USD").owner("ann"))
        .deal("B", DealStep::created().owner("bob"))
        .deal("C", DealStep::created().amount(5_000, "USD").owner("bob"))
        .deal("D", DealStep::created().amount(2_000, "USD"))
        .deal("E", DealStep::created().amount(1_000, "USD"))
        .deal("F", DealStep::created().amount(1_000, "USD"))
        .at("2026-01-20")
        .deal("A", DealStep::won())
        .deal("B", DealStep::won())
        .deal("C", DealStep::lost())
        .deal("E", DealStep::deleted())
        .merge("A", &["F"])
}

#[test]
fn every_deal_is_in_the_figure_or_left_out_for_a_reason() {
    let explanation = explain(&mixed(), &q1("bookings"));
    assert_eq!(explanation.value.as_deref(), Some("100.00"));
    assert_eq!(explanation.unit, "USD");
    assert_eq!((explanation.formula.as_str(), explanation.n), ("wins", 1));
    let included: Vec<_> =
        explanation.included.iter().map(|one| (one.deal.as_str(), one.value.as_deref())).collect();
    assert_eq!(included, [("A", Some("100.00")), ("B", None)]);
    let left_out: Vec<_> =
        explanation.left_out.iter().map(|one| (one.deal.as_str(), one.reason.as_ref())).collect();
    assert_eq!(
        left_out,
        [
            ("old", "closed_outside_range"),
            ("C", "not_counted_by_definition"),
            ("D", "open"),
            ("E", "deleted"),
            ("F", "merged"),
        ]
    );
    assert_eq!(explanation.included_count, 2);
    assert_eq!(explanation.left_out_counts.values().sum::<u64>(), 5);
}

#[test]
fn a_deal_of_somebody_else_is_filtered_out() {
    let explanation = explain(&mixed(), &q1("bookings").only(Dimension::Owner, "bob"));
    let reason =
        |deal| explanation.left_out.iter().find(|one| one.deal == deal).map(|one| one.reason.as_ref());
    assert_eq!(reason("A"), Some("filtered_out"));
    assert_eq!(explanation.included[0].deal, "B");
    let grouped = engine(&mixed().entries()).explain(&q1("bookings").by(Dimension::Owner), None);
    assert!(grouped.is_err(), "an explanation is of one figure");
}

#[test]
fn the_inputs_of_the_formula_are_told_with_their_values() {
    let explanation = explain(&mixed(), &q1("win_rate"));
    assert_eq!(explanation.formula, "won / closed");
    assert_eq!(explanation.inputs["won"].value.as_deref(), Some("2"));
    assert_eq!(explanation.inputs["closed"].value.as_deref(), Some("3"));
    assert_eq!(explanation.inputs["won"].spec.fact.as_deref(), Some("deal_closed"));
}

#[test]
fn an_included_deal_names_the_entry_that_made_its_last_version() {
    let explanation = explain(&mixed(), &q1("bookings"));
    let seqs: Vec<_> = explanation.included.iter().map(|one| one.tenant_seq).collect();
    // The merge, entry 13, touched `A`; entry 10 won `B`.
    assert_eq!(seqs, [13, 10]);
}

#[test]
fn what_changed_a_figure_sums_to_the_change_line_by_line() {
    let history = mixed()
        .at("2026-02-01")
        .deal("A", DealStep::updated().amount(12_500, "USD"))
        .deal("D", DealStep::won())
        .at("2026-02-03")
        .deal("C", DealStep::won());
    let report = changes(&history, &q1("bookings"), "2026-01-31");
    assert_eq!(report.before.as_deref(), Some("100.00"));
    assert_eq!(report.after.as_deref(), Some("195.00"));
    assert_eq!(lines(&report), ["A 25.00", "D 20.00", "C 50.00"]);
    assert_eq!(report.change, "95.00");
    let seqs: Vec<_> = report.lines.iter().map(|line| line.tenant_seq).collect();
    assert_eq!(seqs, [Some(14), Some(15), Some(16)]);
}

#[test]
fn a_ratio_changes_deal_by_deal_too() {
    let history = mixed().at("2026-02-01").deal("C", DealStep::won()).deal("D", DealStep::lost());
    // 2 of 3, then 3 of 3, then 3 of 4.
    let report = changes(&history, &q1("win_rate"), "2026-01-31");
    assert_eq!(lines(&report), ["C 0.333333", "D -0.250000"]);
    assert_eq!(report.change, "0.083333");
}

#[test]
fn what_is_not_of_one_deal_is_a_line_of_its_own() {
    let history = History::new()
        .rate("EUR", "2026-01-01", "1.00")
        .at("2026-01-05")
        .deal("A", DealStep::created().amount(10_000, "EUR"))
        .deal("A", DealStep::won())
        .at("2026-02-01")
        .rate("EUR", "2026-01-02", "1.10")
        .at("2026-02-02")
        .deal("A", DealStep::updated().amount(20_000, "EUR"));
    let report = changes(&history, &q1("bookings"), "2026-01-31");
    assert_eq!(lines(&report), ["- 10.00", "A 110.00"]);
    assert_eq!(report.change, "120.00");
}

#[test]
fn the_first_time_is_before_the_figure_was_known_and_the_second_may_be_past_too() {
    let history = mixed().at("2026-02-01").deal("A", DealStep::updated().amount(12_500, "USD"));
    let then = q1("bookings").known("2026-01-31");
    assert_eq!(value(&history, &then), "100.00");
    let explanation = engine(&history.entries()).explain(&then, Some(make::moment("2026-01-01")));
    let report = explanation.expect("the KPI exists").changes.expect("changes were asked for");
    assert_eq!(lines(&report), ["A 100.00"]);
}
