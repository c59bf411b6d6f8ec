//! Activities: additive facts, identified by event id and corrected by revision.

use crate::{ChangeSource, DealId, EventId, Instant, PersonId, SourceId};
use serde::{Deserialize, Serialize};

/// What somebody did.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    minicbor::Encode,
    minicbor::Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum ActivityKind {
    /// A call.
    #[n(0)]
    Call,
    /// An e-mail.
    #[n(1)]
    Email,
    /// A meeting.
    #[n(2)]
    Meeting,
    /// A task.
    #[n(3)]
    Task,
    /// A note: kept, not counted by the built-in KPI.
    #[n(4)]
    Note,
    /// Anything else: kept, not counted by the built-in KPI.
    #[n(5)]
    Other,
}

/// One activity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, minicbor::Encode, minicbor::Decode)]
#[serde(deny_unknown_fields)]
#[cbor(map)]
pub struct Activity {
    /// Where this is stated.
    #[n(0)]
    pub source: SourceId,
    /// Which activity.
    #[n(1)]
    pub event_id: EventId,
    /// A higher revision retracts and replaces a lower one.
    #[serde(default, skip_serializing_if = "crate::version::is_zero")]
    #[n(2)]
    #[cbor(skip_if = "crate::version::is_zero")]
    pub revision: u32,
    /// Whether this revision only retracts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[n(3)]
    #[cbor(skip_if = "std::ops::Not::not")]
    pub deleted: bool,
    /// Business time.
    #[n(4)]
    pub occurred_at: Instant,
    /// What was done.
    #[n(5)]
    pub kind: ActivityKind,
    /// Who did it.
    #[serde(default)]
    #[n(6)]
    pub owner: Option<PersonId>,
    /// The deal (of the same source) that it was done for.
    #[serde(default)]
    #[n(7)]
    pub deal: Option<DealId>,
    /// What recorded it; `bulk` and `bot` are kept out of activity KPIs.
    #[serde(default)]
    #[n(8)]
    pub change_source: ChangeSource,
}
