//! The times of a query (section 2 of the contract).

use salescope_domain::{Date, DateRange, Instant, Query, Zone};

/// The dates and instants that a query looks at.
#[derive(Debug, Clone)]
pub(crate) struct Span {
    pub(crate) range: DateRange,
    /// Now, or the time as known where that is earlier.
    pub(crate) now: Instant,
    /// The first date after those that count.
    pub(crate) end: Date,
    /// What occurred before this has happened.
    pub(crate) as_of: Instant,
    /// A date before this is past.
    pub(crate) past: Date,
    /// The first instant of the range.
    pub(crate) start: Instant,
    zone: Zone,
}

impl Span {
    pub(crate) fn new(query: &Query, zone: &Zone) -> Self {
        let range = query.range;
        let now = query.as_known.map_or(query.now, |known| known.min(query.now));
        let today = zone.local_date(now);
        Self {
            range,
            now,
            end: range.to.min(today.plus_days(1)),
            as_of: zone.start_of_day(range.to).min(now.plus_ms(1)),
            past: range.to.min(today),
            start: zone.start_of_day(range.from),
            zone: zone.clone(),
        }
    }

    /// Whether an instant lies in the range and has happened.
    pub(crate) fn contains(&self, at: Instant) -> bool {
        self.range.contains(self.local_date(at)) && at < self.as_of
    }

    pub(crate) fn local_date(&self, at: Instant) -> Date {
        self.zone.local_date(at)
    }

    pub(crate) fn start_of_day(&self, date: Date) -> Instant {
        self.zone.start_of_day(date)
    }

    /// The range ends after now.
    pub(crate) fn is_partial(&self) -> bool {
        self.start_of_day(self.range.to) > self.now
    }
}
