//! What is stated, and what became of it.

use salescope_domain::{Instant, Payload, limits::Refusal};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Something to be journaled, unless it is no news.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// What is stated.
    pub payload: Payload,
    /// When the source knew it: only from a source's own change history, in its backfill. The commit time where absent; a
    /// later one than the commit time is lowered to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_at: Option<Instant>,
}

impl Submission {
    /// A statement that becomes known with its commit.
    #[must_use]
    pub fn live(payload: Payload) -> Self {
        Self { payload, known_at: None }
    }
}

/// One organisation's part of a request, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Slice {
    /// What is stated.
    pub submissions: Vec<Submission>,
    /// What the request holds in memory, in bytes: admission counts by it. The size of the request's body, or an estimate.
    pub bytes: u64,
    /// Only says what would become of it: nothing is journaled, and positions are those that it would get now.
    #[serde(default)]
    pub dry_run: bool,
}

/// What became of a submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// It is an entry now, on durable storage.
    Appended {
        /// Its position in the organisation's journal.
        tenant_seq: u64,
    },
    /// It is no news: the journal holds this statement, or a later one of the same identity.
    Unchanged,
    /// It breaks a rule and was left out.
    Rejected(Box<Rejected>),
}

/// Why a submission was left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// Stable code.
    pub code: Cow<'static, str>,
    /// JSON pointer into the payload.
    pub path: Cow<'static, str>,
    /// What is wrong.
    pub message: String,
}

impl From<Rejected> for Outcome {
    fn from(rejected: Rejected) -> Self {
        Self::Rejected(Box::new(rejected))
    }
}

impl From<Refusal> for Outcome {
    fn from(Refusal { code, path, message }: Refusal) -> Self {
        Rejected { code: code.into(), path: path.into(), message }.into()
    }
}

/// What became of a slice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ingested {
    /// One for each submission, in order.
    pub outcomes: Vec<Outcome>,
    /// The organisation's last entry that was durable and applied when this was answered. Not before any that the slice
    /// appended, nor before the originals of what it repeated.
    pub tenant_seq: u64,
}
