//! Fiscal calendars: which week, month, quarter and year a date belongs to.
//!
//! Invariant: the periods of a grain tile the time line; a date lies in exactly one. Where the calendar changes, the
//! period is cut at the change, so the past keeps the calendar it had.

use crate::{Date, DateRange, Grain};
use serde::{Deserialize, Serialize};

/// First day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Weekday {
    /// ISO 8601's first day.
    #[default]
    Monday,
    /// Second.
    Tuesday,
    /// Third.
    Wednesday,
    /// Fourth.
    Thursday,
    /// Fifth.
    Friday,
    /// Sixth.
    Saturday,
    /// Seventh; the first in North America.
    Sunday,
}

/// How a fiscal year is cut into months.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Pattern {
    /// Calendar months; the year begins on the first of the start month.
    #[default]
    #[serde(rename = "months")]
    Months,
    /// Quarters of 4, 4 and 5 weeks.
    #[serde(rename = "4-4-5")]
    Weeks445,
    /// Quarters of 4, 5 and 4 weeks.
    #[serde(rename = "4-5-4")]
    Weeks454,
    /// Quarters of 5, 4 and 4 weeks.
    #[serde(rename = "5-4-4")]
    Weeks544,
}

/// A fiscal calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Calendar {
    /// Month in which the fiscal year begins, 1 to 12.
    pub start_month: u8,
    /// First day of the week.
    pub week_start: Weekday,
    /// Cut of the year. In the week patterns the year begins on the week start nearest to the first of the start month,
    /// and a 53rd week lengthens the last month.
    pub pattern: Pattern,
}

impl Default for Calendar {
    fn default() -> Self {
        Self { start_month: 1, week_start: Weekday::Monday, pattern: Pattern::Months }
    }
}

impl Calendar {
    fn week(self, date: Date) -> DateRange {
        // 1970-01-01 was a Thursday: day 3 of a week from Monday.
        let weekday = (date.days() + 3).rem_euclid(7);
        let from = date.plus_days(-(weekday - self.week_start as i32).rem_euclid(7));
        DateRange { from, to: from.plus_days(7) }
    }

    /// First day of the fiscal year that is named for the calendar year in which it begins.
    fn year_start(self, year: i16) -> Date {
        let month = i8::try_from(self.start_month.clamp(1, 12)).unwrap_or(1);
        let first = Date::from_ymd(year, month, 1).unwrap_or(Date::MAX);
        match self.pattern {
            Pattern::Months => first,
            _ => self.week(first.plus_days(3)).from,
        }
    }

    fn year(self, date: Date) -> (i16, DateRange) {
        let mut year = date.to_civil().year().clamp(-9998, 9997);
        while self.year_start(year) > date {
            year -= 1;
        }
        while self.year_start(year + 1) <= date {
            year += 1;
        }
        (year, DateRange { from: self.year_start(year), to: self.year_start(year + 1) })
    }

    /// The start of fiscal month `index` (0 to 12, where 12 is the next year's first) of the year that begins in `year`.
    fn month_start(self, year: i16, index: usize) -> Date {
        let weeks: [i32; 3] = match self.pattern {
            Pattern::Months => {
                let month = i16::from(self.start_month.clamp(1, 12)) - 1 + i16::try_from(index).unwrap_or(0);
                let civil = i8::try_from(month % 12 + 1).unwrap_or(1);
                return Date::from_ymd(year + month / 12, civil, 1).unwrap_or(Date::MAX);
            }
            Pattern::Weeks445 => [4, 4, 5],
            Pattern::Weeks454 => [4, 5, 4],
            Pattern::Weeks544 => [5, 4, 4],
        };
        if index == 12 {
            return self.year_start(year + 1);
        }
        let weeks_before: i32 = (0..index).map(|month| weeks[month % 3]).sum();
        self.year_start(year).plus_days(7 * weeks_before)
    }

    /// The period of `grain` that holds `date` (for hours: the day).
    #[must_use]
    pub fn period(self, date: Date, grain: Grain) -> DateRange {
        let months = |step: usize| {
            let (year, _) = self.year(date);
            let starts = (0..=12).step_by(step).map(|month| self.month_start(year, month));
            let starts: Vec<Date> = starts.collect();
            let at = starts.partition_point(|start| *start <= date).clamp(1, starts.len() - 1);
            DateRange { from: starts[at - 1], to: starts[at] }
        };
        match grain {
            Grain::Hour | Grain::Day => DateRange { from: date, to: date.plus_days(1) },
            Grain::Week => self.week(date),
            Grain::Month => months(1),
            Grain::Quarter => months(3),
            Grain::Year => self.year(date).1,
        }
    }
}

/// An organisation's calendars, each from a date on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarHistory {
    /// Sorted by date; the first holds from the beginning of time, whatever its date says.
    versions: Vec<(Date, Calendar)>,
}

impl CalendarHistory {
    /// One calendar for all time.
    #[must_use]
    pub fn new(calendar: Calendar) -> Self {
        Self { versions: vec![(Date::MIN, calendar)] }
    }

