//! Activities and metric points.

use super::schema::{ACTIVITY_KINDS, FIRST};
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

fn code(kind: ActivityKind) -> u8 {
    let name = match kind {
        ActivityKind::Call => "call",
        ActivityKind::Email => "email",
        ActivityKind::Meeting => "meeting",
        ActivityKind::Task => "task",
        ActivityKind::Note => "note",
        ActivityKind::Other => "other",
    };
    let at = ACTIVITY_KINDS.iter().position(|kind| *kind == name);
    at.and_then(|at| u8::try_from(at).ok()).expect("every kind is in the list")
}

/// Activities of one person in one minute, for those minutes that touch the range.
fn per_minute(world: &World<'_>) -> HashMap<(u32, i64), u32> {
    let clock = &world.clock;
    let minutes = clock.from_start.div_euclid(MINUTE_MS)..=clock.as_of.div_euclid(MINUTE_MS);
    let mut counts = HashMap::new();
    for row in world.state.activities.rows() {
        let minute = row.value.occurred.div_euclid(MINUTE_MS);
        if row.value.owner != 0 && minutes.contains(&minute) && row.stands(world.known) {
            *counts.entry((row.value.owner, minute)).or_insert(0) += 1;
        }
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
    let per_minute = per_minute(world);
    for standing in world.state.activities.rows() {
        let activity = &standing.value;
        if !world.clock.contains(activity.occurred) || !standing.stands(world.known) {
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
        if Some(point.metric_type) == wanted && world.clock.contains(point.time) && standing.stands(world.known) {
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
