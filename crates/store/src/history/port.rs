//! The port of what is done with an organisation's history as a whole.

use super::{Baseline, Roster, Verified};
use crate::{Damage, OrgKey, StoreError};
use async_trait::async_trait;
use salescope_domain::Instant;

/// The size of an organisation's sealed history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HistoryStats {
    /// The first entry that is kept: 1, or the one after the baseline.
    pub horizon_seq: u64,
    /// The last sealed entry; 0 when there is none.
    pub sealed_seq: u64,
    /// Segments.
    pub segments: u64,
    /// Their entries before compression, in bytes.
    pub unpacked_bytes: u64,
    /// What they take on the disk, in bytes.
    pub stored_bytes: u64,
}

/// Sealed entries that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DamagedStretch {
    /// The first of them.
    pub from_seq: u64,
    /// The last of them.
    pub to_seq: u64,
    /// How it shows.
    pub damage: Damage,
}

/// What is said of a baseline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BaselineSaid {
    /// The last entry that it includes.
    pub tenant_seq: u64,
    /// What verification said.
    pub verified: Verified,
}

/// The states that histories begin with: what an organisation comes back from when no checkpoint will do.
#[async_trait]
pub trait Baselines: Send + Sync {
    /// What history begins with; `None` when it begins with entry 1.
    ///
    /// # Errors
    /// When the organisation is unknown, the baseline is damaged, or the backend fails.
    async fn baseline(&self, key: OrgKey) -> Result<Option<Baseline>, StoreError>;
}

/// Organisations' histories.
#[async_trait]
pub trait History: Baselines {
    /// The size of an organisation's sealed history.
    ///
    /// # Errors
    /// When the organisation is unknown or the backend fails.
    async fn history_stats(&self, key: OrgKey) -> Result<HistoryStats, StoreError>;

    /// Reads all of an organisation's sealed entries; answers those that are missing or damaged, in order.
    ///
    /// # Errors
    /// When the organisation is unknown, its key is missing, or the backend fails.
    async fn check_history(&self, key: OrgKey) -> Result<Vec<DamagedStretch>, StoreError>;

    /// Who the organisation's sources call what: what an export tells besides entries.
    ///
    /// # Errors
    /// When the organisation is unknown or the backend fails.
    async fn roster(&self, key: OrgKey) -> Result<Roster, StoreError>;

    /// Lets history begin after `baseline`: it is saved for good, then the entries up to it are deleted. From the moment that it
    /// is saved they are no longer read, and what is left of them after a crash goes with [`Self::finish_cuts`]. What is asked for
    /// must be sealed.
    ///
    /// # Errors
    /// When the organisation is unknown, the baseline is ahead of sealed history or not after the one that is there, or the
    /// backend fails.
    async fn cut(&self, key: OrgKey, baseline: Baseline) -> Result<(), StoreError>;

    /// What is said of the baseline that history begins with, without its state.
    ///
    /// # Errors
    /// When the organisation is unknown or the backend fails.
    async fn baseline_said(&self, key: OrgKey) -> Result<Option<BaselineSaid>, StoreError>;

    /// Deletes what cuts that were interrupted have left of entries before horizons.
    ///
    /// # Errors
    /// When the backend fails. What was deleted until then is gone.
    async fn finish_cuts(&self) -> Result<(), StoreError>;

    /// Erases an organisation: its entries, checkpoints, keys and names. Its name may be used anew, its key is not. Nothing
    /// of it is left in the data directory when this answers; when it fails on the way, the organisation is gone all the
    /// same, and the rest is erased when this is called again with the same key, and at the next start. Nobody may be committing entries of the organisation.
    ///
    /// # Errors
    /// When the organisation is unknown, or the backend fails.
    async fn erase_org(&self, key: OrgKey, now: Instant) -> Result<(), StoreError>;
}
