//! The oracle as the node asks it before history is cut off.

use super::questions::{EARLIER_DAYS, questions};
use salescope_domain::{Answer, Entry, Instant, Query};
use salescope_kpi::Engine;
use salescope_node::Verifier;

/// The independent recomputation, with the questions of `verify`.
pub(crate) struct Oracle;

impl Verifier for Oracle {
    fn questions(&self, state: &Engine, entries: &[Entry], now: Instant, count: usize) -> Vec<Query> {
        let is_whole = entries.first().is_some_and(|entry| entry.tenant_seq == 1);
        questions(state, entries, now, count, if is_whole { 0 } else { EARLIER_DAYS })
    }

    fn recompute(&self, entries: &[Entry], query: &Query) -> Answer {
        salescope_oracle::answer(entries, query)
    }
}
