//! What holds of every history: sums balance, slices do not matter, snapshots change nothing.

use crate::common::engine;
use salescope_domain::{Answer, DateRange, Dimension, Entry, Filters, Grain, Group, Instant, Query};
use salescope_kpi::{Engine, QueryError};
use salescope_testkit::{Rng, histories, kpis, make, queries};

/// Random histories of each property.
const HISTORIES: u64 = 60;
/// Questions about each history.
const QUESTIONS: u64 = 12;

/// KPIs that are made of deals alone, one figure from one formula.
fn deal_kpis() -> Vec<&'static str> {
    let others = ["activities", "metric", "leaderboard", "reps_at_quota", "prorated_goal"];
    kpis::ALL.into_iter().filter(|kpi| !others.contains(kpi)).collect()
}

fn each_history(mut check: impl FnMut(u64, &[Entry], &mut Rng)) {
    for seed in 0..HISTORIES {
        check(seed, &histories::random(seed), &mut Rng::new(seed));
    }
}

/// A decimal without its point; all decimals that are compared have the same digits. Nothing stands as 0.
fn units(text: Option<&String>) -> i128 {
    text.map_or(0, |text| text.replace('.', "").parse().expect("a figure is a decimal"))
}

fn answer(engine: &Engine, query: &Query) -> Option<Answer> {
    match engine.query(query) {
        Ok(answer) => Some(answer),
        Err(QueryError::UnknownDimension { .. }) => None,
        Err(error) => panic!("{error}: {query:?}"),
    }
}

#[test]
fn change_lines_sum_to_the_change_and_the_change_is_after_less_before() {
    let mut told = 0;
    each_history(|seed, entries, rng| {
        let engine = engine(entries);
        for _ in 0..QUESTIONS {
            let kpi = rng.pick(&deal_kpis());
            let query = Query { group_by: Vec::new(), ..queries::about(rng, kpi, entries) };
            let since = rng.pick_ref(entries).known_at.plus_ms(rng.between(-1, 1));
            let Ok(explanation) = engine.explain(&query, Some(since)) else { continue };
            let report = explanation.changes.expect("changes were asked for");
            let sum: i128 = report.lines.iter().map(|line| units(Some(&line.change))).sum();
            let place = format!("history {seed}, since {since}: {query:?}");
            assert_eq!(sum, units(Some(&report.change)), "{place}");
            // Where the organisation's currency changed in between, the two figures have other units.
            let then = engine.query(&Query { as_known: Some(since), ..query }).expect("it was explained");
            if then.groups[0].unit == explanation.unit {
                let change = units(report.after.as_ref()) - units(report.before.as_ref());
                assert_eq!(sum, change, "{place}");
            }
            assert_eq!(report.before, then.groups[0].value, "{place}");
            told += usize::from(report.lines.len() > 1);
        }
    });
    assert!(told > 50, "only {told} reports had several lines");
}

#[test]
fn an_explanation_gives_the_figure_that_the_question_gives() {
    each_history(|seed, entries, rng| {
        let engine = engine(entries);
        for kpi in deal_kpis() {
            let query = Query { group_by: Vec::new(), ..queries::about(rng, kpi, entries) };
            let Some(answer) = answer(&engine, &query) else { continue };
            let explanation = engine.explain(&query, None).expect("it was answered");
            let group = &answer.groups[0];
            let place = format!("history {seed}: {query:?}");
            assert_eq!(explanation.value, group.value, "{place}");
            assert_eq!(explanation.parts, group.parts, "{place}");
            assert_eq!((explanation.n, &explanation.notes), (group.n, &group.notes), "{place}");
        }
    });
}

#[test]
fn a_restored_engine_answers_every_question_as_before() {
    each_history(|seed, entries, rng| {
        let engine = engine(entries);
        let bytes = engine.snapshot();
        let back = Engine::restore(&bytes).expect("a snapshot is restored");
        assert_eq!(back.snapshot(), bytes, "history {seed}");
        for _ in 0..QUESTIONS {
            let query = queries::random(rng.next_u64(), entries);
            assert_eq!(back.query(&query), engine.query(&query), "history {seed}: {query:?}");
        }
    });
}

#[test]
fn how_the_journal_is_sliced_changes_nothing() {
    each_history(|seed, entries, rng| {
        let whole = engine(entries);
        let mut sliced = Engine::new();
        let mut rest = entries;
        while !rest.is_empty() {
            let (slice, left) = rest.split_at(rng.index(rest.len().min(40)) + 1);
            sliced.apply(slice);
            rest = left;
        }
        assert_eq!(sliced.position(), whole.position());
        assert_eq!(sliced.snapshot(), whole.snapshot(), "history {seed}");
        for _ in 0..QUESTIONS {
            let query = queries::random(rng.next_u64(), entries);
            assert_eq!(sliced.query(&query), whole.query(&query), "history {seed}: {query:?}");
        }
    });
}

