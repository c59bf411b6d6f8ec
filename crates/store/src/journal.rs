//! The journal's port: organisations, and the entries that everything else is computed from.

use crate::{OrgHead, OrgKey, Slice, StoreError};
use async_trait::async_trait;
use salescope_domain::{Entry, Instant, OrgId};
use salescope_engine_api::JournalStats;

/// What is known of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    /// The block that holds it: blocks count from 1 without gaps.
    pub block_seq: u64,
    /// The journaled time: `now`, or the last block's where our clock stepped back.
    pub committed_at: Instant,
}

/// Why a commit did not take place, or may not have.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Certainly nothing was written. The same slices may be committed later: the disk was full, or a file was held.
    #[error("the commit was refused")]
    Refused(#[source] StoreError),
    /// Whether it was written is unknown, and every later commit fails too: the process must end and recover from the disk.
    /// A failed fsync is never tried again, as the system may have dropped what it failed to write.
    #[error("the journal failed")]
    Fatal(#[source] StoreError),
}

/// Organisations and their journals.
#[async_trait]
pub trait Journal: Send + Sync {
    /// Counts the openings of this data directory, this one included; each block bears it.
    fn epoch(&self) -> u64;

    /// Creates organisations with empty journals, in one durable step. One answer for each, in order: one that exists
    /// does not keep the others from being created.
    ///
    /// # Errors
    /// When the backend fails; none is created then.
    async fn create_orgs(
        &self,
        orgs: &[OrgId],
        now: Instant,
    ) -> Result<Vec<Result<OrgKey, StoreError>>, StoreError>;

    /// Every organisation, sorted by name. From memory.
    fn heads(&self) -> Vec<OrgHead>;

    /// One organisation. From memory.
    fn head(&self, key: OrgKey) -> Option<OrgHead>;

    /// The organisation of this name. From memory.
    fn find(&self, org: &OrgId) -> Option<OrgKey>;

    /// Journals slices in one atomic and durable step. The slices of an organisation go on where its journal ends.
    /// Without slices nothing is written, and the answer tells the last commit.
    ///
    /// # Errors
    /// Tells whether anything can have been written.
    async fn commit(&self, slices: Vec<Slice>, now: Instant) -> Result<Committed, CommitError>;

    /// The entries after position `after`, in order: at least one where there are any, at most `limit` (which a backend may
    /// lower). An empty answer means that the end is reached.
    ///
    /// # Errors
    /// When the organisation is unknown, an entry is missing or damaged, or the backend fails.
    async fn read(&self, key: OrgKey, after: u64, limit: usize) -> Result<Vec<Entry>, StoreError>;

    /// Counts an organisation's entries.
    ///
    /// # Errors
    /// When the organisation is unknown or the backend fails.
    async fn stats(&self, key: OrgKey) -> Result<JournalStats, StoreError>;
}
