//! Exact decimals for rates, probabilities, quantities and metric values.
//!
//! Invariant: canonical form, that is no trailing zeros after the point; equal values are equal structs.

use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// A decimal number `mantissa / 10^scale`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Decimal {
    mantissa: i64,
    scale: u8,
}

/// Most digits after the point.
pub const SCALE_MAX: u8 = 18;

/// Why a text is not a decimal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// Not of the form `-12.34` or `1.2e3`.
    #[error("{0:?} is not a decimal number")]
    Malformed(String),
    /// More digits than an `i64` mantissa or [`SCALE_MAX`] hold.
    #[error("{0:?} has more digits than can be kept exactly")]
    TooManyDigits(String),
}

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self { mantissa: 0, scale: 0 };
    /// One.
    pub const ONE: Self = Self { mantissa: 1, scale: 0 };

    /// `mantissa / 10^scale`, brought to canonical form.
    ///
    /// # Panics
    /// When `scale` is above [`SCALE_MAX`].
    #[must_use]
    pub fn new(mut mantissa: i64, mut scale: u8) -> Self {
        assert!(scale <= SCALE_MAX, "a decimal's scale is at most {SCALE_MAX}");
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        Self { mantissa, scale }
    }

    /// The integer above the power of ten.
    #[must_use]
    pub fn mantissa(self) -> i64 {
        self.mantissa
    }

    /// Digits after the point.
    #[must_use]
    pub fn scale(self) -> u8 {
        self.scale
    }

    /// The value times `10^digits` when that is a whole number that fits.
    #[must_use]
    pub fn to_units(self, digits: u8) -> Option<i64> {
        let up = digits.checked_sub(self.scale)?;
        self.mantissa.checked_mul(10_i64.checked_pow(u32::from(up))?)
    }
}

impl FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let malformed = || DecimalError::Malformed(text.to_owned());
        let too_many = || DecimalError::TooManyDigits(text.to_owned());
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i32>().map_err(|_| malformed())?),
            None => (text, 0),
        };
        let (negative, digits) = match number.as_bytes().first() {
            Some(b'-') => (true, &number[1..]),
            Some(b'+') => (false, &number[1..]),
            _ => (false, number),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        if whole.is_empty() && fraction.is_empty()
            || !whole.bytes().chain(fraction.bytes()).all(|b| b.is_ascii_digit())
        {
            return Err(malformed());
        }
        if exponent == 0 && whole.len() + fraction.len() <= usize::from(SCALE_MAX) {
            // The usual number fits 64 bits, whose arithmetic is many times faster.
            let digits = whole.bytes().chain(fraction.bytes());
            let mantissa = digits.fold(0, |mantissa: i64, digit| mantissa * 10 + i64::from(digit - b'0'));
            let scale = u8::try_from(fraction.len()).map_err(|_| too_many())?;
            return Ok(Self::new(if negative { -mantissa } else { mantissa }, scale));
        }
        let mut mantissa: i128 = 0;
        for digit in whole.bytes().chain(fraction.bytes()) {
            mantissa = mantissa.checked_mul(10).ok_or_else(too_many)? + i128::from(digit - b'0');
        }
        let mut scale = i32::try_from(fraction.len()).map_err(|_| too_many())?.saturating_sub(exponent);
        while mantissa != 0 && scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        if mantissa == 0 {
            return Ok(Self::ZERO);
        }
        while scale < 0 {
            mantissa = mantissa.checked_mul(10).ok_or_else(too_many)?;
            scale += 1;
        }
        let scale = u8::try_from(scale).ok().filter(|s| *s <= SCALE_MAX).ok_or_else(too_many)?;
        let mantissa = i64::try_from(if negative { -mantissa } else { mantissa }).map_err(|_| too_many())?;
        Ok(Self { mantissa, scale })
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_units(f, i128::from(self.mantissa), u32::from(self.scale))
    }
}

/// Writes `units / 10^digits` with exactly `digits` digits after the point.
///
/// # Errors
/// Those of the writer.
pub fn write_units(f: &mut impl fmt::Write, units: i128, digits: u32) -> fmt::Result {
    let sign = if units < 0 { "-" } else { "" };
    let magnitude = units.unsigned_abs();
    if digits == 0 {
        return write!(f, "{sign}{magnitude}");
    }
    if let (Ok(magnitude), Some(power)) = (u64::try_from(magnitude), 10_u64.checked_pow(digits)) {
        // Nearly all numbers; dividing 128 bits takes ten times as long.
        return write!(
            f,
            "{sign}{}.{:0width$}",
            magnitude / power,
            magnitude % power,
            width = digits as usize
        );
    }
    let power = 10_u128.pow(digits);
    write!(f, "{sign}{}.{:0width$}", magnitude / power, magnitude % power, width = digits as usize)
}

impl TryFrom<String> for Decimal {
    type Error = DecimalError;
    fn try_from(text: String) -> Result<Self, DecimalError> {
        text.parse()
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decimals_are_read_exactly_with_or_without_exponent() {
        for (text, printed) in
            [("1.39E8", "139000000"), ("-0.50", "-0.5"), ("0.00", "0"), ("1e-3", "0.001"), (".5", "0.5")]
        {
            assert_eq!(text.parse::<Decimal>().unwrap().to_string(), printed);
        }
        for text in ["", "-", ".", "1,5", "NaN", "1e", "0x1", "1 "] {
            assert!(matches!(text.parse::<Decimal>(), Err(DecimalError::Malformed(_))), "{text:?}");
        }
        assert!(matches!("1e40".parse::<Decimal>(), Err(DecimalError::TooManyDigits(_))));
    }

    #[test]
    fn long_and_short_forms_of_a_number_are_equal() {
        for (short, long) in
            [("1.5", "1.50000000000000000000"), ("-7", "-0000000000000000000007.0"), ("0", "-0.000")]
        {
            assert_eq!(short.parse::<Decimal>(), long.parse::<Decimal>(), "{short}");
        }
    }

    proptest! {
        #[test]
        fn printing_and_reading_are_inverse(mantissa in any::<i64>(), scale in 0_u8..=SCALE_MAX) {
            let value = Decimal::new(mantissa, scale);
            prop_assert_eq!(value.to_string().parse::<Decimal>().unwrap(), value);
        }
    }
}
