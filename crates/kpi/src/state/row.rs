//! One version of a deal, in 64 bytes, and its two times.
//!
//! Numbers refer to the organisation's interned tables; 0 is "none" everywhere.

use bytemuck::{Pod, Zeroable};
use salescope_domain::{Currency, Date, ForecastCategory, Status};

/// When a version was known and when it occurred, both as running maxima along the deal's versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Times {
    /// Milliseconds.
    pub known: i64,
    /// Milliseconds.
    pub occurred: i64,
}

/// "No date".
pub(crate) const NO_DATE: i32 = i32::MIN;
/// "No probability".
pub(crate) const NO_PROBABILITY: u32 = u32::MAX;
/// "No currency".
pub(crate) const NO_CURRENCY: u16 = u16::MAX;

/// The amount is stated.
const HAS_AMOUNT: u8 = 1;
/// This version is the deal's exact creation.
const CREATION: u8 = 2;

/// A deal's state after one of its events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Row {
    /// Minor units, 0 where not stated.
    amount: i64,
    /// Entry that made this version.
    pub seq: u64,
    created: i32,
    close: i32,
    /// Text: person id.
    pub owner: u32,
    /// Object of the account table.
    pub account: u32,
    /// Line set.
    pub products: u32,
    /// Attribute set.
    pub attrs: u32,
    /// Object of the stage table.
    pub stage: u32,
    /// Home amount.
    pub home: u32,
    /// Text: the person who owned it when it closed, while it is closed.
    pub closer: u32,
    probability: u32,
    currency: u16,
    status: u8,
    category: u8,
    flags: u8,
    pad: [u8; 3],
}

/// A deal's status, with the one that only a merge gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Open,
    Won,
    Lost,
    Deleted,
    Merged,
}

impl State {
    /// Won or lost.
    pub(crate) fn is_closed(self) -> bool {
        matches!(self, Self::Won | Self::Lost)
    }

    /// Deleted or merged.
    pub(crate) fn is_gone(self) -> bool {
        matches!(self, Self::Deleted | Self::Merged)
    }
}

impl From<Status> for State {
    fn from(status: Status) -> Self {
        match status {
            Status::Open => Self::Open,
            Status::Won => Self::Won,
            Status::Lost => Self::Lost,
            Status::Deleted => Self::Deleted,
        }
    }
}

const CATEGORIES: [ForecastCategory; 6] = [
    ForecastCategory::Pipeline,
    ForecastCategory::BestCase,
    ForecastCategory::MostLikely,
    ForecastCategory::Commit,
    ForecastCategory::Closed,
    ForecastCategory::Omitted,
];

fn date(days: i32) -> Option<Date> {
    (days != NO_DATE).then(|| Date::from_days(days))
}

impl Row {
    /// A deal of which nothing is known yet.
    pub(crate) fn blank() -> Self {
        Self {
            created: NO_DATE,
            close: NO_DATE,
            probability: NO_PROBABILITY,
            currency: NO_CURRENCY,
            ..Self::zeroed()
        }
    }

    /// Minor units; an amount without a currency is none.
    pub(crate) fn amount(&self) -> Option<i64> {
        (self.flags & HAS_AMOUNT != 0 && self.currency != NO_CURRENCY).then_some(self.amount)
    }

    pub(crate) fn set_amount(&mut self, amount: Option<i64>) {
        self.amount = amount.unwrap_or(0);
        self.flags = if amount.is_some() { self.flags | HAS_AMOUNT } else { self.flags & !HAS_AMOUNT };
    }

    pub(crate) fn created(&self) -> Option<Date> {
        date(self.created)
    }

    pub(crate) fn set_created(&mut self, created: Option<Date>) {
        self.created = created.map_or(NO_DATE, Date::days);
    }

    pub(crate) fn close(&self) -> Option<Date> {
        date(self.close)
    }

    pub(crate) fn set_close(&mut self, close: Option<Date>) {
        self.close = close.map_or(NO_DATE, Date::days);
    }

    /// Millionths.
    pub(crate) fn probability(&self) -> Option<u32> {
        (self.probability != NO_PROBABILITY).then_some(self.probability)
    }

    pub(crate) fn set_probability(&mut self, millionths: Option<u32>) {
        self.probability = millionths.unwrap_or(NO_PROBABILITY);
    }

    pub(crate) fn currency(&self) -> Option<Currency> {
        Currency::from_index(self.currency)
    }

    pub(crate) fn set_currency(&mut self, currency: Option<Currency>) {
        self.currency = currency.map_or(NO_CURRENCY, Currency::to_index);
    }

    pub(crate) fn state(&self) -> State {
        match self.status {
            0 => State::Open,
            1 => State::Won,
            2 => State::Lost,
            3 => State::Deleted,
            _ => State::Merged,
        }
    }

    pub(crate) fn set_state(&mut self, state: State) {
        self.status = state as u8;
    }

    /// Keeps the owner at close: of the first version of an unbroken run of versions that are closed alike.
    pub(crate) fn keep_closer(&mut self, before: Option<&Self>) {
        let state = self.state();
        self.closer = match before.filter(|before| before.state() == state) {
            _ if !state.is_closed() => 0,
            Some(before) => before.closer,
            None => self.owner,
        };
    }

    pub(crate) fn category(&self) -> Option<ForecastCategory> {
        CATEGORIES.get(usize::from(self.category).wrapping_sub(1)).copied()
    }

    pub(crate) fn set_category(&mut self, category: Option<ForecastCategory>) {
        let at = category.and_then(|category| CATEGORIES.iter().position(|c| *c == category));
        self.category = at.map_or(0, |at| u8::try_from(at + 1).unwrap_or(0));
    }

    /// Whether this version is the deal's creation at its exact time.
    pub(crate) fn is_creation(&self) -> bool {
        self.flags & CREATION != 0
    }

    pub(crate) fn set_creation(&mut self, creation: bool) {
        self.flags = if creation { self.flags | CREATION } else { self.flags & !CREATION };
    }

    /// Whether figures see no difference between two versions.
    pub(crate) fn same_state(&self, other: &Self) -> bool {
        let plain = |row: &Self| Self { seq: 0, flags: row.flags & !CREATION, ..*row };
        plain(self) == plain(other)
    }
}
