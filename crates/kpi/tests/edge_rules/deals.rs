//! Deals that change after they closed: edited, reopened, deleted, given to another.

use crate::common::{Words, changes, groups, lines, part, q1, value};
use salescope_domain::{Credit, Dimension};
use salescope_testkit::{DealStep, History};

/// Ann's deal of 100 dollars, created on 5 January and won on the 20th.
fn won() -> History {
    History::new()
        .at("2026-01-05")
        .deal("A", DealStep::created().amount(10_000, "USD").owner("ann"))
        .at("2026-01-20")
        .deal("A", DealStep::won())
}

#[test]
fn an_amount_edited_after_close_restates_the_quarter_of_the_close_and_shows_as_an_adjustment() {
    let history = won().at("2026-04-10").deal("A", DealStep::updated().amount(15_000, "USD"));
    assert_eq!(value(&history, &q1("bookings")), "150.00");
    assert_eq!(value(&history, &q1("bookings").over("2026-04-01", "2026-07-01")), "0.00");
    assert_eq!(value(&history, &q1("bookings").known("2026-04-01")), "100.00");
    let report = changes(&history, &q1("bookings"), "2026-04-01");
    assert_eq!(lines(&report), ["A 50.00"]);
    assert_eq!(report.change, "50.00");
}

#[test]
fn a_reopened_deal_takes_its_win_back() {
    let history = won().at("2026-02-01").deal("A", DealStep::reopened().due("2026-03-31"));
    assert_eq!(value(&history, &q1("bookings")), "0.00");
    assert_eq!(value(&history, &q1("win_rate")), "null");
    assert_eq!(value(&history, &q1("open_pipeline")), "100.00");
    assert_eq!(value(&history, &q1("bookings").known("2026-01-31")), "100.00");
    assert_eq!(part(&history, &q1("pipeline_waterfall"), "reopened"), "100.00");
}

#[test]
fn a_deal_won_again_keeps_its_first_creation_and_one_lost_later_counts_as_lost() {
    let reopened = won().at("2026-02-01").deal("A", DealStep::reopened());
    // 5 January to 6 March: 26 + 28 + 6 days.
    let again = reopened.clone().at("2026-03-06").deal("A", DealStep::won());
    assert_eq!(value(&again, &q1("sales_cycle")), "60.00");
    assert_eq!(value(&again, &q1("sales_cycle").known("2026-01-31")), "15.00");
    assert_eq!(value(&again, &q1("bookings").over("2026-01-01", "2026-02-01")), "0.00");
    let lost = reopened.at("2026-03-06").deal("A", DealStep::lost());
    assert_eq!(value(&lost, &q1("win_rate")), "0.000000");
    assert_eq!(value(&lost, &q1("win_rate").known("2026-01-31")), "1.000000");
}

#[test]
fn a_deleted_deal_is_gone_from_restated_figures_and_stays_in_those_as_known_before() {
    let history = won().at("2026-03-01").deal("A", DealStep::deleted());
    assert_eq!(value(&history, &q1("bookings")), "0.00");
    assert_eq!(value(&history, &q1("pipeline_created")), "0.00");
    assert_eq!(value(&history, &q1("bookings").known("2026-02-28")), "100.00");
    assert_eq!(lines(&changes(&history, &q1("bookings"), "2026-02-28")), ["A -100.00"]);
}

#[test]
fn a_deal_that_comes_back_after_its_deletion_counts_again() {
    let history = won().at("2026-03-01").deal("A", DealStep::deleted());
    let back = history.at("2026-03-05").deal("A", DealStep::created().due("2026-03-31"));
    assert_eq!(value(&back, &q1("open_pipeline")), "100.00");
    assert_eq!(value(&back, &q1("win_rate_cohort")), "0.000000");
}

#[test]
fn credit_stays_with_the_owner_at_close_unless_the_setting_says_the_current_one() {
    let history = won().at("2026-02-10").deal("A", DealStep::updated().owner("bob"));
    assert_eq!(groups(&history, &q1("bookings").by(Dimension::Owner)), ["ann 100.00"]);
    let current = history.at("2026-05-01").settings(|change| change.credit = Some(Credit::CurrentOwner));
    assert_eq!(groups(&current, &q1("bookings").by(Dimension::Owner)), ["bob 100.00"]);
    // The setting is journaled: before it was changed, credit was given the other way.
    let before = q1("bookings").by(Dimension::Owner).known("2026-04-30");
    assert_eq!(groups(&current, &before), ["ann 100.00"]);
}

#[test]
fn a_deal_won_again_credits_the_owner_of_the_last_close() {
    let history = won()
        .at("2026-02-01")
        .deal("A", DealStep::reopened().owner("bob"))
        .at("2026-02-20")
        .deal("A", DealStep::won())
        .at("2026-02-25")
        .deal("A", DealStep::updated().owner("eve"));
    assert_eq!(groups(&history, &q1("bookings").by(Dimension::Owner)), ["bob 100.00"]);
}

#[test]
fn teams_follow_the_credited_owner() {
    let history = won().person("ann", Some("north"), None).person("bob", Some("south"), None);
    let moved = history.at("2026-02-10").deal("A", DealStep::updated().owner("bob"));
    assert_eq!(groups(&moved, &q1("bookings").by(Dimension::Team)), ["north 100.00"]);
    let reorganised = moved.at("2026-05-01").person("ann", Some("west"), None);
    assert_eq!(groups(&reorganised, &q1("bookings").by(Dimension::Team)), ["west 100.00"]);
}
