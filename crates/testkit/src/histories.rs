//! Random dirty histories: everything that a source may do to a journal, from a seed.
//!
//! Invariants: the same seed and shape give the same history; positions are 1, 2, 3 ... without a gap; `observed_at` never
//! steps back along the journal; `known_at` is never after `observed_at`.

mod cast;
mod change;
mod delivery;
mod facts;
mod life;
mod merges;
mod moments;
mod money;
mod settings;

use crate::Rng;
use salescope_domain::{Entry, Instant, Payload, Version};

pub use moments::{EDGES, edge_date, edge_instant};

/// How large and how dirty a history is. Chances are per cent.
#[derive(Debug, Clone)]
pub struct Shape {
    /// Fewest deals.
    pub deals_min: u64,
    /// Most deals.
    pub deals_max: u64,
    /// Most changes of a deal after its first event.
    pub changes_max: u64,
    /// Most activities.
    pub activities_max: u64,
    /// Most metric points.
    pub points_max: u64,
    /// Chance that an entry comes days or months late.
    pub late: u64,
    /// Chance that an entry is delivered twice.
    pub duplicate: u64,
    /// Chance that a history's journal holds backfilled entries.
    pub backfill: u64,
    /// Chance that settings change along the way.
    pub settings: u64,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            deals_min: 5,
            deals_max: 40,
            changes_max: 9,
            activities_max: 50,
            points_max: 20,
            late: 15,
            duplicate: 5,
            backfill: 35,
            settings: 50,
        }
    }
}

/// The dirty history of a seed: mostly in the default shape, every sixteenth with more deals than intervals are shown for.
#[must_use]
pub fn random(seed: u64) -> Vec<Entry> {
    let shape = match seed % 16 {
        15 => Shape { deals_min: 60, deals_max: 90, changes_max: 5, ..Shape::default() },
        _ => Shape::default(),
    };
    with_shape(seed, &shape)
}

/// The dirty history of a seed in a given shape.
#[must_use]
pub fn with_shape(seed: u64, shape: &Shape) -> Vec<Entry> {
    let mut plan = Plan { rng: Rng::new(seed), shape: shape.clone(), statements: Vec::new() };
    settings::plan(&mut plan);
    cast::plan(&mut plan);
    money::plan(&mut plan);
    let deals = life::plan(&mut plan);
    merges::plan(&mut plan, &deals);
    facts::plan(&mut plan, &deals);
    delivery::deliver(plan)
}

/// A statement that somebody will deliver.
struct Statement {
    /// Business time.
    at: Instant,
    payload: Payload,
}

/// A history before its delivery.
struct Plan {
    rng: Rng,
    shape: Shape,
    statements: Vec<Statement>,
}

impl Plan {
    fn say(&mut self, at: Instant, payload: Payload) {
        self.statements.push(Statement { at, payload });
    }

    /// A version that mostly grows with `at`, on one of the three bases.
    fn version(&mut self, at: Instant, count: i64) -> Version {
        match self.rng.below(10) {
            0..7 => Version::stated(count),
            7..9 => Version::timed(at.ms()),
            _ => Version::snapshot(at.ms()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use salescope_domain::limits;

    #[test]
    fn a_seed_gives_one_history_whose_entries_may_enter_a_journal() {
        let mut sizes = 0;
        for seed in 0..200 {
            let entries = random(seed);
            assert_eq!(entries, random(seed));
            let mut before = Instant::MIN;
            for (position, entry) in (1..).zip(&entries) {
                assert_eq!(entry.tenant_seq, position);
                assert!(before <= entry.observed_at && entry.known_at <= entry.observed_at);
                limits::check(&entry.payload, entry.observed_at).unwrap();
                before = entry.observed_at;
            }
            sizes += entries.len();
        }
        assert!(sizes / 200 > 100, "histories are too small: {sizes}");
    }
}
