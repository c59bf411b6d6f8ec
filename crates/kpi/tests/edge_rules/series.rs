//! Series: one answer for each bucket of a range, at every grain.

use crate::common::{Words, buckets, engine, q1, series};
use salescope_domain::{ActivityKind, Dimension, Grain};
use salescope_kpi::BUCKETS_MAX;
use salescope_testkit::{DealStep, History};

/// Won: 1 dollar on Friday 2 January, 2 on Monday the 5th, 4 on 28 February, 8 on 31 March, 16 on 1 April.
fn wins() -> History {
    let wins = [
        ("2026-01-02", 100),
        ("2026-01-05", 200),
        ("2026-02-28", 400),
        ("2026-03-31", 800),
        ("2026-04-01", 1_600),
    ];
    wins.iter().fold(History::new().at("2026-01-01"), |history, (day, minor)| {
        history.deal(day, DealStep::created().amount(*minor, "USD")).deal(day, DealStep::won().due(day))
    })
}

#[test]
fn days_weeks_months_quarters_and_years_tile_the_range_and_sum_to_the_whole() {
    let query = q1("bookings").over("2026-01-01", "2026-04-02");
    for (grain, count) in
        [(Grain::Day, 91), (Grain::Week, 14), (Grain::Month, 4), (Grain::Quarter, 2), (Grain::Year, 1)]
    {
        let series = series(&wins(), &query, grain);
        assert_eq!(series.buckets.len(), count, "{grain:?}");
        assert_eq!(series.buckets[0].from, "2026-01-01");
        assert_eq!(series.buckets[count - 1].to, "2026-04-02");
        assert!(series.buckets.windows(2).all(|pair| pair[0].to == pair[1].from), "{grain:?}");
        let dollars = |text: &str| text.strip_suffix(".00").and_then(|text| text.parse::<u32>().ok());
        let values = series.buckets.iter().map(|bucket| bucket.groups[0].value.as_deref().and_then(dollars));
        assert_eq!(values.sum::<Option<u32>>(), Some(31), "{grain:?}");
    }
}

#[test]
fn buckets_are_cut_at_the_ends_of_the_range() {
    let query = q1("bookings").over("2026-01-02", "2026-04-01");
    assert_eq!(
        buckets(&series(&wins(), &query, Grain::Month)),
        ["2026-01-02 3.00", "2026-02-01 4.00", "2026-03-01 8.00"]
    );
    let query = q1("bookings").over("2026-01-02", "2026-01-07");
    assert_eq!(buckets(&series(&wins(), &query, Grain::Week)), ["2026-01-02 1.00", "2026-01-05 2.00"]);
}

#[test]
fn a_stock_is_told_at_the_end_of_each_bucket() {
    let history = History::new()
        .at("2026-01-20")
        .deal("A", DealStep::created().amount(100, "USD"))
        .at("2026-02-20")
        .deal("B", DealStep::created().amount(200, "USD"))
        .at("2026-03-20")
        .deal("A", DealStep::lost());
    assert_eq!(
        buckets(&series(&history, &q1("open_pipeline"), Grain::Month)),
        ["2026-01-01 1.00", "2026-02-01 3.00", "2026-03-01 2.00"]
    );
}

#[test]
fn hours_cut_instants_and_are_refused_for_what_hangs_on_dates() {
    let history = History::new()
        .at("2026-01-05T09:00:00Z")
        .activity(ActivityKind::Call, "ann", None)
        .at("2026-01-05T09:59:59.999Z")
        .activity(ActivityKind::Call, "ann", None)
        .at("2026-01-05T10:00:00Z")
        .activity(ActivityKind::Call, "ann", None);
    let day = q1("activities").over("2026-01-05", "2026-01-06");
    let hours = series(&history, &day, Grain::Hour);
    assert_eq!(buckets(&hours)[9..11], ["2026-01-05T09:00:00Z 2", "2026-01-05T10:00:00Z 1"]);
    let refused = engine(&[]).series(&q1("bookings"), Grain::Hour).expect_err("close dates have no hours");
    assert_eq!(refused.code(), "grain_too_fine");
    assert_eq!(refused.to_string(), "bookings hangs on dates, which have no hours: choose day or coarser");
}

#[test]
fn groups_are_told_in_each_bucket_where_they_have_facts() {
    let history = History::new()
        .at("2026-01-05")
        .deal("A", DealStep::created().amount(100, "USD").owner("ann"))
        .deal("A", DealStep::won())
        .at("2026-02-05")
        .deal("B", DealStep::created().amount(200, "USD").owner("bob"))
        .deal("B", DealStep::won());
    let series = series(&history, &q1("bookings").by(Dimension::Owner), Grain::Month);
    let owners: Vec<Vec<&str>> = series
        .buckets
        .iter()
        .map(|bucket| bucket.groups.iter().map(|group| group.key[&Dimension::Owner].as_str()).collect())
        .collect();
    assert_eq!(owners, [vec!["ann"], vec!["bob"], vec![]]);
}

#[test]
fn more_buckets_than_anybody_can_read_are_refused() {
    let query = q1("bookings").over("1990-01-01", "2026-01-01");
    let refused = engine(&[]).series(&query, Grain::Day).expect_err("there are too many days");
    assert_eq!(refused.code(), "too_many_buckets");
    assert!(refused.to_string().contains(&format!("at most {BUCKETS_MAX}")), "{refused}");
    assert!(engine(&[]).series(&query, Grain::Month).is_ok());
}
