//! Deal events: one change of a deal, or a snapshot of it, as a source states it.
//!
//! Invariant: an event that sets an amount sets the currency too, so that its minor units mean something on their own.

use crate::{
    AccountId, Currency, Date, DealId, Decimal, EventId, FieldMap, Instant, Label, Patch, PersonId,
    PipelineId, ProductId, SourceId, StageId, TeamId, Version,
};
use serde::{Deserialize, Serialize};

/// What happened, as the source tells it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, minicbor::Encode, minicbor::Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum DealEventKind {
    /// The deal came to be, or came back after a deletion.
    #[n(0)]
    DealCreated,
    /// Fields changed, or a snapshot was read.
    #[n(1)]
    DealUpdated,
    /// It moved to another stage.
    #[n(2)]
    StageChanged,
    /// It was won.
    #[n(3)]
    DealClosedWon,
    /// It was lost.
    #[n(4)]
    DealClosedLost,
    /// It was closed and is open again.
    #[n(5)]
    DealReopened,
    /// It was deleted.
    #[n(6)]
    DealDeleted,
    /// Another person owns it.
    #[n(7)]
    OwnerChanged,
}

/// Where a deal stands.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, minicbor::Encode, minicbor::Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Status {
    /// Neither won nor lost.
    #[n(0)]
    Open,
    /// Closed with success.
    #[n(1)]
    Won,
    /// Closed without.
    #[n(2)]
    Lost,
    /// Gone from restated figures.
    #[n(3)]
    Deleted,
}

/// How exact `occurred_at` is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, minicbor::Encode, minicbor::Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Quality {
    /// To the millisecond.
    #[n(0)]
    ExactMs,
    /// To the second.
    #[n(1)]
    ExactS,
    /// Near: a snapshot, or a log's append time.
    #[n(2)]
    Approximate,
    /// Only when we saw it.
    #[n(3)]
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
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Default,
    Serialize,
    Deserialize,
    minicbor::Encode,
    minicbor::Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum ChangeSource {
    /// A person.
    #[default]
    #[n(0)]
    User,
    /// A bulk edit.
    #[n(1)]
    Bulk,
    /// An automation.
    #[n(2)]
    Bot,
    /// An integration.
    #[n(3)]
    Api,
    /// A file.
    #[n(4)]
    Import,
}

/// The source's own forecast of a deal.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, minicbor::Encode, minicbor::Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum ForecastCategory {
    /// In the pipeline, not forecast.
    #[n(0)]
    Pipeline,
    /// Possible.
    #[n(1)]
    BestCase,
    /// Likely.
    #[n(2)]
    MostLikely,
    /// Committed.
    #[n(3)]
    Commit,
    /// Closed.
    #[n(4)]
    Closed,
    /// Left out on purpose.
    #[n(5)]
    Omitted,
}

/// A line of a deal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, minicbor::Encode, minicbor::Decode)]
#[cbor(map)]
pub struct ProductLine {
    /// The product.
    #[n(0)]
    pub product: ProductId,
    /// The line's total in the deal's currency; absent where the source has no line totals.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[n(1)]
    pub total_minor: Option<i64>,
    /// Quantity, for information.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[n(2)]
    pub quantity: Option<Decimal>,
}

/// The source's own conversion of an amount.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, minicbor::Encode, minicbor::Decode,
)]
#[cbor(map)]
pub struct HomeAmount {
    /// Minor units of `currency`.
    #[n(0)]
    pub minor: i64,
    /// The source's home currency.
    #[n(1)]
    pub currency: Currency,
}

/// The fields of a deal that a change touches.
#[derive(
    Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, minicbor::Encode, minicbor::Decode,
)]
#[serde(default, deny_unknown_fields)]
#[cbor(map)]
pub struct DealFields {
    /// Title, for display.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[n(0)]
    #[cbor(skip_if = "Patch::is_keep")]
    pub name: Patch<Label>,
    /// Who owns it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[n(1)]
    #[cbor(skip_if = "Patch::is_keep")]
    pub owner: Patch<PersonId>,
    /// The team that the source states on the deal (else the owner's counts).
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[n(2)]
    #[cbor(skip_if = "Patch::is_keep")]
    pub team: Patch<TeamId>,
    /// The region that the source states on the deal (else the owner's, then the team's counts).
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[n(3)]
    #[cbor(skip_if = "Patch::is_keep")]
    pub region: Patch<Label>,
    /// The account.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[n(4)]
    #[cbor(skip_if = "Patch::is_keep")]
    pub account: Patch<AccountId>,
    /// Minor units of `currency`. Absent is not zero.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[n(5)]
    #[cbor(skip_if = "Patch::is_keep")]
    pub amount_minor: Patch<i64>,
    /// The deal's currency.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[n(6)]
    #[cbor(skip_if = "Patch::is_keep")]
    pub currency: Patch<Currency>,
    /// The source's own converted amount.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[n(7)]
    #[cbor(skip_if = "Patch::is_keep")]
    pub amount_home: Patch<HomeAmount>,
    /// The pipeline.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[n(8)]
    #[cbor(skip_if = "Patch::is_keep")]
    pub pipeline: Patch<PipelineId>,
    /// The stage.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[n(9)]
    #[cbor(skip_if = "Patch::is_keep")]
    pub stage: Patch<StageId>,
    /// 0 to 1, at most six decimals.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[n(10)]
    #[cbor(skip_if = "Patch::is_keep")]
    pub probability: Patch<Decimal>,
    /// When it closed, or is due while open.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[n(11)]
    #[cbor(skip_if = "Patch::is_keep")]
    pub close_date: Patch<Date>,
    /// The source's forecast.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[n(12)]
    #[cbor(skip_if = "Patch::is_keep")]
    pub forecast_category: Patch<ForecastCategory>,
    /// Where it stands; the kind of event says it where this is absent.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[n(13)]
    #[cbor(skip_if = "Patch::is_keep")]
    pub status: Patch<Status>,
    /// When it was created.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[n(14)]
    #[cbor(skip_if = "Patch::is_keep")]
    pub created_on: Patch<Date>,
    /// What is sold.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[n(15)]
    #[cbor(skip_if = "Patch::is_keep")]
    pub products: Patch<Vec<ProductLine>>,
    /// How it was found.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    #[n(16)]
    #[cbor(skip_if = "Patch::is_keep")]
    pub lead_source: Patch<Label>,
    /// The organisation's own fields; `null` clears one.
    #[serde(skip_serializing_if = "FieldMap::is_empty")]
    #[n(17)]
    #[cbor(skip_if = "FieldMap::is_empty")]
    pub custom: FieldMap<Option<Label>>,
}

/// One change of a deal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, minicbor::Encode, minicbor::Decode)]
#[serde(deny_unknown_fields)]
#[cbor(map)]
pub struct DealEvent {
    /// The event's own id, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[n(0)]
    pub event_id: Option<EventId>,
    /// What happened.
    #[n(1)]
    pub kind: DealEventKind,
    /// Whose deal it is.
    #[n(2)]
    pub source: SourceId,
    /// The deal, as its source calls it.
    #[n(3)]
    pub deal: DealId,
    /// Which statement about the deal this is.
    #[n(4)]
    pub version: Version,
    /// Business time.
    #[n(5)]
    pub occurred_at: Instant,
    /// How exact the business time is.
    #[n(6)]
    pub quality: Quality,
    /// Who made the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[n(7)]
    pub actor: Option<PersonId>,
    /// What made the change.
    #[serde(default)]
    #[n(8)]
    #[cbor(default)]
    pub change_source: ChangeSource,
    /// What changed.
    #[n(9)]
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
