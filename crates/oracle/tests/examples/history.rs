//! Stages, forecasts, activities, metric points and missing history, by hand.

use crate::common::{ask, notes, part, q1, value};
use salescope_domain::{ActivityKind, ForecastCategory, StageOutcome, Status, Zone};
use salescope_testkit::{DealStep, History, make};

fn staged() -> History {
    History::new()
        .stage("talk", "sales", 1, StageOutcome::Open)
        .stage("offer", "sales", 2, StageOutcome::Open)
        .at("2026-01-10")
        .deal("A", DealStep::created().stage("talk"))
        .deal("B", DealStep::created().stage("talk"))
        .at("2026-01-20")
        .deal("A", DealStep::moved_to("offer"))
        .at("2026-01-25")
        .deal("A", DealStep::won())
}

#[test]
fn stages_convert_take_time_and_make_a_funnel() {
    let history = staged();
    // Entered: A talk (moved on), A offer (won), B talk.
    assert_eq!(value(&history, &q1("stage_conversion")), "0.666667");
    assert_eq!(value(&history, &q1("time_in_stage")), "7.50");
    // Reached: A talk and offer, B talk; A reached the next one of both.
    assert_eq!(value(&history, &q1("funnel_reach")), "0.666667");
}

#[test]
fn a_snapshot_of_an_older_deal_is_blind() {
    let snapshot = DealStep::snapshot(Status::Open).created_on("2025-06-01").stage("talk");
    let history = History::new().at("2026-02-01").deal("A", snapshot.amount(100, "USD").due("2026-03-01"));
    for kpi in ["stage_conversion", "time_in_stage", "push_count", "slip_rate"] {
        assert_eq!(value(&history, &q1(kpi)), "null", "{kpi}");
        assert_eq!(notes(&history, &q1(kpi)), ["history_absent"], "{kpi}");
    }
    // In January the deal was open, but not for how much.
    let mut january = q1("open_pipeline");
    january.range = make::range("2026-01-01", "2026-02-01");
    assert_eq!(value(&history, &january), "null");
    assert_eq!(notes(&history, &january), ["history_absent"]);
    assert_eq!(value(&history, &q1("open_pipeline")), "1.00");
}

#[test]
fn a_forecast_is_frozen_at_its_week() {
    let history = History::new()
        .at("2025-12-01")
        .deal("old", DealStep::created())
        .deal("old", DealStep::won())
        .at("2026-01-10")
        .deal("A", DealStep::created().amount(80, "USD").due("2026-03-01").category(ForecastCategory::Commit))
        .deal("B", DealStep::created().amount(40, "USD").due("2026-03-01"))
        .at("2026-02-10")
        .deal("A", DealStep::won())
        .deal("B", DealStep::won().amount(120, "USD"));
    assert_eq!(value(&history, &q1("forecast_rollup")), "2.00");
    // Frozen on 2026-01-22: 0.80 of 2.00.
    assert_eq!(value(&history, &q1("forecast_accuracy")), "0.400000");
    assert_eq!(part(&history, &q1("forecast_accuracy"), "bias"), "-0.600000");
    let mut early = q1("forecast_accuracy");
    early.now = make::instant("2026-01-21T23:59:59.999Z");
    assert_eq!(notes(&history, &early), ["not_frozen_yet", "partial_period"]);
}

#[test]
fn activities_count_by_people_and_keep_deals_fresh() {
    let history = staged()
        .at("2026-03-25")
        .activity(ActivityKind::Call, "ann", Some("B"))
        .activity(ActivityKind::Note, "ann", Some("B"))
        .activity(ActivityKind::Email, "bob", None);
    assert_eq!(value(&history, &q1("activities")), "2");
    assert_eq!(part(&history, &q1("activities"), "per_rep"), "1.00");
    assert_eq!(value(&history, &q1("stale_share")), "0.000000");
    assert_eq!(value(&staged(), &q1("stale_share")), "null");
    let bulk = history.settings(|change| change.bulk_per_minute = Some(1));
    assert_eq!(part(&bulk, &q1("activities"), "bulk"), "1");
}

#[test]
fn an_instant_belongs_to_the_date_of_the_organisations_zone() {
    let history = History::new().at("2026-03-31T22:30:00Z").metric("nps", "41.50").metric("nps", "8.5");
    let mut query = q1("metric");
    query.params.insert("metric_type".to_owned(), "nps".to_owned());
    assert_eq!(value(&history, &query), "50");
    let zone = Zone::new("Europe/Berlin").expect("the zone exists");
    let berlin = history.settings(|change| change.time_zone = Some(zone));
    assert_eq!(value(&berlin, &query), "0");
}

#[test]
fn a_leaderboard_shares_ranks_and_skips_the_next() {
    let mut history = History::new().at("2026-01-05");
    for (deal, owner, amount) in [("A", "ann", 100), ("B", "bob", 100), ("C", "eve", 50)] {
        history = history.deal(deal, DealStep::created().owner(owner).amount(amount, "USD"));
        history = history.deal(deal, DealStep::won());
    }
    let answer = ask(&history, &q1("leaderboard"));
    let ranks: Vec<_> = answer.groups.iter().map(|group| group.parts["rank"].clone()).collect();
    assert_eq!(ranks, [Some("1".to_owned()), Some("1".to_owned()), Some("3".to_owned())]);
}
