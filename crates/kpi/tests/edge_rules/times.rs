//! Three times, and times that make no sense.

use crate::common::{Words, notes, q1, value};
use salescope_domain::{Patch, Payload, limits};
use salescope_testkit::{DealStep, History, make};

/// Won on 20 January; the source knew on the 25th; we read it on 3 February.
fn won_and_told_later() -> History {
    History::new()
        .at("2026-01-05")
        .deal("A", DealStep::created().amount(10_000, "USD"))
        .at("2026-02-03")
        .known("2026-01-25")
        .deal("A", DealStep::won().occurred("2026-01-20"))
}

#[test]
fn a_figure_lies_on_the_day_it_happened_and_a_restated_one_uses_all_that_is_known() {
    let history = won_and_told_later();
    assert_eq!(value(&history, &q1("bookings")), "100.00");
    assert_eq!(value(&history, &q1("bookings").over("2026-01-20", "2026-01-21")), "100.00");
    assert_eq!(value(&history, &q1("bookings").over("2026-02-03", "2026-02-04")), "0.00");
}

#[test]
fn a_figure_as_known_at_a_time_uses_what_the_source_knew_by_then() {
    let history = won_and_told_later();
    assert_eq!(value(&history, &q1("bookings").known("2026-01-25T11:59:59.999Z")), "0.00");
    assert_eq!(value(&history, &q1("bookings").known("2026-01-25T12:00:00Z")), "100.00");
}

#[test]
fn as_known_at_a_time_that_time_is_now() {
    let history = won_and_told_later();
    assert_eq!(notes(&history, &q1("bookings")), Vec::<String>::new());
    assert_eq!(notes(&history, &q1("bookings").known("2026-01-25")), ["partial_period"]);
    assert_eq!(value(&history, &q1("open_pipeline").known("2026-01-24")), "100.00");
    assert_eq!(value(&history, &q1("open_pipeline").known("2026-01-26")), "0.00");
}

/// The code with which our clock at noon of 2026-07-01 refuses a step.
fn refusal(step: DealStep) -> Option<&'static str> {
    let entry = History::new().at("2026-07-01").deal("A", step).entries().remove(0);
    limits::check(&entry.payload, entry.observed_at).err().map(|refusal| refusal.code)
}

#[test]
fn times_before_1970_or_a_day_ahead_of_our_clock_are_refused_with_a_code() {
    assert_eq!(refusal(DealStep::won()), None);
    assert_eq!(refusal(DealStep::won().occurred("1970-01-01T00:00:00Z")), None);
    assert_eq!(refusal(DealStep::won().occurred("1969-12-31")), Some("time_before_1970"));
    assert_eq!(refusal(DealStep::won().occurred("2026-07-02T12:00:00Z")), None);
    assert_eq!(refusal(DealStep::won().occurred("2026-07-02T12:00:00.001Z")), Some("time_in_future"));
}

#[test]
fn dates_before_1970_or_fifty_years_ahead_are_refused_with_a_code() {
    assert_eq!(refusal(DealStep::won().due("2076-07-01")), None);
    assert_eq!(refusal(DealStep::won().due("2076-07-02")), Some("date_in_future"));
    assert_eq!(refusal(DealStep::created().created_on("1969-12-31")), Some("date_before_1970"));
}

#[test]
fn an_amount_without_its_currency_is_refused_with_a_code() {
    let step = DealStep::created().set(|fields| fields.amount_minor = Patch::Set(5));
    assert_eq!(refusal(step), Some("currency_missing"));
}

#[test]
fn a_rate_that_is_not_above_zero_is_refused_with_a_code() {
    let mut entry = History::new().at("2026-07-01").rate("EUR", "2026-07-01", "1.1").entries().remove(0);
    let Payload::Rate(rate) = &mut entry.payload else { panic!("a rate was stated") };
    rate.rate = make::decimal("0");
    let code = limits::check(&entry.payload, entry.observed_at).err().map(|refusal| refusal.code);
    assert_eq!(code, Some("invalid_rate"));
}
