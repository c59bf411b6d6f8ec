//! People, teams, stages, quotas and exchange rates as they are now: the shapes that the engine and every client share. Names are not
//! here: they live in erasable tables.

use crate::{
    Currency, Date, DateRange, Decimal, ForecastCategory, Instant, Label, PersonId, PipelineId, QuotaHolder,
    QuotaId, QuotaTarget, SourceId, StageId, StageOutcome, TeamId,
};
use serde::{Deserialize, Serialize};

/// A person, as far as figures depend on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonView {
    /// Who.
    pub person: PersonId,
    /// The team that the person is in.
    pub team: Option<TeamId>,
    /// The person's own region.
    pub region: Option<Label>,
    /// From when on this was known.
    pub known_at: Instant,
    /// The entry that says so.
    pub tenant_seq: u64,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamView {
    /// Which team.
    pub team: TeamId,
    /// Its region.
    pub region: Option<Label>,
    /// From when on this was known.
    pub known_at: Instant,
    /// The entry that says so.
    pub tenant_seq: u64,
}

/// A stage of the funnel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StageView {
    /// Where it is stated.
    pub source: SourceId,
    /// Which stage.
    pub stage: StageId,
    /// Its pipeline.
    pub pipeline: Option<PipelineId>,
    /// The pipeline's display name.
    pub pipeline_name: Option<Label>,
    /// Display name.
    pub name: Option<Label>,
    /// Position in the pipeline: a further stage has a higher one.
    pub position: u16,
    /// What it means.
    pub outcome: StageOutcome,
    /// Probability of deals that state none, 0 to 1.
    pub probability: Option<Decimal>,
    /// Forecast category of deals that state none.
    pub forecast_category: Option<ForecastCategory>,
    /// From when on this was known.
    pub known_at: Instant,
    /// The entry that says so.
    pub tenant_seq: u64,
}

/// A quota that is not deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaView {
    /// Where it is stated.
    pub source: SourceId,
    /// The quota's id there.
    pub quota: QuotaId,
    /// Whose it is.
    pub holder: QuotaHolder,
    /// The dates that it covers.
    pub period: DateRange,
    /// How much.
    pub target: QuotaTarget,
    /// From when on this was known.
    pub known_at: Instant,
    /// The entry that says so.
    pub tenant_seq: u64,
}

/// An exchange rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateView {
    /// Where it is stated.
    pub source: SourceId,
    /// The currency converted from.
    pub currency: Currency,
    /// The currency converted to.
    pub home: Currency,
    /// First date on which it holds.
    pub date: Date,
    /// Units of `home` for one of `currency`.
    pub rate: Decimal,
    /// From when on this was known.
    pub known_at: Instant,
    /// The entry that says so.
    pub tenant_seq: u64,
}
