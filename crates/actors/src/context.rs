//! What every actor of a process shares.

use crate::{ActorOptions, Clock, lane::Lane};
use salescope_store::{Baselines, Checkpoints, Journal};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Semaphore;

/// The store as actors see it.
pub trait ActorStore: Journal + Checkpoints + Baselines {}

impl<T: Journal + Checkpoints + Baselines> ActorStore for T {}

/// Shared by all actors of a process.
pub(crate) struct Context {
    pub(crate) store: Arc<dyn ActorStore>,
    pub(crate) lane: Lane,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) options: ActorOptions,
    /// Restores under way.
    pub(crate) loads: Semaphore,
    /// Counts the lives of all tenants: a tenant that comes back is told from the one before.
    incarnations: AtomicU64,
}

impl Context {
    pub(crate) fn new(
        store: Arc<dyn ActorStore>,
        lane: Lane,
        clock: Arc<dyn Clock>,
        options: ActorOptions,
    ) -> Self {
        let loads = Semaphore::new(options.loads_max);
        Self { store, lane, clock, options, loads, incarnations: AtomicU64::new(0) }
    }

    /// A number that no tenant of this process had before.
    pub(crate) fn next_incarnation(&self) -> u64 {
        self.incarnations.fetch_add(1, Ordering::Relaxed) + 1
    }
}
