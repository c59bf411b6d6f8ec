//! Deal events: one change of a deal, or a snapshot of it, as a source states it.
//!
//! Invariant: an event that sets an amount sets the currency too, so that its minor units mean something on their own.

use crate::{
    AccountId, Currency, Date, DealId, Decimal, EventId, FieldName, Instant, Label, Patch, PersonId,
    PipelineId, ProductId, SourceId, StageId, TeamId, Version,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What happened, as the source tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DealEventKind {
    /// The deal came to be, or came back after a deletion.
    DealCreated,
    /// Fields changed, or a snapshot was read.
    DealUpdated,
    /// It moved to another stage.
    StageChanged,
    /// It was won.
    DealClosedWon,
    /// It was lost.
    DealClosedLost,
    /// It was closed and is open again.
    DealReopened,
    /// It was deleted.
    DealDeleted,
    /// Another person owns it.
    OwnerChanged,
}

/// Where a deal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Neither won nor lost.
    Open,
    /// Closed with success.
    Won,
    /// Closed without.
    Lost,
    /// Gone from restated figures.
    Deleted,
}

/// How exact `occurred_at` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quality {
    /// To the millisecond.
    ExactMs,
    /// To the second.
    ExactS,
    /// Near: a snapshot, or a log's append time.
    Approximate,
    /// Only when we saw it.
    Observed,
}

impl Quality {
    /// Whether the change happened then, rather than some time before.
    #[must_use]
    pub fn is_exact(self) -> bool {
        matches!(self, Self::ExactMs | Self::ExactS)
    }
}

/// Who or what made the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeSource {
    /// A person.
    #[default]
    User,
    /// A bulk edit.
    Bulk,
    /// An automation.
    Bot,
    /// An integration.
    Api,
    /// A file.
    Import,
}

/// The source's own forecast of a deal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ForecastCategory {
    /// In the pipeline, not forecast.
    Pipeline,
    /// Possible.
    BestCase,
    /// Likely.
    MostLikely,
    /// Committed.
    Commit,
    /// Closed.
    Closed,
    /// Left out on purpose.
    Omitted,
}

/// A line of a deal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductLine {
    /// The product.
    pub product: ProductId,
    /// The line's total in the deal's currency; absent where the source has no line totals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_minor: Option<i64>,
    /// Quantity, for information.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Decimal>,
}

/// The source's own conversion of an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HomeAmount {
    /// Minor units of `currency`.
    pub minor: i64,
    /// The source's home currency.
    pub currency: Currency,
}

/// The fields of a deal that a change touches.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DealFields {
    /// Title, for display.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub name: Patch<Label>,
    /// Who owns it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub owner: Patch<PersonId>,
    /// The team that the source states on the deal (else the owner's counts).
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub team: Patch<TeamId>,
    /// The region that the source states on the deal (else the owner's, then the team's counts).
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub region: Patch<Label>,
    /// The account.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub account: Patch<AccountId>,
    /// Minor units of `currency`. Absent is not zero.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub amount_minor: Patch<i64>,
    /// The deal's currency.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub currency: Patch<Currency>,
    /// The source's own converted amount.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub amount_home: Patch<HomeAmount>,
    /// The pipeline.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub pipeline: Patch<PipelineId>,
    /// The stage.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub stage: Patch<StageId>,
    /// 0 to 1, at most six decimals.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub probability: Patch<Decimal>,
    /// When it closed, or is due while open.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub close_date: Patch<Date>,
    /// The source's forecast.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub forecast_category: Patch<ForecastCategory>,
    /// Where it stands; the kind of event says it where this is absent.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub status: Patch<Status>,
    /// When it was created.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub created_on: Patch<Date>,
    /// What is sold.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub products: Patch<Vec<ProductLine>>,
    /// How it was found.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub lead_source: Patch<Label>,
    /// The organisation's own fields; `null` clears one.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub custom: BTreeMap<FieldName, Option<Label>>,
}

/// One change of a deal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DealEvent {
    /// The event's own id, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_id: Option<EventId>,
    /// What happened.
    pub kind: DealEventKind,
    /// Whose deal it is.
    pub source: SourceId,
    /// The deal, as its source calls it.
    pub deal: DealId,
    /// Which statement about the deal this is.
    pub version: Version,
    /// Business time.
    pub occurred_at: Instant,
    /// How exact the business time is.
    pub quality: Quality,
    /// Who made the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<PersonId>,
    /// What made the change.
    #[serde(default)]
    pub change_source: ChangeSource,
    /// What changed.
    pub set: DealFields,
}

/// Deals that turned out to be one: the survivor keeps the earliest creation, the losers become its aliases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DealMerge {
    /// Whose deals they are.
    pub source: SourceId,
    /// The deal that stays.
    pub survivor: DealId,
    /// The deals that go.
    pub losers: Vec<DealId>,
    /// Which statement this is (one sequence of versions for each survivor's merges).
    pub version: Version,
    /// Business time.
    pub occurred_at: Instant,
}
