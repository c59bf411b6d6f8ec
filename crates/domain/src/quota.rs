//! Quotas: targets of a person, a team or the whole organisation over a range of dates.

use crate::{Currency, DateRange, PersonId, QuotaId, SourceId, TeamId, Version};
use serde::{Deserialize, Serialize};

/// Whose target it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuotaHolder {
    /// One person's.
    Person(PersonId),
    /// A team's own, which stands instead of the sum of its people's.
    Team(TeamId),
    /// The organisation's own, which stands instead of the sum of its teams'.
    Organisation,
}

/// How much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuotaTarget {
    /// Won amount.
    Money {
        /// Minor units.
        minor: i64,
        /// Currency.
        currency: Currency,
    },
    /// Number of won deals.
    Count(i64),
}

/// A quota. Each version states all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// Where this is stated.
    pub source: SourceId,
    /// Which quota.
    pub quota: QuotaId,
    /// Which statement this is.
    pub version: Version,
    /// Whether this version takes the quota away.
    #[serde(default)]
    pub deleted: bool,
    /// Whose it is.
    pub holder: QuotaHolder,
    /// The dates that it covers.
    pub period: DateRange,
    /// How much.
    pub target: QuotaTarget,
}
