//! Why a figure is what it is, as told: the shapes that the engine and every client share.

use crate::{Definition, InputSpec, Instant};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// A deal in a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Included {
    /// The connected system.
    pub source: String,
    /// The deal's id there.
    pub deal: String,
    /// What the figure would be with this deal alone, where that can be told.
    pub value: Option<String>,
    /// The entry that made its last version.
    pub tenant_seq: u64,
}

/// A deal left out of a figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The connected system.
    pub source: String,
    /// The deal's id there.
    pub deal: String,
    /// Why, as a stable code.
    pub reason: Cow<'static, str>,
}

/// A line of what changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeLine {
    /// The deal, or nothing for what is not of one deal: time, rates, people, quotas, settings, activities.
    pub deal: Option<String>,
    /// The connected system of the deal.
    pub source: Option<String>,
    /// The last entry of the deal that is known now and was not known then.
    pub tenant_seq: Option<u64>,
    /// What it added to the figure; all lines sum to the change exactly.
    pub change: String,
}

/// What changed a figure between two times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeReport {
    /// The earlier time.
    pub since: Instant,
    /// The figure as known then.
    pub before: Option<String>,
    /// The figure as asked.
    pub after: Option<String>,
    /// The one less the other; a figure that cannot be told stands as 0.
    pub change: String,
    /// Lines that sum to it, in the order of the journal.
    pub lines: Vec<ChangeLine>,
}

/// Why a figure is what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// The definition, formula and all.
    pub definition: Definition,
    /// The formula that was used.
    pub formula: String,
    /// The figure.
    pub value: Option<String>,
    /// Its unit.
    pub unit: String,
    /// Deals behind it.
    pub n: u64,
    /// Figures that belong to it.
    pub parts: BTreeMap<String, Option<String>>,
    /// Stable codes.
    pub notes: BTreeSet<String>,
    /// The inputs of the formula: what they are, and their value.
    pub inputs: BTreeMap<String, ExplainedInput>,
    /// How many deals are in it.
    pub included_count: u64,
    /// The first of them.
    pub included: Vec<Included>,
    /// How many were left out, by reason.
    pub left_out_counts: BTreeMap<Cow<'static, str>, u64>,
    /// The first of them.
    pub left_out: Vec<LeftOut>,
    /// What changed since a time, when asked.
    pub changes: Option<ChangeReport>,
}

/// An input of a formula.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExplainedInput {
    /// What it measures.
    #[serde(flatten)]
    pub spec: InputSpec,
    /// Its value, printed in its own unit.
    pub value: Option<String>,
}
