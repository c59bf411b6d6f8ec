//! Time zones of the IANA database, compiled in so that every machine agrees.

use crate::{Date, Instant};
use serde::{Deserialize, Serialize};

/// A named time zone.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone {
    name: String,
    tz: jiff::tz::TimeZone,
}

/// No zone of this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a time zone: write an IANA name such as Europe/Berlin or UTC")]
pub struct ZoneError(String);

impl Zone {
    /// Coordinated universal time, the default of an organisation.
    #[must_use]
    pub fn utc() -> Self {
        Self { name: "UTC".to_owned(), tz: jiff::tz::TimeZone::UTC }
    }

    /// The zone of an IANA name.
    ///
    /// # Errors
    /// When there is none.
    pub fn new(name: &str) -> Result<Self, ZoneError> {
        if name.eq_ignore_ascii_case("UTC") {
            return Ok(Self::utc());
        }
        let tz = jiff::tz::TimeZone::get(name).map_err(|_| ZoneError(name.to_owned()))?;
        let name = tz.iana_name().unwrap_or(name).to_owned();
        Ok(Self { name, tz })
    }

    /// The IANA name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The date on the calendar of this zone at `at`.
    #[must_use]
    pub fn local_date(&self, at: Instant) -> Date {
        let offset = self.tz.to_offset(at.to_jiff());
        let local_seconds = at.ms().div_euclid(1000) + i64::from(offset.seconds());
        Date::from_days(i32::try_from(local_seconds.div_euclid(86_400)).unwrap_or(i32::MAX))
    }

    /// The first instant of `date` in this zone (where midnight is skipped, the end of the gap).
    #[must_use]
    pub fn start_of_day(&self, date: Date) -> Instant {
        let zoned = date.to_civil().to_zoned(self.tz.clone());
        zoned.map_or(Instant::MAX, |zoned| Instant::from_ms(zoned.timestamp().as_millisecond()))
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

impl TryFrom<String> for Zone {
    type Error = ZoneError;
    fn try_from(name: String) -> Result<Self, ZoneError> {
        Self::new(&name)
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.name
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instant::DAY_MS;

    #[test]
    fn daylight_saving_days_have_23_or_25_hours() {
        let berlin = Zone::new("Europe/Berlin").unwrap();
        let hours = |date: &str| {
            let date: Date = date.parse().unwrap();
            (berlin.start_of_day(date.plus_days(1)).ms() - berlin.start_of_day(date).ms()) / 3_600_000
        };
        assert_eq!([hours("2026-03-29"), hours("2026-10-25"), hours("2026-06-01")], [23, 25, 24]);
    }

    #[test]
    fn a_date_starts_at_the_first_instant_that_bears_it() {
        for name in ["America/Sao_Paulo", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"] {
            let zone = Zone::new(name).unwrap();
            for days in 17_000..18_500 {
                let date = Date::from_days(days);
                let start = zone.start_of_day(date);
                assert_eq!(zone.local_date(start), date, "{name} {date}");
                assert_eq!(zone.local_date(start.plus_ms(-1)), date.plus_days(-1), "{name} {date}");
            }
        }
        assert!(Zone::new("Mars/Olympus").is_err());
        assert_eq!(Zone::utc().start_of_day(Date::from_days(1)).ms(), DAY_MS);
    }
}
