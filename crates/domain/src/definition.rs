//! A KPI definition's form: what a definition file holds, unread and unchecked.
//!
//! The KPI engine reads these from YAML, checks them and says what is wrong; here is the shape alone, so that clients can
//! show it.

use crate::KpiId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One value, or any of several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Condition {
    /// A yes-or-no field.
    Flag(bool),
    /// A field or dimension with this value.
    Is(String),
    /// A field or dimension with one of these values.
    AnyOf(Vec<String>),
}

/// What a formula's name stands for: a measure of facts, or another KPI.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputSpec {
    /// The fact that is measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact: Option<String>,
    /// Which of those facts count.
    #[serde(default, rename = "where", skip_serializing_if = "BTreeMap::is_empty")]
    pub conditions: BTreeMap<String, Condition>,
    /// `count`, `count FIELD`, `missing FIELD`, `sum FIELD`, `median FIELD`, `distinct deals`, `distinct owners`,
    /// `last FIELD`, `min FIELD` or `max FIELD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<String>,
    /// The KPI that is used instead of a fact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kpi: Option<String>,
}

/// A figure beside the value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartSpec {
    /// Its formula.
    pub formula: String,
    /// `money`, `money_per_day`, `ratio`, `days`, `count`, `number` or `per` (a number with 2 digits).
    pub unit: String,
}

/// The interval that goes with few deals: of a share, or of a mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntervalSpec {
    /// Wilson's interval of a share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<ShareSpec>,
    /// Student's interval of a mean: the input that sums the values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mean: Option<String>,
}

/// A share: formulas that count its hits and all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShareSpec {
    /// Counts the hits.
    pub hits: String,
    /// Counts all.
    pub of: String,
}

/// A parameter that a question may set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParameterSpec {
    /// What it does.
    pub about: String,
    /// Its value when the question does not set it; without one the question must.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// The values that it may have; without a list, a whole number from 0 to 3,650, or a text for `metric_type`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

/// Which way is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
}

/// A definition file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Lower-case letters, digits and underscores.
    pub id: KpiId,
    /// Display name.
    pub name: String,
    /// What it tells, in a sentence.
    pub description: String,
    /// `money`, `money_per_day`, `ratio`, `days`, `count` or `number`.
    pub unit: String,
    /// Which way is good.
    pub better: Better,
    /// What places a fact in the range, in words.
    pub anchor: String,
    /// Which deals it counts, in words.
    pub counts: String,
    /// Which it leaves out, in words.
    pub leaves_out: String,
    /// What a question may set.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, ParameterSpec>,
    /// What the formulas' names stand for.
    #[serde(default)]
    pub inputs: BTreeMap<String, InputSpec>,
    /// The value.
    #[serde(default)]
    pub formula: String,
    /// Other formulas for values of the parameter that [`Self::formula_of`] names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub formulas: BTreeMap<String, String>,
    /// The parameter that chooses among [`Self::formulas`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formula_of: Option<String>,
    /// The number of deals behind the value.
    #[serde(default)]
    pub n: String,
    /// Figures beside the value.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parts: BTreeMap<String, PartSpec>,
    /// The interval that goes with few deals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<IntervalSpec>,
    /// Whether this ranks the KPI that parameter `kpi` names, by the dimension that parameter `by` names.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ranking: bool,
}