    /// From `from` on, `calendar` holds; what was said for later dates is dropped.
    pub fn change(&mut self, from: Date, calendar: Calendar) {
        self.versions.retain(|(date, _)| *date < from);
        let from = if self.versions.is_empty() { Date::MIN } else { from };
        self.versions.push((from, calendar));
    }

    /// The calendar that holds on `date`, and the dates on which it does.
    #[must_use]
    pub fn at(&self, date: Date) -> (Calendar, DateRange) {
        let at = self.versions.partition_point(|(from, _)| *from <= date).max(1) - 1;
        let to = self.versions.get(at + 1).map_or(Date::MAX, |(from, _)| *from);
        (self.versions[at].1, DateRange { from: self.versions[at].0, to })
    }

    /// The period of `grain` that holds `date`, cut where the calendar changes.
    #[must_use]
    pub fn period(&self, date: Date, grain: Grain) -> DateRange {
        let (calendar, valid) = self.at(date);
        let period = calendar.period(date, grain);
        period.intersect(valid).unwrap_or(period)
    }

    /// The periods of `grain` that touch `range`, each cut to it.
    #[must_use]
    pub fn buckets(&self, range: DateRange, grain: Grain) -> Vec<DateRange> {
        let mut buckets = Vec::new();
        let mut from = range.from;
        while from < range.to {
            let to = self.period(from, grain).to.min(range.to);
            buckets.push(DateRange { from, to });
            from = to;
        }
        buckets
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn period(calendar: Calendar, at: &str, grain: Grain) -> [String; 2] {
        let period = calendar.period(date(at), grain);
        [period.from.to_string(), period.to.to_string()]
    }

    #[test]
    fn fiscal_quarters_begin_at_the_start_month() {
        let april = Calendar { start_month: 4, ..Calendar::default() };
        assert_eq!(period(april, "2026-02-15", Grain::Quarter), ["2026-01-01", "2026-04-01"]);
        assert_eq!(period(april, "2026-02-15", Grain::Year), ["2025-04-01", "2026-04-01"]);
        assert_eq!(period(april, "2026-11-23", Grain::Week), ["2026-11-23", "2026-11-30"]);
        let sunday = Calendar { week_start: Weekday::Sunday, ..Calendar::default() };
        assert_eq!(period(sunday, "2026-11-23", Grain::Week), ["2026-11-22", "2026-11-29"]);
    }

    #[test]
    fn a_4_4_5_year_starts_on_the_nearest_week_and_a_53rd_week_ends_it() {
        let retail = Calendar { start_month: 2, week_start: Weekday::Sunday, pattern: Pattern::Weeks445 };
        assert_eq!(period(retail, "2023-06-01", Grain::Year), ["2023-01-29", "2024-02-04"]);
        assert_eq!(period(retail, "2023-02-01", Grain::Month), ["2023-01-29", "2023-02-26"]);
        assert_eq!(period(retail, "2023-04-01", Grain::Quarter), ["2023-01-29", "2023-04-30"]);
        assert_eq!(period(retail, "2024-02-03", Grain::Month), ["2023-12-24", "2024-02-04"]);
    }

    #[test]
    fn a_change_of_calendar_leaves_the_past_as_it_was() {
        let mut history = CalendarHistory::new(Calendar::default());
        history.change(date("2026-02-01"), Calendar { start_month: 2, ..Calendar::default() });
        let quarter = |at| history.period(date(at), Grain::Quarter);
        assert_eq!(quarter("2025-11-05").from, date("2025-10-01"));
        assert_eq!(quarter("2026-01-05"), DateRange { from: date("2026-01-01"), to: date("2026-02-01") });
        assert_eq!(quarter("2026-02-05").to, date("2026-05-01"));
    }

    proptest! {
        #[test]
        fn periods_tile_the_time_line(
            start_month in 1_u8..=12,
            week in 0_usize..7,
            pattern in 0_usize..4,
            grain in 0_usize..5,
            day in 10_000_i32..30_000,
        ) {
            use Weekday as W;
            let week_start =
                [W::Monday, W::Tuesday, W::Wednesday, W::Thursday, W::Friday, W::Saturday, W::Sunday][week];
            let pattern = [Pattern::Months, Pattern::Weeks445, Pattern::Weeks454, Pattern::Weeks544][pattern];
            let grain = [Grain::Day, Grain::Week, Grain::Month, Grain::Quarter, Grain::Year][grain];
            let calendar = Calendar { start_month, week_start, pattern };
            let period = calendar.period(Date::from_days(day), grain);
            prop_assert!(period.contains(Date::from_days(day)));
            let next = calendar.period(period.to, grain);
            prop_assert_eq!(next.from, period.to);
            prop_assert_eq!(calendar.period(period.from, grain), period);
            prop_assert_eq!(calendar.period(period.to.plus_days(-1), grain), period);
        }
    }
}
