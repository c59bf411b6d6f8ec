//! Currency: three policies, and no rate at all.

use crate::common::{Words, notes, part, q1, value};
use salescope_domain::{Dimension, FxPolicy};
use salescope_testkit::{DealStep, History, make};

/// 100 EUR won on 20 January and 100 EUR open; a euro buys 1.10, from February 1.20, from April 1.30 dollars.
fn euros() -> History {
    History::new()
        .rate("EUR", "2026-01-01", "1.10")
        .rate("EUR", "2026-02-01", "1.20")
        .rate("EUR", "2026-04-01", "1.30")
        .at("2026-01-05")
        .deal("won", DealStep::created().amount(10_000, "EUR").home_amount(11_500, "USD"))
        .deal("open", DealStep::created().amount(10_000, "EUR").due("2026-03-01"))
        .at("2026-01-20")
        .deal("won", DealStep::won())
}

#[test]
fn as_of_close_a_closed_deal_keeps_the_rate_of_its_close_date_and_open_deals_float() {
    let history = euros();
    assert_eq!(value(&history, &q1("bookings")), "110.00");
    assert_eq!(value(&history, &q1("open_pipeline")), "120.00");
    assert_eq!(value(&history, &q1("open_pipeline").over("2026-01-01", "2026-02-01")), "110.00");
    assert_eq!(value(&history, &q1("open_pipeline").over("2026-01-01", "2026-04-02")), "130.00");
    // Before now the rate of today holds, not that of the range's end.
    assert_eq!(value(&history, &q1("open_pipeline").asked("2026-01-31")), "110.00");
}

#[test]
fn closed_deals_are_rounded_one_by_one_and_open_ones_together_with_halves_to_even() {
    let mut history = History::new().rate("EUR", "2026-01-01", "0.5").at("2026-01-05");
    for deal in ["A", "B", "C"] {
        history = history.deal(deal, DealStep::created().amount(1, "EUR"));
    }
    // 1.5 cents are 2; half a cent three times is 0.
    assert_eq!(value(&history, &q1("open_pipeline")), "0.02");
    for deal in ["A", "B", "C"] {
        history = history.deal(deal, DealStep::won());
    }
    assert_eq!(value(&history, &q1("bookings")), "0.00");
}

#[test]
fn with_constant_rates_everything_converts_at_the_rates_of_one_date() {
    let policy = FxPolicy::Constant(make::date("2026-02-15"));
    let history = euros().settings(|change| change.fx_policy = Some(policy));
    assert_eq!(value(&history, &q1("bookings")), "120.00");
    assert_eq!(value(&history, &q1("open_pipeline").over("2026-01-01", "2026-02-01")), "120.00");
}

#[test]
fn with_the_sources_own_conversion_its_amount_counts_and_no_rate_does() {
    let history = euros().settings(|change| change.fx_policy = Some(FxPolicy::Crm));
    assert_eq!(value(&history, &q1("bookings")), "115.00");
    // The source stated no converted amount of the open deal.
    assert_eq!(value(&history, &q1("open_pipeline")), "null");
    assert_eq!(notes(&history, &q1("open_pipeline")), ["rate_missing:EUR"]);
}

#[test]
fn without_a_rate_there_is_no_value_and_the_note_names_the_currency() {
    let history = euros().deal("francs", DealStep::created().amount(5_000, "CHF").due("2026-03-01"));
    assert_eq!(value(&history, &q1("open_pipeline")), "null");
    assert_eq!(notes(&history, &q1("open_pipeline")), ["rate_missing:CHF"]);
    // What does not need the rate is still told.
    assert_eq!(part(&history, &q1("open_pipeline"), "without_amount"), "0");
    assert_eq!(value(&history, &q1("open_pipeline").only(Dimension::Currency, "EUR")), "120.00");
    assert_eq!(value(&history, &q1("bookings")), "110.00");
}

#[test]
fn a_rate_holds_from_its_date_on_and_not_before() {
    let history = History::new()
        .rate("EUR", "2026-02-01", "1.20")
        .at("2026-01-31")
        .deal("A", DealStep::created().amount(10_000, "EUR"))
        .deal("A", DealStep::won());
    assert_eq!(notes(&history, &q1("bookings")), ["rate_missing:EUR"]);
    let later = history.deal("A", DealStep::updated().due("2026-02-01"));
    assert_eq!(value(&later, &q1("bookings")), "120.00");
}

#[test]
fn a_corrected_rate_restates_figures_and_leaves_those_as_known_before() {
    let corrected = euros().at("2026-03-10").rate("EUR", "2026-01-01", "1.15");
    assert_eq!(value(&corrected, &q1("bookings")), "115.00");
    assert_eq!(value(&corrected, &q1("bookings").known("2026-03-09")), "110.00");
}
