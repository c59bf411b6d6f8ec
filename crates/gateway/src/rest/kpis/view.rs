//! Answers as JSON.

use crate::rest::labels::Labels;
use crate::rest::position::Position;
use salescope_domain::query::NONE;
use salescope_domain::{Change, DateRange, Explanation, Group, Instant, Series};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// One group of an answer.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct GroupItem {
    /// The group's dimension values, by dimension; people and teams by id.
    key: BTreeMap<String, String>,
    /// The names of people and teams in the key, by dimension.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    names: BTreeMap<String, String>,
    /// A decimal; null where the figure cannot be told.
    value: Option<String>,
    /// A currency code, `ratio`, `days`, `count` or `number`; a rate per day ends in `/day`.
    unit: String,
    /// Deals behind the value.
    n: u64,
    /// Figures that belong to the value.
    parts: BTreeMap<String, Option<String>>,
    /// Stable codes that say what to know about the figure.
    notes: BTreeSet<String>,
}

impl GroupItem {
    /// The group's dimension values, by dimension.
    pub(crate) fn key(&self) -> &BTreeMap<String, String> {
        &self.key
    }

    /// Whether each person and team in the key has its name beside it.
    pub(crate) fn is_named(&self) -> bool {
        let goes_by_id = |(dimension, id): &(&String, &String)| {
            ["owner", "team"].contains(&dimension.as_str()) && id.as_str() != NONE
        };
        self.key.iter().filter(goes_by_id).all(|(dimension, _)| self.names.contains_key(dimension))
    }
}

/// A group now and in the period before.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChangeItem {
    /// The group's dimension values, by dimension.
    key: BTreeMap<String, String>,
    /// The names of people and teams in the key.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    names: BTreeMap<String, String>,
    /// Value in the range.
    value: Option<String>,
    /// Value in the period before.
    previous: Option<String>,
    /// The one less the other.
    difference: Option<String>,
    /// The difference over the previous value.
    ratio: Option<String>,
}

/// A KPI in a range.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KpiAnswer {
    /// Where the state stood.
    pub(super) position: Position,
    /// Which KPI.
    pub(super) kpi: String,
    /// First date.
    pub(super) from: String,
    /// First date after it.
    pub(super) to: String,
    /// As known at this time; restated when null.
    pub(super) as_known: Option<String>,
    /// The groups, sorted by key (a leaderboard: by rank).
    pub(super) groups: Vec<GroupItem>,
    /// The period before, when asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) comparison: Option<Compared>,
}

/// The period before.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Compared {
    /// First date.
    pub(super) from: String,
    /// First date after it.
    pub(super) to: String,
    /// Its groups.
    pub(super) groups: Vec<GroupItem>,
    /// What changed, by group of either.
    pub(super) changes: Vec<ChangeItem>,
}

/// A bucket of a series.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BucketItem {
    /// First date or, for hours, time.
    from: String,
    /// First date or time after it.
    to: String,
    /// As in an answer for that range.
    groups: Vec<GroupItem>,
}

/// A KPI over time.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SeriesAnswer {
    position: Position,
    /// Which KPI.
    kpi: String,
    /// How long a bucket is.
    grain: String,
    /// As known at this time; restated when null.
    as_known: Option<String>,
    /// Oldest first; they tile the range.
    buckets: Vec<BucketItem>,
}

/// Why a figure is what it is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExplanationAnswer {
    position: Position,
    /// The figure.
    value: Option<String>,
    /// Its unit.
    unit: String,
    /// Deals behind it.
    n: u64,
    /// The formula that was used.
    formula: String,
    /// The inputs of the formula: what they are, and their value.
    #[schema(value_type = Object)]
    inputs: serde_json::Value,
    /// Figures that belong to it.
    parts: BTreeMap<String, Option<String>>,
    /// Stable codes that say what to know about the figure.
    notes: BTreeSet<String>,
    /// How many deals are in it.
    included_count: u64,
    /// The first of them.
    included: Vec<IncludedItem>,
    /// How many deals were left out, by reason.
    left_out_counts: BTreeMap<String, u64>,
    /// The first of them.
    left_out: Vec<LeftOutItem>,
    /// What changed since a time, when asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<ChangesItem>,
    /// The KPI's definition.
    #[schema(value_type = Object)]
    definition: serde_json::Value,
}

