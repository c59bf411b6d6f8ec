//! The journal's port: organisations, and the entries that everything else is computed from.

use crate::StoreError;
use async_trait::async_trait;
use salescope_domain::{Entry, Instant, OrgId, Payload, limits::Refusal};

/// Something to be journaled, unless it is no news.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// What is stated.
    pub payload: Payload,
    /// When the source knew it: only from a source's own change history, in its backfill. The commit time where absent; a
    /// later one than the commit time is lowered to it.
    pub known_at: Option<Instant>,
}

impl Submission {
    /// A statement that becomes known with its commit.
    #[must_use]
    pub fn live(payload: Payload) -> Self {
        Self { payload, known_at: None }
    }
}

/// What became of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is an entry now, on durable storage.
    Appended {
        /// Its position in the organisation's journal.
        tenant_seq: u64,
    },
    /// It is no news: the journal holds this statement, or a later one of the same identity.
    Unchanged,
    /// It breaks a rule and was left out.
    Rejected {
        /// Stable code.
        code: &'static str,
        /// JSON pointer into the payload.
        path: &'static str,
        /// What is wrong.
        message: String,
    },
}

impl From<Refusal> for Outcome {
    fn from(Refusal { code, path, message }: Refusal) -> Self {
        Self::Rejected { code, path, message }
    }
}

/// The size of an organisation's journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JournalStats {
    /// Entries, counted.
    pub entries: u64,
    /// The last entry's position; 0 when there is none. Equal to `entries` in a sound journal.
    pub last_tenant_seq: u64,
}

/// Organisations and their journals.
#[async_trait]
pub trait Journal: Send + Sync {
    /// Creates an organisation with an empty journal.
    ///
    /// # Errors
    /// When it exists, or the backend fails.
    async fn create_org(&self, org: &OrgId, now: Instant) -> Result<(), StoreError>;

    /// Every organisation, sorted.
    ///
    /// # Errors
    /// When the backend fails.
    async fn orgs(&self) -> Result<Vec<OrgId>, StoreError>;

    /// Journals what is news, in order, in one atomic and durable step; answers one outcome for each submission, in the
    /// same order. `now` is our clock; the commit time is never lower than the organisation's last one.
    ///
    /// # Errors
    /// When the organisation is unknown, there are too many submissions or the backend fails. Nothing is journaled then,
    /// unless the failure hid a commit that took place; submitting the same again is always safe.
    async fn append(
        &self,
        org: &OrgId,
        submissions: Vec<Submission>,
        now: Instant,
    ) -> Result<Vec<Outcome>, StoreError>;

    /// Most submissions that one append takes.
    fn submissions_per_append_max(&self) -> usize;

    /// The entries after position `after`, in order: at least one where there are any, at most `limit` (which a backend
    /// may lower). An empty answer means that the end is reached.
    ///
    /// # Errors
    /// When the organisation is unknown, an entry is missing or damaged, or the backend fails.
    async fn read(&self, org: &OrgId, after: u64, limit: usize) -> Result<Vec<Entry>, StoreError>;

    /// Counts an organisation's entries.
    ///
    /// # Errors
    /// When the organisation is unknown or the backend fails.
    async fn stats(&self, org: &OrgId) -> Result<JournalStats, StoreError>;
}
