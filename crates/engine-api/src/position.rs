//! Where an organisation's state stands.

use serde::{Deserialize, Serialize};

/// A position that a client can compare: later in the same epoch is newer; another epoch is another owner of the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// Counts the owners that the organisation's shard has had.
    pub epoch: u64,
    /// The last entry that is applied.
    pub tenant_seq: u64,
}

/// An answer, and the position whose state gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Positioned<T> {
    /// Where the state stood.
    pub position: Position,
    /// What it said.
    pub answer: T,
}

impl<T> Positioned<T> {
    /// The same position with another answer.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Positioned<U> {
        Positioned { position: self.position, answer: change(self.answer) }
    }
}
