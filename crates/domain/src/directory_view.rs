//! People, teams, quotas and exchange rates as they are now: the shapes that the engine and every client share. Names are not
//! here: they live in erasable tables.

use crate::{
    Currency, Date, DateRange, Decimal, Instant, Label, PersonId, QuotaHolder, QuotaId, QuotaTarget,
    SourceId, TeamId,
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
