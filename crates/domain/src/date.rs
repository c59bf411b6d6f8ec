//! Civil dates: days without a time or a zone. A close date is one of these and never shifts.

use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// Days since 1970-01-01 in the proleptic Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Date(i32);

/// Not a date of the form `2026-11-23`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a date: write it as 2026-11-23")]
pub struct DateError(String);

impl Date {
    /// The earliest date that can be told, in the year -9999.
    pub const MIN: Self = Self(-4_371_587);
    /// The latest date that can be told, 9999-12-31.
    pub const MAX: Self = Self(2_932_896);

    /// Days since 1970-01-01, kept inside [`Self::MIN`] and [`Self::MAX`].
    #[must_use]
    pub fn from_days(days: i32) -> Self {
        Self(days.clamp(Self::MIN.0, Self::MAX.0))
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub fn days(self) -> i32 {
        self.0
    }

    /// The date of a year, month (1 to 12) and day; `None` when there is no such day.
    #[must_use]
    pub fn from_ymd(year: i16, month: i8, day: i8) -> Option<Self> {
        jiff::civil::Date::new(year, month, day).ok().map(Self::from_civil)
    }

    /// This many days later (earlier when negative).
    #[must_use]
    pub fn plus_days(self, days: i32) -> Self {
        Self::from_days(self.0.saturating_add(days))
    }

    /// Days from `earlier` to `self`.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }

    pub(crate) fn from_civil(date: jiff::civil::Date) -> Self {
        let epoch = jiff::civil::date(1970, 1, 1);
        let days = date.since(epoch).expect("civil dates differ by a span of days").get_days();
        Self(days)
    }

    pub(crate) fn to_civil(self) -> jiff::civil::Date {
        jiff::civil::date(1970, 1, 1)
            .checked_add(jiff::Span::new().days(self.0))
            .expect("a date lies between MIN and MAX")
    }
}

impl FromStr for Date {
    type Err = DateError;
    fn from_str(text: &str) -> Result<Self, DateError> {
        let error = || DateError(text.to_owned());
        let digits = |part: &str, len: usize| {
            (part.len() == len && part.bytes().all(|b| b.is_ascii_digit())).then_some(()).ok_or_else(error)
        };
        // Years before 0 print as -009999: a settings' first calendar holds from the first date that there is.
        let (sign, year_digits, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (-1, 6, rest),
            None => (1, 4, text),
        };
        let mut parts = unsigned.splitn(3, '-');
        let mut next = |len| -> Result<i16, DateError> {
            let part = parts.next().ok_or_else(error)?;
            digits(part, len)?;
            part.parse().map_err(|_| error())
        };
        let (year, month, day) = (sign * next(year_digits)?, next(2)?, next(2)?);
        let narrow = |n: i16| i8::try_from(n).map_err(|_| error());
        Self::from_ymd(year, narrow(month)?, narrow(day)?).ok_or_else(error)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.to_civil())
    }
}

impl TryFrom<String> for Date {
    type Error = DateError;
    fn try_from(text: String) -> Result<Self, DateError> {
        text.parse()
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_strictly_and_print_as_they_were_read() {
        for text in ["1970-01-01", "2000-02-29", "2026-11-23", "9999-12-31"] {
            assert_eq!(text.parse::<Date>().unwrap().to_string(), text);
        }
        assert_eq!("1970-01-02".parse::<Date>().unwrap().days(), 1);
        assert_eq!("9999-12-31".parse::<Date>().unwrap(), Date::MAX);
        assert_eq!(Date::MIN.to_string(), "-009999-01-01");
        assert_eq!("-009999-01-01".parse::<Date>().unwrap(), Date::MIN);
        for text in
            ["2026-2-3", "2026-02-30", "03/04/2026", "2026-11-23T00:00:00Z", "", "+026-01-01", "-2026-01-01"]
        {
            assert!(text.parse::<Date>().is_err(), "{text:?}");
        }
    }
}
