//! The limits of a node, each with its default and why.

use crate::live::LiveOptions;
use salescope_actors::ActorOptions;
use salescope_store::{SealOptions, StoreOptions};
use std::time::Duration;

/// Bounds of a node and of what it is made of.
#[derive(Debug, Clone, Default)]
pub struct NodeOptions {
    /// Of the actors.
    pub actors: ActorOptions,
    /// Of the store.
    pub store: StoreOptions,
    /// Of the rest.
    pub upkeep: UpkeepOptions,
}

/// How long entries are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetentionOptions {
    /// Days after which entries go, by when they were taken in; `None` keeps everything. They go at the latest when they are a
    /// tenth older, as each cut costs a replay of what is kept.
    pub keep_days: Option<u32>,
    /// How often it is looked whose entries are old enough.
    pub every: Duration,
    /// Entries up to which what goes is recomputed independently before it goes: some 1 GB of memory meanwhile.
    pub recomputed_entries_max: u64,
    /// Questions whose answers are compared before anything goes: every KPI some times.
    pub questions: usize,
}

/// Fewest days of [`RetentionOptions::keep_days`]: long enough to notice that the number is wrong.
pub const KEEP_DAYS_MIN: u32 = 7;

impl Default for RetentionOptions {
    fn default() -> Self {
        Self {
            keep_days: None,
            every: Duration::from_secs(3600),
            recomputed_entries_max: 1_000_000,
            questions: 120,
        }
    }
}

/// Bounds of what a node does beside its actors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpkeepOptions {
    /// External ids whose person or team is kept at hand, over all organisations: some 15 MB.
    pub parties_cached_max: usize,
    /// Organisations that one call lists or creates.
    pub orgs_per_call_max: usize,
    /// Questions of one call, answered at one position.
    pub questions_per_call_max: usize,
    /// How often old blocks of the journal are looked for, to be cut into sealed history.
    pub seal_every: Duration,
    /// How much of it is left.
    pub seal: SealOptions,
    /// How long history is kept.
    pub retention: RetentionOptions,
    /// What is watched.
    pub live: LiveOptions,
}

impl Default for UpkeepOptions {
    fn default() -> Self {
        Self {
            parties_cached_max: 100_000,
            orgs_per_call_max: 10_000,
            questions_per_call_max: 100_000,
            seal_every: Duration::from_secs(10),
            seal: SealOptions::default(),
            retention: RetentionOptions::default(),
            live: LiveOptions::default(),
        }
    }
}
