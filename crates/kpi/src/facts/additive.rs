//! Activities and metric points.

use super::schema::FIRST;
use super::{Ask, Fact, FactRow, Sink};
use crate::state::ActivityState;
use crate::world::World;
use crate::world::dims::Dims;
use crate::world::money::Amount;
use hashbrown::HashMap;
use salescope_domain::{ActivityKind, ChangeSource};

const MINUTE_MS: i64 = 60_000;

/// By slot: the last activity before the end of the question, in milliseconds (`i64::MIN` for none).
pub(crate) fn last_activities(world: &World<'_>) -> (Vec<i64>, bool) {
    let mut last = vec![i64::MIN; world.state.deals.len()];
    let mut none = true;
    for row in world.state.activities.rows().iter().filter(|row| row.stands(world.known)) {
        none = false;
        let activity = &row.value;
        if activity.deal != 0 && activity.occurred < world.clock.as_of {
            let deal = world.state.survivor_at(activity.deal - 1, world.known);
            let last = &mut last[deal as usize];
            *last = activity.occurred.max(*last);
        }
    }
    (last, none)
}

/// The code of a kind: its place among the schema's.
fn code(kind: ActivityKind) -> u8 {
    match kind {
        ActivityKind::Call => 0,
        ActivityKind::Email => 1,
        ActivityKind::Meeting => 2,
        ActivityKind::Task => 3,
        ActivityKind::Note => 4,
        ActivityKind::Other => 5,
    }
}

/// The standing activities of the minutes that touch the range, by position in the ledger.
fn of_range<'a>(world: &World<'a>) -> Vec<&'a ActivityState> {
    let clock = &world.clock;
    let from = clock.from_start.div_euclid(MINUTE_MS) * MINUTE_MS;
    let to = (clock.as_of.div_euclid(MINUTE_MS) + 1) * MINUTE_MS;
    let rows = world.state.activities.rows().iter();
    let inside = rows.filter(|row| (from..to).contains(&row.value.occurred) && row.stands(world.known));
    inside.map(|row| &row.value).collect()
}

/// Activities of one person in one minute.
fn per_minute(activities: &[&ActivityState]) -> HashMap<(u32, i64), u32> {
    let mut counts = HashMap::new();
    for activity in activities.iter().filter(|activity| activity.owner != 0) {
        *counts.entry((activity.owner, activity.occurred.div_euclid(MINUTE_MS))).or_insert(0) += 1;
    }
    counts
}

fn activity_dims(world: &World<'_>, activity: &ActivityState) -> (u32, Dims, Amount) {
    let own = Dims { source: activity.source, owner: activity.owner, owner_only: true, ..Dims::default() };
    let Some(slot) = activity.deal.checked_sub(1) else { return (0, own, Amount::Absent) };
    let slot = world.state.survivor_at(slot, world.known);
    match world.state.versions_at(slot as usize, world.known).head() {
        Some(head) => {
            let deal = Dims::of(activity.source, head);
            let amount = head.amount().map_or(Amount::Absent, Amount::Home);
            (slot + 1, Dims { owner: activity.owner, owner_only: true, ..deal }, amount)
        }
        None => (slot + 1, own, Amount::Absent),
    }
}

/// Hands the activities of the range to the sink.
pub(crate) fn activities(world: &World<'_>, sink: &mut impl Sink) {
    let of_range = of_range(world);
    let per_minute = per_minute(&of_range);
    for activity in of_range {
        if !world.clock.contains(activity.occurred) {
            continue;
        }
        let minute = (activity.owner, activity.occurred.div_euclid(MINUTE_MS));
        let many = per_minute.get(&minute).is_some_and(|count| *count > world.settings.bulk_per_minute);
        let automatic = matches!(activity.change_source, ChangeSource::Bulk | ChangeSource::Bot);
        // The amount only tells which products the deal is split by.
        let (deal, dims, amount) = activity_dims(world, activity);
        let mut row = FactRow { amount, ..FactRow::new(Fact::Activity, deal, dims) };
        row.code = code(activity.kind);
        row.flags = if many || automatic { FIRST } else { 0 };
        sink.row(&row);
    }
}

/// Hands the metric points of the range and type to the sink, in the order of time, then of the journal.
pub(crate) fn points(world: &World<'_>, ask: &Ask, sink: &mut impl Sink) {
    let wanted = ask.metric_type.as_deref().and_then(|name| world.state.texts.find(0, name));
    let mut rows: Vec<(i64, u64, u32)> = Vec::new();
    for (at, standing) in (1_u32..).zip(world.state.points.rows()) {
        let point = &standing.value;
        if Some(point.metric_type) == wanted
            && world.clock.contains(point.time)
            && standing.stands(world.known)
        {
            rows.push((point.time, standing.seq, at));
        }
    }
    rows.sort_unstable();
    for (_, _, at) in rows {
        let point = &world.state.points.rows()[at as usize - 1].value;
        let mut dims = Dims { point: at, ..Dims::default() };
        dims.product = Some(world.value(crate::world::dims::Dim::Product, &dims));
        let mut row = FactRow::new(Fact::MetricPoint, 0, dims);
        row.number = Some(point.mantissa);
        row.extra = i64::from(point.scale);
        sink.row(&row);
    }
}
