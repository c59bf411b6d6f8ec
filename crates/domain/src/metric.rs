//! Metric points: numbers that somebody posts, additive facts like activities.

use crate::{Decimal, EventId, FieldMap, Instant, Label, SourceId};
use serde::{Deserialize, Serialize};

/// One number at one time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, minicbor::Encode, minicbor::Decode)]
#[serde(deny_unknown_fields)]
#[cbor(map)]
pub struct MetricPoint {
    /// Where this is stated.
    #[n(0)]
    pub source: SourceId,
    /// Which point.
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
    pub time: Instant,
    /// What was measured.
    #[n(5)]
    pub metric_type: Label,
    /// How much, in the metric's own unit.
    #[n(6)]
    pub value: Decimal,
    /// Dimension values, by dimension name; `owner` and `team` hold ids.
    #[serde(default)]
    #[n(7)]
    #[cbor(skip_if = "FieldMap::is_empty")]
    pub dimensions: FieldMap<Label>,
    /// What goes with the point without being a dimension: kept, no figure depends on it.
    #[serde(default, skip_serializing_if = "FieldMap::is_empty")]
    #[n(8)]
    #[cbor(skip_if = "FieldMap::is_empty")]
    pub metadata: FieldMap<Label>,
}
