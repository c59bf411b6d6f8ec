//! Delivery: statements become journal entries, late, twice, out of order or backfilled.

use super::{Plan, Statement};
use crate::{Rng, make};
use salescope_domain::{Entry, Instant, Payload, instant::DAY_MS};

/// When a history's old entries were imported, and from which source, if they were.
struct Backfill {
    at: Instant,
    source: &'static str,
}

/// Orders the statements as they arrive and numbers them.
pub(super) fn deliver(plan: Plan) -> Vec<Entry> {
    let Plan { mut rng, shape, statements } = plan;
    let backfill = rng.chance(shape.backfill).then(|| Backfill {
        at: make::moment(rng.pick(&["2026-01-10", "2026-02-20", "2026-04-02"])),
        source: rng.pick(&["crm", "csv"]),
    });
    let mut arrivals = Vec::new();
    for statement in statements {
        let mut arrival = arrive(&mut rng, shape.late, &statement, backfill.as_ref());
        if rng.chance(shape.duplicate) {
            arrivals.push(arrival.clone());
            arrival.0 = arrival.0.plus_ms(rng.between(0, 60 * DAY_MS));
        }
        arrivals.push(arrival);
    }
    arrivals.sort_by_key(|(observed_at, ..)| *observed_at);
    let entry = |(tenant_seq, (observed_at, known_at, payload)): (u64, Arrival)| {
        let known_at = known_at.map_or(observed_at, |known: Instant| known.min(observed_at));
        Entry { tenant_seq, known_at, observed_at, payload }
    };
    (1..).zip(arrivals).map(entry).collect()
}

/// When it is observed, when it was known (if not only then), and what it says.
type Arrival = (Instant, Option<Instant>, Payload);

fn arrive(rng: &mut Rng, late: u64, statement: &Statement, backfill: Option<&Backfill>) -> Arrival {
    let at = statement.at;
    let mut observed_at = match rng.below(100) {
        n if n < late => at.plus_ms(rng.between(0, 90 * DAY_MS)),
        n if n < late + 5 => at.plus_ms(-rng.between(0, DAY_MS / 2)),
        n if n < late + 30 => at.plus_ms(rng.between(0, 2 * DAY_MS)),
        _ => at.plus_ms(rng.between(0, 5_000)),
    };
    // The journal takes nothing from more than 24 hours ahead.
    observed_at = observed_at.max(latest_time(&statement.payload).plus_ms(-DAY_MS));
    let source = source_of(&statement.payload);
    match backfill {
        Some(Backfill { at: import, source: of }) if *import > at && source == Some(of) => {
            let known_at = match rng.below(10) {
                0..7 => Some(at),
                7 => Some(at.plus_ms(rng.between(-20 * DAY_MS, 20 * DAY_MS))),
                _ => None,
            };
            (observed_at.max(*import), known_at, statement.payload.clone())
        }
        _ => (observed_at, None, statement.payload.clone()),
    }
}

/// The latest time that a payload names.
fn latest_time(payload: &Payload) -> Instant {
    match payload {
        Payload::Deal(event) => {
            let number = match event.version.basis {
                salescope_domain::Basis::Stated => 0,
                _ => event.version.number,
            };
            event.occurred_at.max(Instant::from_ms(number))
        }
        Payload::Merge(merge) => merge.occurred_at,
        Payload::Activity(activity) => activity.occurred_at,
        Payload::Metric(point) => point.time,
        _ => Instant::MIN,
    }
}

fn source_of(payload: &Payload) -> Option<&str> {
    use salescope_domain::Identity;
    match payload.identity() {
        Identity::Object { source, .. } => Some(source),
        Identity::Fact { source, .. } => Some(source.as_str()),
        Identity::Control => None,
    }
}
