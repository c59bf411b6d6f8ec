//! Closed, created and open deals, by hand.

use crate::common::{ask, notes, only, part, q1, value};
use salescope_domain::{Credit, Dimension};
use salescope_testkit::{DealStep, History, make};

/// Won for 100 and 50, lost for 50, all in the first quarter; one won in December before.
fn three_closed() -> History {
    History::new()
        .at("2025-12-01")
        .deal("old", DealStep::created().amount(700, "USD"))
        .deal("old", DealStep::won())
        .at("2026-01-05")
        .deal("A", DealStep::created().amount(10_000, "USD").owner("ann"))
        .deal("B", DealStep::created().amount(5_000, "USD").owner("bob"))
        .deal("C", DealStep::created().amount(5_000, "USD").owner("bob"))
        .at("2026-01-25")
        .deal("A", DealStep::won())
        .at("2026-02-04")
        .deal("B", DealStep::won())
        .deal("C", DealStep::lost())
}

#[test]
fn wins_and_losses_are_counted_and_summed_in_the_quarter_of_their_close_date() {
    let history = three_closed();
    assert_eq!(value(&history, &q1("bookings")), "150.00");
    assert_eq!(value(&history, &q1("win_rate")), "0.666667");
    assert_eq!(value(&history, &q1("win_rate_by_value")), "0.750000");
    assert_eq!(value(&history, &q1("required_coverage")), "1.333333");
    assert_eq!(value(&history, &q1("average_deal_size")), "75.00");
    assert_eq!(value(&history, &q1("sales_cycle")), "25.00");
    assert_eq!(value(&history, &q1("win_rate_cohort")), "0.666667");
    assert_eq!(value(&history, &q1("pipeline_created")), "200.00");
    assert_eq!(notes(&history, &q1("bookings")), Vec::<String>::new());
    assert_eq!(notes(&history, &q1("win_rate")), ["few_deals"]);
}

#[test]
fn a_group_is_there_for_each_owner_with_a_fact() {
    let mut query = q1("bookings");
    query.group_by = vec![Dimension::Owner];
    let answer = ask(&three_closed(), &query);
    let groups: Vec<_> = answer
        .groups
        .iter()
        .map(|group| {
            (
                group.key[&Dimension::Owner].as_str(),
                group.value.as_deref().expect("there is a value"),
                group.n,
            )
        })
        .collect();
    assert_eq!(groups, [("ann", "100.00", 1), ("bob", "50.00", 1)]);
    query.filters.insert(Dimension::Owner, ["bob".to_owned()].into());
    assert_eq!(only(&ask(&three_closed(), &query)).value.as_deref(), Some("50.00"));
}

#[test]
fn what_is_known_later_is_not_known_before() {
    let mut query = q1("bookings");
    query.as_known = Some(make::moment("2026-01-25"));
    assert_eq!(value(&three_closed(), &query), "100.00");
    assert_eq!(notes(&three_closed(), &query), ["partial_period"]);
    query.as_known = Some(make::moment("2026-01-25").plus_ms(-1));
    assert_eq!(value(&three_closed(), &query), "0.00");
}

#[test]
fn a_reopened_win_is_retracted_and_an_older_version_is_ignored() {
    let history = three_closed().at("2026-03-01").deal("A", DealStep::reopened().due("2026-05-01"));
    assert_eq!(value(&history, &q1("bookings")), "50.00");
    let stale = history.deal("A", DealStep::won().version(1));
    assert_eq!(value(&stale, &q1("bookings")), "50.00");
}

#[test]
fn credit_goes_to_the_owner_at_close_or_to_the_current_one() {
    let moved = three_closed().at("2026-03-01").deal("A", DealStep::updated().owner("eve"));
    let mut query = q1("bookings");
    query.filters.insert(Dimension::Owner, ["eve".to_owned()].into());
    assert_eq!(value(&moved, &query), "0.00");
    let current = moved.settings(|change| change.credit = Some(Credit::CurrentOwner));
    assert_eq!(value(&current, &query), "100.00");
}

#[test]
fn open_deals_without_amount_count_and_a_sum_of_none_is_null() {
    let empty = History::new();
    assert_eq!(value(&empty, &q1("open_pipeline")), "0.00");
    let lacking = empty.at("2026-02-01").deal("A", DealStep::created());
    assert_eq!(value(&lacking, &q1("open_pipeline")), "null");
    assert_eq!(notes(&lacking, &q1("open_pipeline")), ["amount_missing"]);
    let both = lacking.deal("B", DealStep::created().amount(1_050, "USD").probability("0.5"));
    assert_eq!(value(&both, &q1("open_pipeline")), "10.50");
    assert_eq!(part(&both, &q1("open_pipeline"), "without_amount"), "1");
    assert_eq!(value(&both, &q1("weighted_pipeline")), "5.25");
    assert_eq!(part(&both, &q1("weighted_pipeline"), "without_probability"), "1");
}

#[test]
fn a_merged_deal_leaves_its_creation_to_the_survivor_and_takes_no_more_events() {
    let history = three_closed().at("2026-03-01").merge("A", &["old"]);
    assert_eq!(part(&history, &q1("sales_cycle"), "median"), "42.50");
    let ignored = history.at("2026-03-02").deal("old", DealStep::updated().due("2026-02-02"));
    assert_eq!(value(&ignored, &q1("bookings")), "150.00");
}

#[test]
fn a_deal_is_split_by_its_lines_and_the_rest_is_none() {
    let lines = [("x", Some(6_000)), ("y", Some(1_000))];
    let history = three_closed().at("2026-03-01").deal("A", DealStep::updated().lines(&lines));
    let mut query = q1("bookings");
    query.group_by = vec![Dimension::Product];
    let answer = ask(&history, &query);
    let groups: Vec<_> = answer
        .groups
        .iter()
        .map(|group| {
            (
                group.key[&Dimension::Product].as_str(),
                group.value.as_deref().expect("there is a value"),
                group.n,
            )
        })
        .collect();
    assert_eq!(groups, [("none", "80.00", 2), ("x", "60.00", 1), ("y", "10.00", 1)]);
}
