//! Instants: points on the UTC time line, in milliseconds. Zones turn them into dates, nothing else does.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(i64);

/// Not an RFC 3339 time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a time: write it as 2026-11-23T09:41:07Z")]
pub struct InstantError(String);

/// Milliseconds in a day of 24 hours.
pub const DAY_MS: i64 = 86_400_000;

impl Instant {
    /// Before every instant that can be told.
    pub const MIN: Self = Self(-377_705_023_201_000);
    /// After every instant that can be told.
    pub const MAX: Self = Self(253_402_207_200_000);

    /// Milliseconds since the epoch, kept inside [`Self::MIN`] and [`Self::MAX`].
    #[must_use]
    pub fn from_ms(ms: i64) -> Self {
        Self(ms.clamp(Self::MIN.0, Self::MAX.0))
    }

    /// Milliseconds since the epoch.
    #[must_use]
    pub fn ms(self) -> i64 {
        self.0
    }

    /// This many milliseconds later (earlier when negative).
    #[must_use]
    pub fn plus_ms(self, ms: i64) -> Self {
        Self::from_ms(self.0.saturating_add(ms))
    }

    pub(crate) fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0).expect("an instant lies between MIN and MAX")
    }
}

impl FromStr for Instant {
    type Err = InstantError;
    fn from_str(text: &str) -> Result<Self, InstantError> {
        let at: jiff::Timestamp = text.parse().map_err(|_| InstantError(text.to_owned()))?;
        Ok(Self::from_ms(at.as_millisecond()))
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.to_jiff();
        if self.0 % 1000 == 0 { write!(f, "{at:.0}") } else { write!(f, "{at:.3}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_with_any_offset_and_printed_in_utc() {
        let at: Instant = "2026-11-20T10:41:07.375+01:00".parse().unwrap();
        assert_eq!(at.to_string(), "2026-11-20T09:41:07.375Z");
        assert_eq!("2026-11-20T09:41:07Z".parse::<Instant>().unwrap().to_string(), "2026-11-20T09:41:07Z");
        assert!("2026-11-20".parse::<Instant>().is_err());
        assert!("2026-11-20T09:41:07".parse::<Instant>().is_err());
        let _ = (Instant::MIN.to_string(), Instant::MAX.to_string());
    }
}
