//! Time zones, fiscal calendars and periods that are not over.

use crate::common::{Words, buckets, engine, notes, q1, series, value};
use salescope_domain::{ActivityKind, Calendar, Grain, Pattern, Weekday, Zone};
use salescope_testkit::{DealStep, History, make};

fn in_berlin() -> History {
    let zone = Zone::new("Europe/Berlin").expect("the zone exists");
    History::new().settings(|change| change.time_zone = Some(zone))
}

#[test]
fn an_instant_lies_on_the_local_date_of_the_organisation() {
    let late =
        |history: History| history.at("2026-03-31T22:30:00Z").activity(ActivityKind::Call, "ann", None);
    assert_eq!(value(&late(History::new()), &q1("activities")), "1");
    assert_eq!(value(&late(in_berlin()), &q1("activities")), "0");
    assert_eq!(value(&late(in_berlin()), &q1("activities").over("2026-04-01", "2026-04-02")), "1");
}

#[test]
fn a_close_date_that_is_left_to_us_is_local_and_does_not_shift_when_the_zone_changes() {
    let berlin = in_berlin()
        .at("2026-01-05")
        .deal("A", DealStep::created().amount(10_000, "USD"))
        .at("2026-03-31T22:30:00Z")
        .deal("A", DealStep::won());
    assert_eq!(value(&berlin, &q1("bookings")), "0.00");
    let moved = berlin.at("2026-05-01").settings(|change| change.time_zone = Some(Zone::utc()));
    assert_eq!(value(&moved, &q1("bookings")), "0.00");
    assert_eq!(value(&moved, &q1("bookings").over("2026-04-01", "2026-04-02")), "100.00");
}

#[test]
fn a_day_that_changes_the_clock_has_23_or_25_hours() {
    for (day, next, hours) in
        [("2026-03-29", "2026-03-30", 23), ("2026-10-25", "2026-10-26", 25), ("2026-06-01", "2026-06-02", 24)]
    {
        let query = q1("activities").over(day, next).asked("2026-12-01");
        let series = series(&in_berlin(), &query, Grain::Hour);
        assert_eq!(series.buckets.len(), hours, "{day}");
        assert!(series.buckets.windows(2).all(|pair| pair[0].to == pair[1].from), "{day}");
    }
}

#[test]
fn the_hour_that_comes_twice_is_two_buckets() {
    // 02:30 summer time, then 02:30 winter time.
    let history = in_berlin()
        .at("2026-10-25T00:30:00Z")
        .activity(ActivityKind::Call, "ann", None)
        .at("2026-10-25T01:30:00Z")
        .activity(ActivityKind::Call, "ann", None);
    let query = q1("activities").over("2026-10-25", "2026-10-26").asked("2026-12-01");
    let series = series(&history, &query, Grain::Hour);
    let counts: Vec<_> = series.buckets.iter().filter_map(|b| b.groups[0].value.as_deref()).collect();
    assert_eq!(&counts[..5], ["0", "0", "1", "1", "0"]);
}

/// Won on 15 January (1 dollar), 15 February (2), 15 March (4) and 15 April (8).
fn monthly(history: History) -> History {
    let wins = [("2026-01-15", 100), ("2026-02-15", 200), ("2026-03-15", 400), ("2026-04-15", 800)];
    wins.iter().fold(history.at("2026-01-01"), |history, (day, minor)| {
        history.deal(day, DealStep::created().amount(*minor, "USD")).deal(day, DealStep::won().due(day))
    })
}

fn with_calendar(calendar: Calendar, from: &str) -> History {
    History::new().settings(|change| change.calendar = Some((make::date(from), calendar)))
}

#[test]
fn fiscal_quarters_begin_in_the_start_month() {
    let february = Calendar { start_month: 2, ..Calendar::default() };
    let history = monthly(with_calendar(february, "2020-01-01"));
    let query = q1("bookings").over("2026-01-01", "2026-05-01");
    assert_eq!(buckets(&series(&history, &query, Grain::Quarter)), ["2026-01-01 1.00", "2026-02-01 14.00"]);
    assert_eq!(
        buckets(&series(&monthly(History::new()), &query, Grain::Quarter)),
        ["2026-01-01 7.00", "2026-04-01 8.00"]
    );
}

