//! Additive facts: activities and metric points, with revisions and retractions.

use super::{Plan, cast, life::DealName, moments};
use crate::{Rng, make};
use salescope_domain::{
    Activity, ActivityKind, ChangeSource, Decimal, FieldMap, Instant, MetricPoint, Payload,
};

/// Metric types of random histories.
pub(crate) const METRIC_TYPES: [&str; 2] = ["nps", "demos"];

/// Activities, then metric points.
pub(super) fn plan(plan: &mut Plan, deals: &[DealName]) {
    let mut burst = moments::edge_instant(&mut plan.rng);
    let activities = plan.rng.below(plan.shape.activities_max + 1);
    for index in 0..activities {
        if plan.rng.chance(40) {
            burst = moments::edge_instant(&mut plan.rng);
        }
        let at = burst.plus_ms(plan.rng.between(0, 40_000));
        revisions(plan, at, |rng, at, revision, deleted| {
            Payload::from(Activity { revision, deleted, ..activity(rng, at, index, deals) })
        });
    }
    for index in 0..plan.rng.below(plan.shape.points_max + 1) {
        let at = moments::edge_instant(&mut plan.rng);
        revisions(plan, at, |rng, at, revision, deleted| {
            Payload::from(MetricPoint { revision, deleted, ..point(rng, at, index) })
        });
    }
}

/// A fact and, sometimes, its corrections.
fn revisions(plan: &mut Plan, at: Instant, fact: impl Fn(&mut Rng, Instant, u32, bool) -> Payload) {
    let mut revision = 0;
    loop {
        let deleted = revision > 0 && plan.rng.chance(40);
        let payload = fact(&mut plan.rng, at, revision, deleted);
        plan.say(at, payload);
        if revision > 3 || plan.rng.chance(85) {
            return;
        }
        revision += 1;
    }
}

fn activity(rng: &mut Rng, at: Instant, index: u64, deals: &[DealName]) -> Activity {
    use ActivityKind as K;
    let (source, deal) = rng.pick_ref(deals).clone();
    Activity {
        source: make::source(source),
        event_id: make::event(&format!("act-{index}")),
        revision: 0,
        deleted: false,
        occurred_at: at,
        kind: rng.pick(&[K::Call, K::Call, K::Email, K::Meeting, K::Task, K::Note, K::Other]),
        owner: rng.chance(90).then(|| make::person(rng.pick(&cast::PEOPLE[..3]))),
        deal: match rng.below(10) {
            0 => None,
            1 => Some(make::deal("unseen")),
            _ => Some(make::deal(&deal)),
        },
        change_source: match rng.below(12) {
            0 => ChangeSource::Bulk,
            1 => ChangeSource::Bot,
            2 => ChangeSource::Import,
            _ => ChangeSource::User,
        },
    }
}

fn point(rng: &mut Rng, at: Instant, index: u64) -> MetricPoint {
    let mut dimensions = FieldMap::new();
    let values: [(&str, &[&str]); 6] = [
        ("owner", &cast::PEOPLE),
        ("team", &cast::TEAMS),
        ("region", &cast::REGIONS),
        ("product", &cast::PRODUCTS),
        ("sector", &["retail", "bank"]),
        ("source", &["elsewhere"]),
    ];
    for (name, texts) in values {
        if rng.chance(if name == "owner" { 60 } else { 20 }) {
            dimensions.insert(make::field(name), make::label(rng.pick(texts)));
        }
    }
    let scale = u8::try_from(rng.between(0, 8)).expect("a scale fits");
    MetricPoint {
        source: make::source(rng.pick(&cast::SOURCES)),
        event_id: make::event(&format!("point-{index}")),
        revision: 0,
        deleted: false,
        time: at,
        metric_type: make::label(rng.pick(&METRIC_TYPES)),
        value: Decimal::new(rng.between(-50_000, 200_000), scale),
        dimensions,
        metadata: FieldMap::new(),
    }
}
