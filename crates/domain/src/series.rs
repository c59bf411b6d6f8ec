//! Figures over time: series, and comparison with the period before. The shapes that the engine and every client share.

use crate::{Answer, Dimension, Grain, Group, Instant, KpiId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One bucket of a series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    /// First date or, for hours, instant.
    pub from: String,
    /// First date or instant after it.
    pub to: String,
    /// As in an answer for that range.
    pub groups: Vec<Group>,
}

/// A KPI over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// Which KPI.
    pub kpi: KpiId,
    /// How long a bucket is.
    pub grain: Grain,
    /// As known at this time; restated when absent.
    pub as_known: Option<Instant>,
    /// Oldest first; they tile the range.
    pub buckets: Vec<Bucket>,
}

/// A group now and in the previous period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The group's dimension values.
    pub key: BTreeMap<Dimension, String>,
    /// Value in the range.
    pub value: Option<String>,
    /// Value in the previous period.
    pub previous: Option<String>,
    /// The one less the other, where both can be told.
    pub difference: Option<String>,
    /// The difference over the previous value (6 digits), where that is not zero.
    pub ratio: Option<String>,
}

/// A KPI in a range and in the period before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// The range.
    pub current: Answer,
    /// The period before: where the range is not over, up to the same elapsed point.
    pub previous: Answer,
    /// By group of either.
    pub changes: Vec<Change>,
}
