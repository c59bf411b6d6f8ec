//! The lives of deals: a first event (a creation, or a snapshot of a deal that was there before), then changes.

use super::{Plan, cast, change, moments};
use crate::make;
use salescope_domain::{
    ChangeSource, DealEvent, DealEventKind, DealFields, Instant, Patch, Payload, Quality, Status, Version,
    instant::DAY_MS,
};

/// A deal of the history: its source and id.
pub(super) type DealName = (&'static str, String);

/// How a deal's source counts versions.
#[derive(Clone, Copy)]
enum Counting {
    Stated,
    Timed,
    Snapshot,
}

/// A deal while its life is planned.
struct Life {
    name: DealName,
    counting: Counting,
    count: i64,
    at: Instant,
    status: Status,
}

/// Plans every deal's events and tells the deals' names.
pub(super) fn plan(plan: &mut Plan) -> Vec<DealName> {
    let low = i64::try_from(plan.shape.deals_min).expect("a small number fits");
    let high = i64::try_from(plan.shape.deals_max).expect("a small number fits");
    let count = plan.rng.between(low, high);
    // An id that comes twice is one deal with two tangled lives, or a deal of each source.
    let names: Vec<DealName> = (0..count)
        .map(|index| {
            (plan.rng.pick(&cast::SOURCES), format!("d{}", if index % 15 == 14 { 10 } else { index }))
        })
        .collect();
    for name in &names {
        live(plan, name);
    }
    names
}

fn live(plan: &mut Plan, name: &DealName) {
    let mut life = Life {
        name: name.clone(),
        counting: plan.rng.pick(&[Counting::Stated, Counting::Stated, Counting::Timed, Counting::Snapshot]),
        count: plan.rng.between(0, 5),
        at: moments::first_instant(&mut plan.rng),
        status: Status::Open,
    };
    first(plan, &mut life);
    for _ in 0..plan.rng.below(plan.shape.changes_max + 1) {
        life.at = moments::later(&mut plan.rng, life.at);
        let (kind, set) = change::random(&mut plan.rng, &mut life.status, life.at);
        let quality = match plan.rng.below(10) {
            0 => Quality::Observed,
            1 => Quality::Approximate,
            2 => Quality::ExactS,
            _ => Quality::ExactMs,
        };
        say(plan, &mut life, kind, quality, set);
    }
}

fn first(plan: &mut Plan, life: &mut Life) {
    let mut set = change::initial(&mut plan.rng, life.at);
    let created = plan.rng.chance(65);
    let kind = if created { DealEventKind::DealCreated } else { DealEventKind::DealUpdated };
    let quality = match (created, plan.rng.chance(85)) {
        (true, true) => Quality::ExactMs,
        (true, false) => Quality::Approximate,
        (false, _) => Quality::Observed,
    };
    if !created {
        life.status = plan.rng.pick(&[Status::Open, Status::Open, Status::Won, Status::Lost]);
        set.status = Patch::Set(life.status);
        if plan.rng.chance(80) {
            set.created_on = Patch::Set(moments::edge_date(&mut plan.rng));
        }
    } else if plan.rng.chance(30) {
        set.created_on = Patch::Set(moments::edge_date(&mut plan.rng));
    }
    say(plan, life, kind, quality, set);
}

fn say(plan: &mut Plan, life: &mut Life, kind: DealEventKind, quality: Quality, set: DealFields) {
    life.count += plan.rng.between(1, 2);
    let back = if plan.rng.chance(6) { plan.rng.between(0, 20 * DAY_MS) } else { 0 };
    let occurred_at = life.at.plus_ms(-back);
    let version = match life.counting {
        Counting::Stated => Version::stated(life.count),
        Counting::Timed => Version::timed(life.at.ms()),
        Counting::Snapshot => Version::snapshot(life.at.ms()),
    };
    let sequence = if plan.rng.chance(5) { 1 } else { 0 };
    let event = DealEvent {
        event_id: None,
        kind,
        source: make::source(life.name.0),
        deal: make::deal(&life.name.1),
        version: Version { sequence, ..version },
        occurred_at,
        quality,
        actor: None,
        change_source: plan.rng.pick(&[ChangeSource::User, ChangeSource::Bulk, ChangeSource::Api]),
        set,
    };
    plan.say(life.at, Payload::from(event));
}
