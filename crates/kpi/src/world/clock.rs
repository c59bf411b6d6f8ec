//! The dates and instants that bound a question.

use salescope_domain::{Date, DateRange, Instant, Query, Zone};

/// A question's clock. `docs/kpis.md`, section 2, defines each field.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    pub range: DateRange,
    /// The time at which the question stands: now, or as known.
    pub now: Instant,
    /// First date after those that count.
    pub end: Date,
    /// A date before it is past.
    pub past: Date,
    /// First instant of the range, in milliseconds.
    pub from_start: i64,
    /// An entry has happened when it occurred before this, in milliseconds.
    pub as_of: i64,
    /// Whether the range ends after now.
    pub partial: bool,
}

impl Clock {
    pub(crate) fn new(query: &Query, zone: &Zone) -> Self {
        let range = query.range;
        let now = query.as_known.map_or(query.now, |known| known.min(query.now));
        let today = zone.local_date(now);
        let to_start = zone.start_of_day(range.to);
        Self {
            range,
            now,
            end: range.to.min(today.plus_days(1)),
            past: range.to.min(today),
            from_start: zone.start_of_day(range.from).ms(),
            as_of: to_start.ms().min(now.ms().saturating_add(1)),
            partial: to_start > now,
        }
    }

    /// Leaves only the instants from `from` until before `to`.
    pub(crate) fn narrow(&mut self, from: i64, to: i64) {
        self.from_start = self.from_start.max(from);
        self.as_of = self.as_of.min(to);
    }

    /// The date whose rate converts open deals: the last one that counts.
    pub(crate) fn float_date(&self) -> Date {
        self.end.plus_days(-1)
    }

    /// Whether an instant lies in the range and has happened.
    pub(crate) fn contains(&self, at: i64) -> bool {
        self.from_start <= at && at < self.as_of
    }

    /// Days of the range that count.
    pub(crate) fn elapsed_days(&self) -> i32 {
        self.end.days_since(self.range.from).max(0)
    }
}
