//! Activities: additive facts, identified by event id and corrected by revision.

use crate::{ChangeSource, DealId, EventId, Instant, PersonId, SourceId};
use serde::{Deserialize, Serialize};

/// What somebody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActivityKind {
    /// A call.
    Call,
    /// An e-mail.
    Email,
    /// A meeting.
    Meeting,
    /// A task.
    Task,
    /// A note: kept, not counted by the built-in KPI.
    Note,
    /// Anything else: kept, not counted by the built-in KPI.
    Other,
}

/// One activity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Activity {
    /// Where this is stated.
    pub source: SourceId,
    /// Which activity.
    pub event_id: EventId,
    /// A higher revision retracts and replaces a lower one.
    #[serde(default, skip_serializing_if = "crate::version::is_zero")]
    pub revision: u32,
    /// Whether this revision only retracts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub deleted: bool,
    /// Business time.
    pub occurred_at: Instant,
    /// What was done.
    pub kind: ActivityKind,
    /// Who did it.
    #[serde(default)]
    pub owner: Option<PersonId>,
    /// The deal (of the same source) that it was done for.
    #[serde(default)]
    pub deal: Option<DealId>,
    /// What recorded it; `bulk` and `bot` are kept out of activity KPIs.
    #[serde(default)]
    pub change_source: ChangeSource,
}
