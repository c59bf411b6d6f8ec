//! The checkpoints' port: saved states of a fold over the journal, so that recovery need not start at entry 1.
//!
//! Invariant: a checkpoint is a function of journaled entries. Losing all of them costs time, never data.

use crate::{OrgKey, StoreError};
use async_trait::async_trait;

/// How many checkpoints of an organisation are kept: the newest, and one to fall back to.
pub const CHECKPOINTS_KEPT: usize = 2;

/// A saved state.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checkpoint {
    /// The last entry that it includes; 0 for none.
    pub tenant_seq: u64,
    /// The form of the sections, which only the saver knows.
    pub schema_version: u32,
    /// The state, in parts that change apart from each other: what did not change since the checkpoint before is not
    /// written again.
    pub sections: Vec<Vec<u8>>,
}

/// What recovery may start from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Candidates {
    /// Whole ones, newest first. When none of them will do, the journal's first entry is the start.
    pub sound: Vec<Checkpoint>,
    /// Positions of those that were skipped because they are not what was saved, newest first.
    pub damaged: Vec<u64>,
}

/// Organisations' checkpoints.
#[async_trait]
pub trait Checkpoints: Send + Sync {
    /// Saves a checkpoint and drops all but the newest [`CHECKPOINTS_KEPT`]. One at the newest position replaces it.
    ///
    /// # Errors
    /// When the organisation is unknown, the position is lower than the newest one's or ahead of the journal, it is too
    /// large, or the backend fails.
    async fn save(&self, key: OrgKey, checkpoint: Checkpoint) -> Result<(), StoreError>;

    /// The organisation's checkpoints.
    ///
    /// # Errors
    /// When the organisation is unknown or the backend fails; damage is part of the answer.
    async fn load(&self, key: OrgKey) -> Result<Candidates, StoreError>;

    /// Drops the checkpoints that include entries after `after`: state that must not be started from again.
    ///
    /// # Errors
    /// When the organisation is unknown or the backend fails.
    async fn forget(&self, key: OrgKey, after: u64) -> Result<(), StoreError>;
}
