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
        if let Some(at) = plain_utc(text.as_bytes()) {
            return Ok(at);
        }
        let at: jiff::Timestamp = text.parse().map_err(|_| InstantError(text.to_owned()))?;
        Ok(Self::from_ms(at.as_millisecond()))
    }
}

/// Reads what nearly all senders write, `2026-11-23T09:41:07Z` with or without milliseconds. What is `None` here may
/// still be a time in another form.
fn plain_utc(text: &[u8]) -> Option<Instant> {
    let (text, millis) = match text {
        [text @ .., b'Z'] if text.len() == 19 => (text, 0),
        [text @ .., b'.', a, b, c, b'Z'] if text.len() == 19 => (text, number(&[*a, *b, *c])?),
        _ => return None,
    };
    let [y0, y1, y2, y3, b'-', mo0, mo1, b'-', d0, d1, b'T', h0, h1, b':', mi0, mi1, b':', s0, s1] = *text
    else {
        return None;
    };
    let two = |tens, ones| number(&[tens, ones])?.try_into().ok();
    let (month, day) = (two(mo0, mo1)?, two(d0, d1)?);
    let (hour, minute, second) = (two(h0, h1)?, two(mi0, mi1)?, two(s0, s1)?);
    let at =
        jiff::civil::DateTime::new(number(&[y0, y1, y2, y3])?, month, day, hour, minute, second, 0).ok()?;
    let at = jiff::tz::Offset::UTC.to_timestamp(at).ok()?;
    Some(Instant::from_ms(at.as_millisecond() + i64::from(millis)))
}

fn number(digits: &[u8]) -> Option<i16> {
    digits
        .iter()
        .try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + i16::from(digit - b'0')))
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
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_plain_form_is_read_as_any_other_is(
            text in "[0-9]{4}-[0-3][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{3})?Z",
        ) {
            if let Some(at) = plain_utc(text.as_bytes()) {
                let known: jiff::Timestamp = text.parse().unwrap();
                prop_assert_eq!(at, Instant::from_ms(known.as_millisecond()));
            }
        }

        #[test]
        fn the_plain_form_of_every_instant_is_known(ms in 0_i64..4_102_444_800_000) {
            let at = Instant::from_ms(ms);
            prop_assert_eq!(plain_utc(at.to_string().as_bytes()), Some(at));
        }
    }

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
