//! The limits of a node, each with its default and why.

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
}

impl Default for UpkeepOptions {
    fn default() -> Self {
        Self {
            parties_cached_max: 100_000,
            orgs_per_call_max: 10_000,
            questions_per_call_max: 100_000,
            seal_every: Duration::from_secs(10),
            seal: SealOptions::default(),
        }
    }
}