/// A deal in a figure.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct IncludedItem {
    /// The connected system.
    source: String,
    /// The deal's id there.
    deal_id: String,
    /// What the figure would be with this deal alone.
    value: Option<String>,
    /// The entry that made its last version.
    tenant_seq: u64,
}

/// A deal left out of a figure.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LeftOutItem {
    /// The connected system.
    source: String,
    /// The deal's id there.
    deal_id: String,
    /// Why, as a stable code.
    reason: String,
}

/// What changed a figure between two times.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChangesItem {
    /// The earlier time.
    since: String,
    /// The figure as known then.
    before: Option<String>,
    /// The figure as asked.
    after: Option<String>,
    /// The one less the other.
    change: String,
    /// Lines that sum to it exactly.
    lines: Vec<ChangeLineItem>,
}

/// A line of what changed.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChangeLineItem {
    /// The deal, or null for what is not of one deal.
    deal_id: Option<String>,
    /// The connected system of the deal.
    source: Option<String>,
    /// The last entry of the deal that was not known then.
    tenant_seq: Option<u64>,
    /// What it added.
    change: String,
}

pub(super) fn time(at: Option<Instant>) -> Option<String> {
    at.map(|at| at.to_string())
}

pub(crate) fn groups(groups: Vec<Group>, labels: &Labels) -> Vec<GroupItem> {
    let item = |group: Group| GroupItem {
        names: labels.of_key(&group.key),
        key: group.key.into_iter().map(|(dimension, value)| (dimension.to_string(), value)).collect(),
        value: group.value,
        unit: group.unit,
        n: group.n,
        parts: group.parts,
        notes: group.notes,
    };
    groups.into_iter().map(item).collect()
}

pub(super) fn compared(
    range: DateRange,
    previous: Vec<Group>,
    changes: Vec<Change>,
    labels: &Labels,
) -> Compared {
    let item = |change: Change| ChangeItem {
        names: labels.of_key(&change.key),
        key: change.key.into_iter().map(|(dimension, value)| (dimension.to_string(), value)).collect(),
        value: change.value,
        previous: change.previous,
        difference: change.difference,
        ratio: change.ratio,
    };
    Compared {
        from: range.from.to_string(),
        to: range.to.to_string(),
        groups: groups(previous, labels),
        changes: changes.into_iter().map(item).collect(),
    }
}

impl SeriesAnswer {
    pub(super) fn new(position: Position, series: Series, labels: &Labels) -> Self {
        let buckets = series.buckets.into_iter().map(|bucket| BucketItem {
            from: bucket.from,
            to: bucket.to,
            groups: groups(bucket.groups, labels),
        });
        Self {
            position,
            kpi: series.kpi.to_string(),
            grain: crate::rest::deals::view::word(&series.grain),
            as_known: time(series.as_known),
            buckets: buckets.collect(),
        }
    }
}

impl ExplanationAnswer {
    pub(super) fn new(position: Position, told: Explanation) -> Result<Self, serde_json::Error> {
        let included = told.included.into_iter().map(|deal| IncludedItem {
            source: deal.source,
            deal_id: deal.deal,
            value: deal.value,
            tenant_seq: deal.tenant_seq,
        });
        let left_out = told.left_out.into_iter().map(|deal| LeftOutItem {
            source: deal.source,
            deal_id: deal.deal,
            reason: deal.reason.into_owned(),
        });
        let changes = told.changes.map(|report| ChangesItem {
            since: report.since.to_string(),
            before: report.before,
            after: report.after,
            change: report.change,
            lines: report
                .lines
                .into_iter()
                .map(|line| ChangeLineItem {
                    deal_id: line.deal,
                    source: line.source,
                    tenant_seq: line.tenant_seq,
                    change: line.change,
                })
                .collect(),
        });
        Ok(Self {
            position,
            value: told.value,
            unit: told.unit,
            n: told.n,
            formula: told.formula,
            inputs: serde_json::to_value(told.inputs)?,
            parts: told.parts,
            notes: told.notes,
            included_count: told.included_count,
            included: included.collect(),
            left_out_counts: told.left_out_counts.into_iter().map(|(why, n)| (why.into_owned(), n)).collect(),
            left_out: left_out.collect(),
            changes,
            definition: serde_json::to_value(told.definition)?,
        })
    }
}
