//! What is watched, and what is told of it.

use crate::{Answer, DateRange, Dimension, Filters, Grain, Instant, KpiId, OrgSettings};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The dates that a watched figure is about. All but [`Self::Fixed`] move with the organisation's clock and calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// Today.
    Today,
    /// The week that today is in.
    ThisWeek,
    /// The fiscal month.
    ThisMonth,
    /// The fiscal quarter.
    ThisQuarter,
    /// The fiscal year.
    ThisYear,
    /// Today and the six days before.
    #[serde(rename = "last_7_days")]
    Last7Days,
    /// Today and the 29 days before.
    #[serde(rename = "last_30_days")]
    Last30Days,
    /// Today and the 89 days before.
    #[serde(rename = "last_90_days")]
    Last90Days,
    /// Always these.
    #[serde(untagged)]
    Fixed(DateRange),
}

impl Window {
    /// The windows that have a name, with it.
    pub const NAMED: [(&'static str, Self); 8] = [
        ("today", Self::Today),
        ("this_week", Self::ThisWeek),
        ("this_month", Self::ThisMonth),
        ("this_quarter", Self::ThisQuarter),
        ("this_year", Self::ThisYear),
        ("last_7_days", Self::Last7Days),
        ("last_30_days", Self::Last30Days),
        ("last_90_days", Self::Last90Days),
    ];

    /// Its dates at a time.
    #[must_use]
    pub fn range(self, settings: &OrgSettings, now: Instant) -> DateRange {
        let today = settings.time_zone.local_date(now);
        let period = |grain| settings.calendars.period(today, grain);
        let last = |days: i32| DateRange { from: today.plus_days(1 - days), to: today.plus_days(1) };
        match self {
            Self::Today => period(Grain::Day),
            Self::ThisWeek => period(Grain::Week),
            Self::ThisMonth => period(Grain::Month),
            Self::ThisQuarter => period(Grain::Quarter),
            Self::ThisYear => period(Grain::Year),
            Self::Last7Days => last(7),
            Self::Last30Days => last(30),
            Self::Last90Days => last(90),
            Self::Fixed(range) => range,
        }
    }
}

/// A question that is asked again whenever its answer may have changed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LiveQuestion {
    /// Which KPI.
    pub kpi: KpiId,
    /// Which dates.
    pub window: Window,
    /// At most two.
    pub group_by: Vec<Dimension>,
    /// Which facts.
    pub filters: Filters,
    /// The KPI's parameters by name.
    pub params: BTreeMap<String, String>,
}

/// What it came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveAnswer {
    /// The window's dates.
    pub range: DateRange,
    /// When it was asked.
    pub now: Instant,
    /// The restated answer.
    pub answer: Answer,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Calendar, CalendarHistory, Zone};

    #[test]
    fn a_window_goes_by_its_name_or_by_its_dates() {
        for (name, window) in Window::NAMED {
            let json = format!("{name:?}");
            assert_eq!(serde_json::to_string(&window).unwrap(), json);
            assert_eq!(serde_json::from_str::<Window>(&json).unwrap(), window);
        }
        let json = r#"{"from":"2026-10-01","to":"2027-01-01"}"#;
        let fixed: Window = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&fixed).unwrap(), json);
    }

    #[test]
    fn windows_move_at_midnight_of_the_organisation() {
        let settings = OrgSettings {
            time_zone: Zone::new("America/New_York").unwrap(),
            calendars: CalendarHistory::new(Calendar { start_month: 2, ..Calendar::default() }),
            ..OrgSettings::default()
        };
        let range = |window: Window, now: &str| {
            let DateRange { from, to } = window.range(&settings, now.parse().unwrap());
            format!("{from} {to}")
        };
        // 04:59 in London is still the day before in New York.
        assert_eq!(range(Window::Today, "2026-11-01T03:59:59Z"), "2026-10-31 2026-11-01");
        assert_eq!(range(Window::Today, "2026-11-01T04:00:00Z"), "2026-11-01 2026-11-02");
        assert_eq!(range(Window::ThisQuarter, "2026-11-01T03:59:59Z"), "2026-08-01 2026-11-01");
        assert_eq!(range(Window::ThisQuarter, "2026-11-01T04:00:00Z"), "2026-11-01 2027-02-01");
        assert_eq!(range(Window::ThisYear, "2027-01-31T12:00:00Z"), "2026-02-01 2027-02-01");
        assert_eq!(range(Window::Last7Days, "2026-11-01T12:00:00Z"), "2026-10-26 2026-11-02");
    }
}
