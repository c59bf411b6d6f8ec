//! Snapshots: an engine as bytes, and back.
//!
//! Invariants: a snapshot is a function of the state; a version that was ever written can be read for good (a fixture of each
//! is a test); bytes that were damaged are refused; what did not change between two snapshots is the same section in both.

mod block;
mod parts;
mod sections;
mod v1;
mod v2;

use crate::engine::Engine;
use crate::state::deals::Deals;

/// The version that is written.
pub const SNAPSHOT_VERSION: u32 = 2;

const MAGIC: &[u8; 4] = b"SLKP";

/// Why bytes are not a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// Not the beginning of a snapshot.
    #[error("these bytes are not a KPI snapshot")]
    NotASnapshot,
    /// A version that this program does not know.
    #[error("the snapshot has version {0}; this program reads versions 1 to {SNAPSHOT_VERSION}")]
    Version(u32),
    /// Bytes are missing or were changed.
    #[error("the snapshot is damaged at byte {0}")]
    Damaged(usize),
    /// The bytes are whole but do not fit together.
    #[error("the snapshot's {0} do not fit together")]
    Inconsistent(&'static str),
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], SnapshotError> {
    bytes.get(at..at + N).and_then(|part| part.try_into().ok()).ok_or(SnapshotError::Damaged(at))
}

impl Engine {
    /// The engine as bytes.
    #[must_use]
    pub fn snapshot(&self) -> Vec<u8> {
        self.snapshot_sections().concat()
    }

    /// [`Self::snapshot`] in sections that change apart from each other: a store that keeps the sections that it has already
    /// writes in proportion to what changed. The first one always changes.
    #[must_use]
    pub fn snapshot_sections(&self) -> Vec<Vec<u8>> {
        v2::write(&self.state)
    }

    /// The engine that [`Self::snapshot`] made bytes of.
    ///
    /// # Errors
    /// When the bytes are not a snapshot of a known version, or were damaged.
    pub fn restore(bytes: &[u8]) -> Result<Self, SnapshotError> {
        if bytes.get(..4) != Some(MAGIC) {
            return Err(SnapshotError::NotASnapshot);
        }
        let (mut state, blocks) = match u32::from_le_bytes(number(bytes, 4)?) {
            1 => v1::read(bytes)?,
            2 => v2::read(bytes)?,
            other => return Err(SnapshotError::Version(other)),
        };
        state.current = state.settings_at(i64::MAX);
        state.deals = Deals::from_blocks(blocks).ok_or(SnapshotError::Inconsistent("blocks"))?;
        let deals = state.deals.len();
        if state.meta.len() != deals || state.deal_ids.len() != deals + 1 {
            return Err(SnapshotError::Inconsistent("deals"));
        }
        Ok(Self::from_state(state))
    }
}