#[test]
fn a_4_4_5_calendar_cuts_quarters_into_whole_weeks() {
    let retail = Calendar { start_month: 2, week_start: Weekday::Sunday, pattern: Pattern::Weeks445 };
    let history = monthly(with_calendar(retail, "2020-01-01"));
    // The year begins on the Sunday nearest to 1 February; its months have 4, 4 and 5 weeks.
    let query = q1("bookings").over("2026-02-01", "2026-05-03");
    assert_eq!(
        buckets(&series(&history, &query, Grain::Month)),
        ["2026-02-01 2.00", "2026-03-01 4.00", "2026-03-29 8.00"]
    );
    assert_eq!(buckets(&series(&history, &query, Grain::Quarter)), ["2026-02-01 14.00"]);
}

#[test]
fn the_past_keeps_the_calendar_that_it_had() {
    let march = Calendar { start_month: 3, ..Calendar::default() };
    let history = History::new()
        .settings(|change| change.calendar = Some((make::date("2020-01-01"), Calendar::default())))
        .settings(|change| change.calendar = Some((make::date("2026-03-01"), march)));
    let query = q1("bookings").over("2025-10-01", "2026-09-01");
    assert_eq!(
        buckets(&series(&monthly(history), &query, Grain::Quarter)),
        ["2025-10-01 0.00", "2026-01-01 3.00", "2026-03-01 12.00", "2026-06-01 0.00"]
    );
}

/// Won on 20 October (50), 20 December (500) and 20 January (75).
fn two_quarters() -> History {
    History::new()
        .at("2025-10-01")
        .deal("A", DealStep::created().amount(5_000, "USD"))
        .deal("B", DealStep::created().amount(50_000, "USD"))
        .deal("C", DealStep::created().amount(7_500, "USD"))
        .at("2025-10-20")
        .deal("A", DealStep::won())
        .at("2025-12-20")
        .deal("B", DealStep::won())
        .at("2026-01-20")
        .deal("C", DealStep::won())
}

#[test]
fn a_period_that_is_not_over_is_noted_and_compared_at_the_same_elapsed_point() {
    let engine = engine(&two_quarters().entries());
    // 41 days of the quarter have passed, today included.
    let partial = engine.compare(&q1("bookings").asked("2026-02-10")).expect("the KPI exists");
    assert_eq!(notes(&two_quarters(), &q1("bookings").asked("2026-02-10")), ["partial_period"]);
    assert_eq!(partial.previous.range, make::range("2025-10-01", "2025-11-11"));
    assert_eq!(partial.changes[0].value.as_deref(), Some("75.00"));
    assert_eq!(partial.changes[0].previous.as_deref(), Some("50.00"));
    assert_eq!(partial.changes[0].difference.as_deref(), Some("25.00"));
    assert_eq!(partial.changes[0].ratio.as_deref(), Some("0.500000"));
    let over = engine.compare(&q1("bookings").asked("2026-04-01")).expect("the KPI exists");
    assert_eq!(over.previous.range, make::range("2025-10-01", "2026-01-01"));
    assert_eq!(over.changes[0].difference.as_deref(), Some("-475.00"));
}

#[test]
fn a_range_that_is_no_period_is_compared_with_as_many_days_before() {
    let engine = engine(&two_quarters().entries());
    let query = q1("bookings").over("2026-01-10", "2026-01-30");
    let comparison = engine.compare(&query).expect("the KPI exists");
    assert_eq!(comparison.previous.range, make::range("2025-12-21", "2026-01-10"));
    assert_eq!(comparison.changes[0].previous.as_deref(), Some("0.00"));
    assert_eq!(comparison.changes[0].ratio, None);
}

#[test]
fn the_last_millisecond_of_a_period_is_partial_and_the_first_after_it_is_not() {
    let history = two_quarters();
    assert_eq!(notes(&history, &q1("bookings").asked("2026-03-31T23:59:59.999Z")), ["partial_period"]);
    assert_eq!(notes(&history, &q1("bookings").asked("2026-04-01T00:00:00Z")), Vec::<String>::new());
}
