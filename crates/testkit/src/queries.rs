//! Random questions about a history: every KPI, edges of ranges and of knowledge hit on purpose.

use crate::histories::{EDGES, edge_date, edge_instant};
use crate::{Rng, kpis, make};
use salescope_domain::{DateRange, Dimension, Entry, Filters, Instant, Query, instant::DAY_MS};
use std::collections::BTreeSet;

const RANGES: [(&str, &str); 10] = [
    ("2026-01-01", "2026-04-01"),
    ("2026-01-01", "2026-04-01"),
    ("2026-04-01", "2026-07-01"),
    ("2025-10-01", "2026-01-01"),
    ("2026-01-01", "2027-01-01"),
    ("2026-01-01", "2026-07-01"),
    ("2025-12-01", "2026-06-01"),
    ("2026-01-12", "2026-03-20"),
    ("2026-03-01", "2026-03-30"),
    ("2026-09-01", "2026-12-01"),
];

const DIMENSIONS: [(&str, &[&str]); 13] = [
    ("owner", &["p1", "p2", "p3", "p4", "none"]),
    ("team", &["t1", "t2", "t3", "t9", "none"]),
    ("region", &["north", "south", "none"]),
    ("product", &["Basic", "Pro", "Plus", "x1", "x2", "none"]),
    ("stage", &["Stage q1", "q1", "Stage q2", "r1", "none"]),
    ("pipeline", &["new", "Pipeline new", "renewal", "none"]),
    ("account", &["Account a1", "a1", "a9", "none"]),
    ("source", &["crm", "csv"]),
    ("lead_source", &["web", "fair", "none"]),
    ("currency", &["USD", "EUR", "JPY", "none"]),
    ("sector", &["retail", "bank", "farm", "none"]),
    ("tier", &["gold", "none"]),
    ("absent", &["none"]),
];

/// A question of this seed about `entries`.
#[must_use]
pub fn random(seed: u64, entries: &[Entry]) -> Query {
    let mut rng = Rng::new(seed ^ 0x5A1E_5C0B_E000_0000);
    let name = rng.pick(&kpis::ALL);
    about(&mut rng, name, entries)
}

/// A random question about the KPI `name`.
pub fn about(rng: &mut Rng, name: &str, entries: &[Entry]) -> Query {
    let range = random_range(rng);
    let mut query = Query::new(make::kpi(name), range, random_now(rng, range, entries));
    if rng.chance(40) {
        query.as_known = Some(random_known(rng, entries));
    }
    if name != "leaderboard" {
        query.group_by = random_groups(rng, name);
    }
    query.filters = random_filters(rng);
    random_params(rng, name, &mut query);
    query
}

fn random_range(rng: &mut Rng) -> DateRange {
    match rng.below(10) {
        0..6 => {
            let (from, to) = rng.pick(&RANGES);
            make::range(from, to)
        }
        6 => {
            let from = edge_date(rng);
            DateRange { from, to: from.plus_days(1) }
        }
        _ => {
            let (a, b) = (make::date(rng.pick(&EDGES)), edge_date(rng));
            DateRange { from: a.min(b), to: a.max(b).max(a.min(b).plus_days(1)) }
        }
    }
}

fn random_now(rng: &mut Rng, range: DateRange, entries: &[Entry]) -> Instant {
    let end = Instant::from_ms(i64::from(range.to.days()) * DAY_MS);
    let start = Instant::from_ms(i64::from(range.from.days()) * DAY_MS);
    match rng.below(10) {
        0..4 => make::moment("2026-09-01"),
        4 => end.plus_ms(rng.between(-1, 1)),
        5 => end.plus_ms(rng.between(-8, 8) * 3_600_000),
        6 => start.plus_ms(rng.between(-2 * DAY_MS, 2 * DAY_MS)),
        7 => start.plus_ms(rng.between(0, (end.ms() - start.ms()).max(1))),
        8 => random_known(rng, entries),
        _ => edge_instant(rng),
    }
}

/// A time at which something came to be known, or a millisecond beside it.
fn random_known(rng: &mut Rng, entries: &[Entry]) -> Instant {
    if entries.is_empty() || rng.chance(20) {
        return edge_instant(rng);
    }
    // The later of two: early worlds are nearly empty.
    let known = rng.pick_ref(entries).known_at.max(rng.pick_ref(entries).known_at);
    known.plus_ms(rng.between(-1, 1))
}

fn random_groups(rng: &mut Rng, name: &str) -> Vec<Dimension> {
    // Quotas have few dimensions: ask for those more often.
    let quota = matches!(name, "quota_attainment" | "prorated_goal" | "pace" | "reps_at_quota")
        || name.ends_with("_coverage");
    let bound = if quota && rng.chance(70) { 3 } else { DIMENSIONS.len() };
    let mut groups: Vec<Dimension> = Vec::new();
    for _ in 0..rng.below(3) {
        let name = DIMENSIONS[rng.index(bound)].0;
        let dimension = name.parse().expect("a test's dimension is well formed");
        if !groups.contains(&dimension) {
            groups.push(dimension);
        }
    }
    groups
}

fn random_filters(rng: &mut Rng) -> Filters {
    let mut filters = Filters::new();
    let count = if rng.chance(65) { 0 } else { 1 + rng.below(5) / 4 };
    for _ in 0..count {
        let (name, values) = rng.pick(&DIMENSIONS);
        let chosen: BTreeSet<String> = (0..=rng.below(5)).map(|_| rng.pick(values).to_string()).collect();
        filters.insert(name.parse().expect("a test's dimension is well formed"), chosen);
    }
    filters
}

fn random_params(rng: &mut Rng, name: &str, query: &mut Query) {
    let mut set = |name: &str, value: &str| query.params.insert(name.to_owned(), value.to_owned());
    if name == "leaderboard" {
        if rng.chance(60) {
            set("by", rng.pick(&["owner", "team"]));
        }
        let inner = rng.pick(&kpis::ALL[..kpis::ALL.len() - 1]);
        set("kpi", inner);
        return random_params(rng, inner, query);
    }
    match name {
        "metric" => {
            set("metric_type", rng.pick(&["nps", "demos"]));
            if rng.chance(80) {
                set("aggregate", rng.pick(&["sum", "mean", "last", "min", "max"]));
            }
        }
        "forecast_accuracy" if rng.chance(70) => {
            set("week", rng.pick(&["0", "1", "3", "6", "13"]));
        }
        "stale_share" if rng.chance(70) => {
            set("days", rng.pick(&["0", "1", "7", "30", "90"]));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::histories;

    #[test]
    fn a_seed_gives_one_question_and_seeds_reach_every_kpi() {
        let entries = histories::random(1);
        let asked: BTreeSet<String> = (0..1000).map(|seed| random(seed, &entries).kpi.to_string()).collect();
        assert_eq!(asked.len(), kpis::ALL.len());
        assert_eq!(random(7, &entries), random(7, &entries));
    }
}
