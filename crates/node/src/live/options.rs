//! The bounds of what is watched.

use std::time::Duration;

/// Bounds of what is watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveOptions {
    /// Different questions that are watched in one organisation. Each has a view: at worst what all of its deals take once more.
    pub questions_per_org_max: usize,
    /// Time between two answers to one question: twenty a second are more than anybody sees.
    pub pause_min: Duration,
    /// An answer that needs a pass over all deals is not given more often than so many times as long as it takes.
    pub pause_per_cost: u32,
    /// How often questions are asked when nothing was journaled: time alone moves windows and ages. Midnight is kept exactly.
    pub tick: Duration,
}

impl Default for LiveOptions {
    fn default() -> Self {
        Self {
            questions_per_org_max: 1_000,
            pause_min: Duration::from_millis(50),
            pause_per_cost: 10,
            tick: Duration::from_secs(30),
        }
    }
}
