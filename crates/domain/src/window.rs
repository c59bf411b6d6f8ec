//! Ranges of dates, half open, and the grains that cut them into buckets.

use crate::Date;
use serde::{Deserialize, Serialize};

/// The dates `from <= date < to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DateRange {
    /// First date inside.
    pub from: Date,
    /// First date after.
    pub to: Date,
}

impl DateRange {
    /// The range, or `None` when `to` is not after `from`.
    #[must_use]
    pub fn new(from: Date, to: Date) -> Option<Self> {
        (from < to).then_some(Self { from, to })
    }

    /// Whether `date` lies inside.
    #[must_use]
    pub fn contains(self, date: Date) -> bool {
        self.from <= date && date < self.to
    }

    /// Number of days.
    #[must_use]
    pub fn days(self) -> i32 {
        self.to.days_since(self.from)
    }

    /// The part that lies in both, if any.
    #[must_use]
    pub fn intersect(self, other: Self) -> Option<Self> {
        Self::new(self.from.max(other.from), self.to.min(other.to))
    }
}

/// The length of a bucket in a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grain {
    /// Hours of the organisation's zone (23 or 25 on days that change the clock).
    Hour,
    /// Days.
    Day,
    /// Weeks from the organisation's week start.
    Week,
    /// Fiscal months.
    Month,
    /// Fiscal quarters.
    Quarter,
    /// Fiscal years.
    Year,
}
