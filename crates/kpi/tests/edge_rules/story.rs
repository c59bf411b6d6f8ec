//! One story in which the rules meet: three currencies, a win taken back and won again, two records that are one deal, an
//! amount corrected after the quarter, and a new owner.

use crate::common::{Words, changes, groups, lines, q1, value};
use salescope_domain::{Credit, Dimension};
use salescope_testkit::{DealStep, History};

/// A euro buys 1.10 dollars, from February 1.20, from March 1.25; a hundred yen buy one dollar, from March 0.80.
fn rates() -> History {
    History::new()
        .rate("EUR", "2026-01-01", "1.10")
        .rate("EUR", "2026-02-01", "1.20")
        .rate("EUR", "2026-03-01", "1.25")
        .rate("JPY", "2026-01-01", "0.01")
        .rate("JPY", "2026-03-01", "0.008")
}

fn january() -> History {
    rates()
        .at("2026-01-05")
        .deal("harbour", DealStep::created().amount(100_000, "EUR").due("2026-03-31").owner("ann"))
        .deal("tower", DealStep::created().amount(300_000, "JPY").due("2026-02-28").owner("bob"))
        .deal("mill", DealStep::created().amount(50_000, "USD").due("2026-03-15").owner("eve"))
        .at("2026-01-20")
        .deal("harbour", DealStep::won())
}

/// The customer takes the harbour back; Bob's tower turns out to be in the CRM twice, and is won.
fn february() -> History {
    january()
        .at("2026-02-03")
        .deal("harbour", DealStep::reopened().due("2026-03-31"))
        .at("2026-02-08")
        .deal("tower-2", DealStep::created().created_on("2026-01-02").amount(300_000, "JPY").owner("bob"))
        .at("2026-02-10")
        .merge("tower", &["tower-2"])
        .at("2026-02-20")
        .deal("tower", DealStep::won())
        .at("2026-02-25")
        .deal("tower", DealStep::updated().owner("eve"))
}

/// The harbour is won after all and the mill is lost; in April somebody corrects the tower's amount.
fn story() -> History {
    february()
        .at("2026-03-05")
        .deal("harbour", DealStep::won())
        .at("2026-03-20")
        .deal("mill", DealStep::lost())
        .at("2026-04-10")
        .deal("tower", DealStep::updated().amount(330_000, "JPY"))
}

#[test]
fn bookings_tell_at_each_time_what_was_known_to_be_won() {
    let bookings = |at| value(&story(), &q1("bookings").known(at));
    // 1,000 EUR at 1.10.
    assert_eq!(bookings("2026-01-31"), "1100.00");
    assert_eq!(bookings("2026-02-04"), "0.00");
    // 300,000 JPY at 0.01, once.
    assert_eq!(bookings("2026-02-21"), "3000.00");
    // And 1,000 EUR at 1.25.
    assert_eq!(bookings("2026-03-06"), "4250.00");
    assert_eq!(bookings("2026-04-01"), "4250.00");
    // And 30,000 JPY more, at the rate of the close.
    assert_eq!(value(&story(), &q1("bookings")), "4550.00");
}

#[test]
fn the_pipeline_floats_with_the_rates_and_holds_a_deal_once() {
    let open = |at| value(&story(), &q1("open_pipeline").known(at));
    // The tower at 0.01 and the mill.
    assert_eq!(open("2026-01-31"), "3500.00");
    // And the harbour at 1.20.
    assert_eq!(open("2026-02-04"), "4700.00");
    assert_eq!(open("2026-02-09"), "7700.00");
    assert_eq!(open("2026-02-11"), "4700.00");
    assert_eq!(open("2026-02-21"), "1700.00");
    // The harbour at 1.25.
    assert_eq!(open("2026-03-02"), "1750.00");
    assert_eq!(open("2026-03-06"), "500.00");
    assert_eq!(open("2026-03-21"), "0.00");
}

#[test]
fn cycles_run_from_the_first_creation_to_the_last_close() {
    // The tower's other record is of 2 January: 49 days. The harbour: 59 days.
    assert_eq!(value(&story(), &q1("sales_cycle").known("2026-02-21")), "49.00");
    assert_eq!(value(&story(), &q1("sales_cycle")), "54.00");
    assert_eq!(value(&story(), &q1("win_rate")), "0.666667");
    assert_eq!(value(&story(), &q1("win_rate_by_value")), "0.900990");
}

#[test]
fn bob_is_credited_with_the_tower_though_eve_looks_after_it() {
    let by_owner = q1("bookings").by(Dimension::Owner);
    assert_eq!(groups(&story(), &by_owner), ["ann 1250.00", "bob 3300.00"]);
    let current = story().settings(|change| change.credit = Some(Credit::CurrentOwner));
    assert_eq!(groups(&current, &by_owner), ["ann 1250.00", "eve 3300.00"]);
}

#[test]
fn the_correction_in_april_is_the_only_change_since_the_quarter_ended() {
    let report = changes(&story(), &q1("bookings"), "2026-04-01");
    assert_eq!(report.before.as_deref(), Some("4250.00"));
    assert_eq!(report.after.as_deref(), Some("4550.00"));
    assert_eq!(lines(&report), ["tower 300.00"]);
    // Since January: the harbour's win moved to another rate, the tower came.
    let report = changes(&story(), &q1("bookings"), "2026-01-31");
    assert_eq!(lines(&report), ["harbour 150.00", "tower 3300.00"]);
    assert_eq!(report.change, "3450.00");
}
