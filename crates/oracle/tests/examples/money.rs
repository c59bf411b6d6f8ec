//! Conversion, quotas and the waterfall, by hand.

use crate::common::{notes, part, q1, value};
use salescope_domain::{FxPolicy, QuotaHolder};
use salescope_testkit::{DealStep, History, make};

#[test]
fn closed_deals_convert_one_by_one_and_open_ones_float_together() {
    let history = History::new()
        .rate("EUR", "2026-01-01", "0.5")
        .rate("EUR", "2026-03-31", "2")
        .at("2026-01-05")
        .deal("A", DealStep::created().amount(1, "EUR"))
        .deal("B", DealStep::created().amount(3, "EUR"))
        .deal("C", DealStep::created().amount(1, "EUR"))
        .deal("D", DealStep::created().amount(2, "EUR"))
        .at("2026-02-01")
        .deal("A", DealStep::won())
        .deal("B", DealStep::won());
    // Halves go to even: 0.5 to 0, 1.5 to 2 cents.
    assert_eq!(value(&history, &q1("bookings")), "0.02");
    assert_eq!(value(&history, &q1("open_pipeline")), "0.06");
    let date = make::date("2026-01-15");
    let constant = history.settings(|change| change.fx_policy = Some(FxPolicy::Constant(date)));
    assert_eq!(value(&constant, &q1("open_pipeline")), "0.02");
}

#[test]
fn without_a_rate_there_is_no_value_and_the_note_names_the_currency() {
    let history = History::new()
        .at("2026-01-05")
        .deal("A", DealStep::created().amount(100, "EUR").home_amount(110, "USD"))
        .deal("A", DealStep::won());
    assert_eq!(value(&history, &q1("bookings")), "null");
    assert_eq!(notes(&history, &q1("bookings")), ["rate_missing:EUR"]);
    let crm = history.settings(|change| change.fx_policy = Some(FxPolicy::Crm));
    assert_eq!(value(&crm, &q1("bookings")), "1.10");
}

fn ann_won_half() -> History {
    History::new()
        .person("ann", Some("north"), None)
        .person("bob", Some("north"), None)
        .quota(QuotaHolder::Person(make::person("ann")), ["2026-01-01", "2026-04-01"], 10_000, "USD")
        .quota(QuotaHolder::Person(make::person("bob")), ["2026-01-01", "2026-02-15"], 9_000, "USD")
        .at("2026-01-05")
        .deal("A", DealStep::created().amount(10_000, "USD").owner("ann"))
        .deal("A", DealStep::won())
        .deal("B", DealStep::created().amount(6_000, "USD").owner("bob").due("2026-03-01"))
}

#[test]
fn quotas_prorate_by_days_and_a_teams_own_replaces_its_peoples() {
    let history = ann_won_half();
    assert_eq!(value(&history, &q1("prorated_goal")), "190.00");
    assert_eq!(value(&history, &q1("quota_attainment")), "0.526316");
    assert_eq!(value(&history, &q1("pipeline_coverage")), "0.315789");
    assert_eq!(value(&history, &q1("remaining_coverage")), "0.666667");
    assert_eq!(value(&history, &q1("reps_at_quota")), "0.500000");
    let mut january = q1("prorated_goal");
    january.range = make::range("2026-01-01", "2026-02-01");
    // 100 x 31/90 + 90 x 31/45
    assert_eq!(value(&history, &january), "96.44");
    let own =
        history.quota(QuotaHolder::Team(make::team("north")), ["2026-01-01", "2026-04-01"], 50_000, "USD");
    assert_eq!(value(&own, &q1("quota_attainment")), "0.200000");
    assert_eq!(value(&own, &q1("reps_at_quota")), "0.500000");
}

#[test]
fn the_waterfall_tells_every_step_and_balances() {
    let history = History::new()
        .rate("EUR", "2025-01-01", "1")
        .rate("EUR", "2026-02-01", "2")
        .at("2025-12-01")
        .deal("kept", DealStep::created().amount(100, "EUR").due("2026-02-01"))
        .deal("won", DealStep::created().amount(500, "USD").due("2026-02-01"))
        .deal("pushed", DealStep::created().amount(70, "USD").due("2026-03-01"))
        .deal("pulled", DealStep::created().amount(11, "USD").due("2026-05-01"))
        .at("2026-01-10")
        .deal("new", DealStep::created().amount(1_000, "USD").due("2026-03-31"))
        .deal("new", DealStep::updated().amount(900, "USD"))
        .deal("won", DealStep::won().amount(600, "USD"))
        .deal("pushed", DealStep::updated().due("2026-04-01"))
        .deal("pulled", DealStep::updated().due("2026-03-31"));
    let query = q1("pipeline_waterfall");
    let steps = [
        ("start", "6.70"),
        ("currency", "1.00"),
        ("new", "10.00"),
        ("decreased", "-1.00"),
        ("won", "-5.00"),
        ("pushed_out", "-0.70"),
        ("pulled_in", "0.11"),
        ("increased", "0.00"),
    ];
    for (step, amount) in steps {
        assert_eq!(part(&history, &query, step), amount, "{step}");
    }
    assert_eq!(value(&history, &query), "11.11");
    assert_eq!(value(&history, &q1("slip_rate")), "0.333333");
    assert_eq!(value(&history, &q1("push_count")), "1");
}
