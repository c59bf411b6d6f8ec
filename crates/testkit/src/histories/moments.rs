//! Dates and instants near the edges at which figures change: months, quarters, daylight saving, midnights of zones.

use crate::{Rng, make};
use salescope_domain::{Date, Instant, instant::DAY_MS};

/// Month and quarter starts and the days on which Berlin and New York change their clocks.
pub const EDGES: [&str; 13] = [
    "2025-10-01",
    "2025-10-26",
    "2025-11-02",
    "2025-12-01",
    "2026-01-01",
    "2026-02-01",
    "2026-03-01",
    "2026-03-08",
    "2026-03-29",
    "2026-04-01",
    "2026-05-01",
    "2026-06-01",
    "2026-07-01",
];

/// Hours of UTC at which a date begins in UTC, Berlin or New York, and noon.
const HOURS: [i64; 8] = [0, 4, 5, 22, 23, 24, 12, 9];

/// A date, mostly within two days of an edge.
pub fn edge_date(rng: &mut Rng) -> Date {
    let (days, spread) = if rng.chance(70) { (2, 2) } else { (25, 25) };
    // Most of a history lies in two quarters, so that questions about them have something to count.
    let edges = if rng.chance(70) { &EDGES[3..11] } else { &EDGES[..] };
    let edge = make::date(rng.pick(edges));
    edge.plus_days(i32::try_from(rng.between(-days, spread)).expect("a few days fit"))
}

/// An instant on `date` (UTC), mostly within a millisecond of a midnight of some zone.
pub(crate) fn instant_on(rng: &mut Rng, date: Date) -> Instant {
    let midnight = i64::from(date.days()) * DAY_MS;
    let hour = rng.pick(&HOURS);
    let shift = match rng.below(5) {
        0 => -1,
        1 => 0,
        2 => 1,
        _ => rng.between(-3_600_000, 3_600_000),
    };
    Instant::from_ms(midnight + hour * 3_600_000 + shift)
}

/// When a deal may begin: mostly early, so that there is time for a life.
pub(crate) fn first_instant(rng: &mut Rng) -> Instant {
    let edges = if rng.chance(65) { &EDGES[..5] } else { &EDGES[..] };
    let date =
        make::date(rng.pick(edges)).plus_days(i32::try_from(rng.between(-5, 20)).expect("a few days fit"));
    if rng.chance(70) { instant_on(rng, date) } else { edge_instant(rng) }
}

/// An instant on a date that lies mostly near an edge.
pub fn edge_instant(rng: &mut Rng) -> Instant {
    let date = edge_date(rng);
    instant_on(rng, date)
}

/// Some time after `at`: seconds, days, or at an edge of the calendar.
pub(crate) fn later(rng: &mut Rng, at: Instant) -> Instant {
    match rng.below(10) {
        0 => at,
        1 => at.plus_ms(rng.between(1, 60_000)),
        2..7 => at.plus_ms(rng.between(1, 25) * DAY_MS + rng.between(-DAY_MS, DAY_MS)).max(at),
        7 => at.plus_ms(rng.between(30, 100) * DAY_MS),
        _ => (0..8).map(|_| edge_instant(rng)).find(|edge| *edge > at).unwrap_or(at),
    }
}
