//! What stands for the independent recomputation, which only the program knows.

use salescope_domain::{Answer, Entry, Instant, Query};
use salescope_kpi::Engine as Kpis;

/// Asks, and answers from entries alone.
pub trait Verifier: Send + Sync {
    /// At most `count` questions about what `entries` hold and about the time before them. `state` is the fold of these entries,
    /// and of others that are no longer kept.
    fn questions(&self, state: &Kpis, entries: &[Entry], now: Instant, count: usize) -> Vec<Query>;

    /// The answer that follows from `entries`, which begin with the first one and count.
    fn recompute(&self, entries: &[Entry], query: &Query) -> Answer;
}
