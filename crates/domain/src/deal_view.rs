//! Deals as told: their state now and before, and lists of them. The shapes that the engine and every client share.

use crate::{
    AccountId, Currency, Date, DealId, FieldName, ForecastCategory, HomeAmount, Instant, Label, PersonId,
    PipelineId, ProductLine, SourceId, StageId, Status, TeamId,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// Where a deal stands, with the state that only a merge gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DealStatus {
    /// Neither won nor lost.
    Open,
    /// Closed with success.
    Won,
    /// Closed without.
    Lost,
    /// Gone from restated figures.
    Deleted,
    /// Another deal's alias by now.
    Merged,
}

impl From<Status> for DealStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Open => Self::Open,
            Status::Won => Self::Won,
            Status::Lost => Self::Lost,
            Status::Deleted => Self::Deleted,
        }
    }
}

/// A deal's state after one of its changes, as far as figures depend on it. What is absent is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DealVersion {
    /// The entry that made it.
    pub tenant_seq: u64,
    /// From when on it was known.
    pub known_at: Instant,
    /// From when on it was so, in business time.
    pub occurred_at: Instant,
    /// Where the deal stands.
    pub status: DealStatus,
    /// Who owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<PersonId>,
    /// The stated team, else the one that the owner is in now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// The stated region, else the owner's or the team's now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Label>,
    /// The account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// Minor units of `currency`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_minor: Option<i64>,
    /// The deal's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The source's own converted amount.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_home: Option<HomeAmount>,
    /// The stated pipeline, else the stage's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pipeline: Option<PipelineId>,
    /// The stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<StageId>,
    /// The stated probability, 0 to 1, as a decimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<crate::Decimal>,
    /// When it closed, or is due while open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub close_date: Option<Date>,
    /// When it was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_on: Option<Date>,
    /// The source's forecast.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forecast_category: Option<ForecastCategory>,
    /// What is sold; quantities are not kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<ProductLine>,
    /// How it was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_source: Option<Label>,
    /// The organisation's own fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub custom: BTreeMap<FieldName, Label>,
}

/// A deal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DealView {
    /// The connected system.
    pub source: SourceId,
    /// The deal's id there.
    pub deal: DealId,
    /// Number of the last version that was taken in, as its source states it: a later one must be above it.
    pub version: i64,
    /// Order among versions of that number.
    pub sequence: u32,
    /// The deal that it was merged into, at the end of all merges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<DealId>,
    /// Its state now.
    pub current: DealVersion,
    /// All its states, oldest first, the present one included; none in lists.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<DealVersion>,
}

/// Which deals a list holds: those that all the named conditions fit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DealFilter {
    /// Of this source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<SourceId>,
    /// Where they stand; without it, anywhere: deleted and merged deals are listed too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<DealStatus>,
    /// Of this owner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<PersonId>,
    /// Of this team, stated or the owner's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// Of this account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountId>,
    /// In this pipeline, stated or the stage's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pipeline: Option<PipelineId>,
    /// In this stage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<StageId>,
    /// With a close date on or after this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub close_from: Option<Date>,
    /// With a close date before this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub close_to: Option<Date>,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct DealPage {
    /// In the order in which the journal first spoke of them.
    pub deals: Vec<DealView>,
    /// Where the next page begins; absent where the list ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<DealCursor>,
}

/// A place in a list of deals. Clients take it as it is: its text has no meaning for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DealCursor(u32);

/// Not a cursor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a cursor: pass on the one that a page of deals ended with, or none to begin")]
pub struct DealCursorError(String);

/// What a cursor's text begins with: other texts are mistakes.
const CURSOR_MARK: &str = "d1.";

impl DealCursor {
    /// After the deal at this place of the engine's own numbering.
    #[must_use]
    pub fn after(slot: u32) -> Self {
        Self(slot)
    }

    /// The last place that was listed.
    #[must_use]
    pub fn slot(self) -> u32 {
        self.0
    }
}

impl fmt::Display for DealCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{CURSOR_MARK}{:08x}", self.0)
    }
}

impl FromStr for DealCursor {
    type Err = DealCursorError;

    fn from_str(text: &str) -> Result<Self, DealCursorError> {
        let digits = text.strip_prefix(CURSOR_MARK).filter(|digits| digits.len() == 8);
        let slot = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).map(Self);
        slot.filter(|cursor| cursor.to_string() == text).ok_or_else(|| DealCursorError(text.to_owned()))
    }
}

impl TryFrom<String> for DealCursor {
    type Error = DealCursorError;
    fn try_from(text: String) -> Result<Self, DealCursorError> {
        text.parse()
    }
}

impl From<DealCursor> for String {
    fn from(cursor: DealCursor) -> Self {
        cursor.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_printed_and_other_texts_are_refused() {
        for slot in [0, 1, 0xabc, u32::MAX] {
            let cursor = DealCursor::after(slot);
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
        for text in ["", "7", "d1.", "d1.7", "d1.0000000G", "d1.+0000007", "d1.0000000A", "d2.00000007"] {
            assert!(text.parse::<DealCursor>().is_err(), "{text:?}");
        }
    }
}