/// A restated question about a random range, without groups and filters.
fn plain(rng: &mut Rng, kpi: &str, entries: &[Entry]) -> Query {
    let query = queries::about(rng, kpi, entries);
    Query { group_by: Vec::new(), filters: Filters::new(), ..query }
}

/// The sum of a figure over groups, where every group has it or lacks it for want of amounts.
fn sum(answer: &Answer, figure: impl Fn(&Group) -> Option<&String>) -> i128 {
    answer.groups.iter().map(|group| units(figure(group))).sum()
}

fn lacks_a_rate(answer: &Answer) -> bool {
    answer.groups.iter().flat_map(|group| &group.notes).any(|note| note.starts_with("rate_missing"))
}

#[test]
fn bookings_of_groups_sum_to_the_total() {
    let mut told = 0;
    each_history(|seed, entries, rng| {
        let engine = engine(entries);
        for dimension in engine.dimensions() {
            let query = plain(rng, "bookings", entries);
            let total = answer(&engine, &query).expect("nothing unknown is named");
            let query = Query { group_by: vec![dimension.clone()], ..query };
            let by = answer(&engine, &query).expect("the dimension is known");
            if lacks_a_rate(&total) {
                continue;
            }
            let value = total.groups[0].value.as_ref();
            assert_eq!(sum(&by, |group| group.value.as_ref()), units(value), "history {seed}: {query:?}");
            if dimension != Dimension::Product {
                let deals: u64 = by.groups.iter().map(|group| group.n).sum();
                assert_eq!(deals, total.groups[0].n, "history {seed}: {query:?}");
            }
            told += usize::from(by.groups.len() > 1);
        }
    });
    assert!(told > 100, "only {told} answers had several groups");
}

#[test]
fn a_waterfalls_steps_balance_and_its_groups_sum_to_the_total() {
    let mut told = 0;
    each_history(|seed, entries, rng| {
        let engine = engine(entries);
        for dimension in engine.dimensions() {
            let query = plain(rng, "pipeline_waterfall", entries);
            let total = answer(&engine, &query).expect("nothing unknown is named");
            let query = Query { group_by: vec![dimension], ..query };
            let by = answer(&engine, &query).expect("the dimension is known");
            let place = format!("history {seed}: {query:?}");
            let told_whole =
                |group: &&Group| group.value.is_some() && group.parts.values().all(Option::is_some);
            for group in total.groups.iter().chain(&by.groups).filter(told_whole) {
                let steps: i128 = group.parts.values().map(|part| units(part.as_ref())).sum();
                assert_eq!(steps, units(group.value.as_ref()), "{place}: {group:?}");
            }
            if lacks_a_rate(&total) {
                continue;
            }
            for step in ["start", "currency", "new"] {
                let whole = units(total.groups[0].parts[step].as_ref());
                assert_eq!(sum(&by, |group| group.parts[step].as_ref()), whole, "{place}: {step}");
            }
            let value = total.groups[0].value.as_ref();
            assert_eq!(sum(&by, |group| group.value.as_ref()), units(value), "{place}");
            let moved = |step: &'static str| sum(&by, |group| group.parts[step].as_ref());
            assert_eq!(moved("transferred_in"), -moved("transferred_out"), "{place}");
            told += usize::from(by.groups.len() > 1);
        }
    });
    assert!(told > 100, "only {told} waterfalls had several groups");
}

#[test]
fn buckets_of_bookings_tile_the_range_and_sum_to_the_whole() {
    each_history(|seed, entries, rng| {
        let engine = engine(entries);
        for grain in [Grain::Day, Grain::Week, Grain::Month, Grain::Quarter, Grain::Year] {
            let query = plain(rng, "bookings", entries);
            let series = engine.series(&query, grain).expect("a year or so has few buckets");
            let place = format!("history {seed}, {grain:?}: {query:?}");
            let mut next = query.range.from;
            for bucket in &series.buckets {
                let range = DateRange { from: make::date(&bucket.from), to: make::date(&bucket.to) };
                assert_eq!(range.from, next, "{place}");
                let alone =
                    answer(&engine, &Query { range, ..query.clone() }).expect("nothing unknown is named");
                assert_eq!(bucket.groups, alone.groups, "{place}");
                next = range.to;
            }
            assert_eq!(next, query.range.to, "{place}");
            let whole = answer(&engine, &query).expect("nothing unknown is named");
            if !lacks_a_rate(&whole) {
                let sum: i128 =
                    series.buckets.iter().map(|bucket| units(bucket.groups[0].value.as_ref())).sum();
                assert_eq!(sum, units(whole.groups[0].value.as_ref()), "{place}");
            }
        }
    });
}

#[test]
fn an_engine_without_entries_answers_every_built_in_kpi() {
    let now = Instant::from_ms(0);
    for kpi in kpis::ALL {
        let mut query = Query::new(make::kpi(kpi), make::range("2026-01-01", "2026-04-01"), now);
        if kpi == "metric" {
            query.params.insert("metric_type".to_owned(), "nps".to_owned());
        }
        crate::common::ask(&[], &query);
    }
}
