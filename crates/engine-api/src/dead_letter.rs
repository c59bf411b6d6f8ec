//! Dead letters: entries that were journaled and cannot be applied. They are skipped, and wait for a decision.

use salescope_domain::{Entry, Instant};
use serde::{Deserialize, Serialize};

/// Where a dead letter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadLetterState {
    /// Skipped, waiting for somebody.
    Quarantined,
    /// Skipped for good, by decision.
    Dropped,
}

/// An entry that the engine and the verifier skip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// The entry's position.
    pub tenant_seq: u64,
    /// Why it is skipped.
    pub reason: String,
    /// Where it stands.
    pub state: DeadLetterState,
    /// When it was put aside.
    pub since: Instant,
    /// The entry itself.
    pub entry: Entry,
}
