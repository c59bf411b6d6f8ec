//! What is kept of an organisation's history, cutting it off, and what can still be proved afterwards.

use salescope_domain::{Answer, Instant, Query};
use serde::{Deserialize, Serialize};

/// Where an organisation's history begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryStart {
    /// The first entry that is kept: 1, or the one after the baseline.
    pub first_seq: u64,
    /// What stands for the entries before it.
    pub baseline: Option<BaselineInfo>,
}

/// What is known of the state that stands for entries that are no longer kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BaselineInfo {
    /// The last entry that it includes.
    pub tenant_seq: u64,
    /// When it was made and verified.
    pub verified_at: Instant,
    /// Answers that were compared then. None differed, or there would be no baseline.
    pub answers: u64,
    /// The last entry up to which the other side was an independent recomputation from all entries; 0 for none. Entries after
    /// it are in the baseline as the engine folded them, compared with the live state.
    pub recomputed_seq: u64,
}

/// What a cut took away, or would.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CutReport {
    /// Entries that went, or would.
    pub entries: u64,
    /// The first entry that is kept then.
    pub first_seq: u64,
    /// The last entry of the journal.
    pub last_seq: u64,
    /// A dead letter that keeps itself and later entries from going: decide about it first.
    pub held_by: Option<u64>,
    /// What stands for entries that are no longer kept, after a cut for those that went with it.
    pub baseline: Option<BaselineInfo>,
}

/// The live state, compared with one made anew from what is kept: the baseline, then entry by entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptVerified {
    /// Where history began.
    pub start: HistoryStart,
    /// The entry at which the last questions were answered.
    pub tenant_seq: u64,
    /// Kept entries that are put aside, and left out on both sides.
    pub left_out: u64,
    /// Questions that were asked.
    pub queries: Vec<Query>,
    /// Groups of their answers.
    pub groups: u64,
    /// The first question with two answers.
    pub difference: Option<KeptDifference>,
}

/// A question with two answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptDifference {
    /// The question.
    pub query: Query,
    /// The entry at which it was asked.
    pub tenant_seq: u64,
    /// What the live state says.
    pub live: Answer,
    /// What the state says that was made anew.
    pub rebuilt: Answer,
}
