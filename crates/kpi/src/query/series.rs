//! Series (one answer for each bucket of a range) and comparison with the previous period.

use super::QueryError;
use super::answer::decimal;
use crate::definition::Catalogue;
use crate::facts::Fact;
use crate::state::State;
use crate::world::World;
use num_rational::BigRational;
use num_traits::Zero;
use salescope_domain::{Answer, Bucket, Change, Comparison, DateRange, Grain, Group, Instant, Query, Series};

/// Most buckets of a series.
pub const BUCKETS_MAX: usize = 10_000;

const HOUR_MS: i64 = 3_600_000;

/// A KPI over the buckets of a range.
pub(crate) fn series(
    state: &State,
    catalogue: &Catalogue,
    query: &Query,
    grain: Grain,
) -> Result<Series, QueryError> {
    let mut buckets = Vec::new();
    if grain == Grain::Hour {
        let facts = super::prepare(state, catalogue, query)?.plan.facts();
        if facts.iter().any(|fact| !has_hours(*fact)) {
            return Err(QueryError::GrainTooFine(query.kpi.to_string()));
        }
        for (from, to) in hours(state, query)? {
            let answer = super::answer_between(state, catalogue, query, Some((from, to)))?;
            let [from, to] = [from, to].map(|at| Instant::from_ms(at).to_string());
            buckets.push(Bucket { from, to, groups: answer.groups });
        }
    } else {
        let calendars = settings(state, query).calendars;
        let ranges = calendars.buckets(query.range, grain);
        check_count(ranges.len())?;
        for range in ranges {
            let answer = super::answer(state, catalogue, &Query { range, ..query.clone() })?;
            buckets.push(Bucket {
                from: range.from.to_string(),
                to: range.to.to_string(),
                groups: answer.groups,
            });
        }
    }
    Ok(Series { kpi: query.kpi.clone(), grain, as_known: query.as_known, buckets })
}

fn settings(state: &State, query: &Query) -> salescope_domain::OrgSettings {
    World::new(state, query).settings
}

/// Whether a fact happens at an instant, rather than on a date.
fn has_hours(fact: Fact) -> bool {
    matches!(
        fact,
        Fact::StageEntered | Fact::StageLeft | Fact::CloseDateMoved | Fact::Activity | Fact::MetricPoint
    )
}

fn check_count(buckets: usize) -> Result<(), QueryError> {
    if buckets <= BUCKETS_MAX {
        Ok(())
    } else {
        Err(QueryError::TooManyBuckets { buckets, max: BUCKETS_MAX })
    }
}

/// The hours of the range, counted from each day's start: 23 or 25 where the clock changes.
fn hours(state: &State, query: &Query) -> Result<Vec<(i64, i64)>, QueryError> {
    let zone = settings(state, query).time_zone;
    check_count(usize::try_from(query.range.days()).unwrap_or(usize::MAX).saturating_mul(24))?;
    let mut hours = Vec::new();
    let mut date = query.range.from;
    while date < query.range.to {
        let (mut from, end) = (zone.start_of_day(date).ms(), zone.start_of_day(date.plus_days(1)).ms());
        while from < end {
            let to = (from + HOUR_MS).min(end);
            hours.push((from, to));
            from = to;
        }
        date = date.plus_days(1);
    }
    Ok(hours)
}

/// Compares a range with the period before it, at the same elapsed point.
pub(crate) fn compare(state: &State, catalogue: &Catalogue, query: &Query) -> Result<Comparison, QueryError> {
    let current = super::answer(state, catalogue, query)?;
    let range = previous(state, query);
    let previous = super::answer(state, catalogue, &Query { range, ..query.clone() })?;
    let mut changes: Vec<Change> =
        current.groups.iter().map(|group| change(Some(group), find(&previous, group))).collect();
    for group in &previous.groups {
        if find(&current, group).is_none() {
            changes.push(change(None, Some(group)));
        }
    }
    Ok(Comparison { current, previous, changes })
}

fn find<'a>(answer: &'a Answer, group: &Group) -> Option<&'a Group> {
    answer.groups.iter().find(|other| other.key == group.key)
}

fn change(current: Option<&Group>, previous: Option<&Group>) -> Change {
    let key = current.or(previous).map(|group| group.key.clone()).unwrap_or_default();
    let text = |group: Option<&Group>| group.and_then(|group| group.value.clone());
    let (value, before) = (text(current), text(previous));
    let numbers = value.as_deref().and_then(decimal).zip(before.as_deref().and_then(decimal));
    let digits = |text: &Option<String>| {
        text.as_deref().and_then(|text| text.split_once('.')).map_or(0, |(_, f)| f.len())
    };
    let digits = u32::try_from(digits(&value).max(digits(&before))).unwrap_or(0);
    let difference = numbers.as_ref().map(|(now, before)| now - before);
    let ratio = numbers.filter(|(_, before)| !before.is_zero()).map(|(now, before)| (now - &before) / before);
    let fixed =
        |value: &BigRational, digits| super::print::fixed(&super::print::rounded(value, digits), digits);
    Change {
        key,
        value,
        previous: before,
        difference: difference.map(|value| fixed(&value, digits)),
        ratio: ratio.map(|value| fixed(&value, super::print::RATIO_DIGITS)),
    }
}

/// The period before a range: the calendar's where the range is one of its periods, else as many days.
fn previous(state: &State, query: &Query) -> DateRange {
    let world = World::new(state, query);
    let range = query.range;
    let calendars = &world.settings.calendars;
    let grains = [Grain::Day, Grain::Week, Grain::Month, Grain::Quarter, Grain::Year];
    let grain = grains.into_iter().find(|grain| calendars.period(range.from, *grain) == range);
    let before = match grain {
        Some(grain) => calendars.period(range.from.plus_days(-1), grain),
        None => DateRange { from: range.from.plus_days(-range.days()), to: range.from },
    };
    let elapsed = world.clock.elapsed_days();
    if !world.clock.partial || elapsed == 0 {
        return before;
    }
    DateRange { from: before.from, to: before.to.min(before.from.plus_days(elapsed)) }
}
