//! A broken promise.

use serde::Serialize;

/// Which promise was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Promise {
    /// L1: an acknowledged event is not in the journal.
    Missing,
    /// L2: an event is in the journal more than once, or was acknowledged as new twice.
    Duplicate,
    /// L2: the journal holds what nobody sent, or not as it was sent.
    Unsent,
    /// L2: an event's fate is still unknown after it was sent again.
    Unresolved,
    /// L3: the journal's numbers have a gap, its times step back, or an entry stands elsewhere than was answered.
    Sequence,
    /// L4: a figure is not what was sent comes to.
    Sum,
    /// L4: `verify` found a difference.
    Verify,
    /// An event that the engine cannot fold is not put aside, or another one is.
    DeadLetter,
    /// An answer that cannot be right: something never sent is a duplicate, a sound event is rejected.
    Answer,
    /// The server did not come up, did not come back to work, or harmed those that it should have spared.
    Service,
}

/// A broken promise, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// Which one.
    pub promise: Promise,
    /// What was found.
    pub detail: String,
}

impl Violation {
    /// Of `promise`.
    #[must_use]
    pub fn new(promise: Promise, detail: impl Into<String>) -> Self {
        Self { promise, detail: detail.into() }
    }
}
