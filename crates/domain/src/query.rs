//! Questions about KPIs and their answers: the shapes that the engine, its oracle and every client share.

use crate::{DateRange, FieldName, Instant, KpiId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

/// What a missing dimension value prints as.
pub const NONE: &str = "none";

/// A dimension of a fact.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Dimension {
    /// The credited person.
    Owner,
    /// Their team.
    Team,
    /// Their region.
    Region,
    /// What is sold.
    Product,
    /// Stage.
    Stage,
    /// Pipeline.
    Pipeline,
    /// Customer company.
    Account,
    /// Connected system.
    Source,
    /// How the deal was found.
    LeadSource,
    /// The deal's currency.
    Currency,
    /// A field of the organisation's own.
    Own(FieldName),
}

/// The built-in dimensions, in the order in which they are listed.
pub const BUILT_IN: [(&str, Dimension); 10] = [
    ("owner", Dimension::Owner),
    ("team", Dimension::Team),
    ("region", Dimension::Region),
    ("product", Dimension::Product),
    ("stage", Dimension::Stage),
    ("pipeline", Dimension::Pipeline),
    ("account", Dimension::Account),
    ("source", Dimension::Source),
    ("lead_source", Dimension::LeadSource),
    ("currency", Dimension::Currency),
];

impl FromStr for Dimension {
    type Err = crate::IdError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match BUILT_IN.iter().find(|(name, _)| *name == text) {
            Some((_, dimension)) => Ok(dimension.clone()),
            None => FieldName::new(text).map(Self::Own),
        }
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Self::Own(field) = self {
            return write!(f, "{field}");
        }
        let name = BUILT_IN.iter().find(|(_, dimension)| dimension == self).map(|(name, _)| *name);
        f.write_str(name.expect("every dimension but an own field is in the list"))
    }
}

impl TryFrom<String> for Dimension {
    type Error = crate::IdError;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Dimension> for String {
    fn from(dimension: Dimension) -> Self {
        dimension.to_string()
    }
}

/// Filters: any of the values of a dimension, all of the dimensions.
pub type Filters = BTreeMap<Dimension, BTreeSet<String>>;

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Query {
    /// Which KPI.
    pub kpi: KpiId,
    /// Which dates.
    pub range: DateRange,
    /// At most two.
    pub group_by: Vec<Dimension>,
    /// Which facts.
    pub filters: Filters,
    /// The KPI's parameters by name.
    pub params: BTreeMap<String, String>,
    /// As known at this time; restated when absent.
    pub as_known: Option<Instant>,
    /// The time at which the question is asked.
    pub now: Instant,
}

impl Query {
    /// A restated question without groups, filters and parameters.
    #[must_use]
    pub fn new(kpi: KpiId, range: DateRange, now: Instant) -> Self {
        Self {
            kpi,
            range,
            group_by: Vec::new(),
            filters: Filters::new(),
            params: BTreeMap::new(),
            as_known: None,
            now,
        }
    }
}

/// One group of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The group's dimension values, by dimension.
    pub key: BTreeMap<Dimension, String>,
    /// A decimal, or nothing where the figure cannot be told.
    pub value: Option<String>,
    /// A currency code, `ratio`, `days`, `count` or `number`; a rate per day ends in `/day`.
    pub unit: String,
    /// Deals behind the value.
    pub n: u64,
    /// Figures that belong to the value.
    pub parts: BTreeMap<String, Option<String>>,
    /// Stable codes.
    pub notes: BTreeSet<String>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Which KPI.
    pub kpi: KpiId,
    /// Which dates.
    #[serde(flatten)]
    pub range: DateRange,
    /// As known at this time; restated when absent.
    pub as_known: Option<Instant>,
    /// The groups, sorted by key (a leaderboard: by rank).
    pub groups: Vec<Group>,
}
