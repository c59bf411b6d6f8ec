//! Money: whole minor units with a currency. No floats, no silent rounding.

use crate::decimal::{Decimal, DecimalError, write_units};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// An ISO 4217 alphabetic code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct Currency([u8; 3]);

/// Why a text is not a currency or an amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not three capital letters.
    #[error("{0:?} is not a currency code: write three capital letters, as in USD")]
    Currency(String),
    /// Not a decimal number.
    #[error(transparent)]
    Decimal(#[from] DecimalError),
    /// More decimals than the currency has, or too large.
    #[error("{amount} cannot be kept exactly in {currency}, which has {} decimals", currency.decimals())]
    Inexact {
        /// The amount as stated.
        amount: Decimal,
        /// Its currency.
        currency: Currency,
    },
}

impl Currency {
    /// US dollar, the default of an organisation.
    pub const USD: Self = Self(*b"USD");

    /// The code, such as `EUR`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a currency holds ASCII letters")
    }

    /// Digits after the point (ISO 4217 minor unit; 2 where a code is unknown).
    #[must_use]
    pub fn decimals(self) -> u8 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF"
            | b"UGX" | b"UYI" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            b"CLF" | b"UYW" => 4,
            _ => 2,
        }
    }

    /// A number below 17,576 that stands for the code: for compact storage.
    #[must_use]
    pub fn to_index(self) -> u16 {
        self.0.iter().fold(0, |index, letter| index * 26 + u16::from(letter - b'A'))
    }

    /// The inverse of [`Self::to_index`]; `None` beyond the range.
    #[must_use]
    pub fn from_index(index: u16) -> Option<Self> {
        let letter = |n: u16| u8::try_from(n % 26).ok().map(|n| b'A' + n);
        (index < 17_576).then_some(())?;
        Some(Self([letter(index / 676)?, letter(index / 26)?, letter(index)?]))
    }
}

impl FromStr for Currency {
    type Err = MoneyError;
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        match text.as_bytes() {
            [a, b, c] if [a, b, c].iter().all(|l| l.is_ascii_uppercase()) => Ok(Self([*a, *b, *c])),
            _ => Err(MoneyError::Currency(text.to_owned())),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;
    fn try_from(text: String) -> Result<Self, MoneyError> {
        text.parse()
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// An amount in whole minor units (cents, yen, fils) of a currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Minor units.
    pub minor: i64,
    /// Currency.
    pub currency: Currency,
}

impl Money {
    /// Reads `amount` in `currency`.
    ///
    /// # Errors
    /// When the amount has more decimals than the currency, or does not fit.
    pub fn from_decimal(amount: Decimal, currency: Currency) -> Result<Self, MoneyError> {
        let minor = amount.to_units(currency.decimals()).ok_or(MoneyError::Inexact { amount, currency })?;
        Ok(Self { minor, currency })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_units(f, i128::from(self.minor), u32::from(self.currency.decimals()))?;
        write!(f, " {}", self.currency)
    }
}

/// Divides and rounds half to even, the rounding of every figure in Salescope.
///
/// # Panics
/// When `denominator` is not positive.
#[must_use]
pub fn div_half_even(numerator: i128, denominator: i128) -> i128 {
    assert!(denominator > 0, "rounding needs a positive denominator");
    // Most amounts fit 64 bits, whose division is many times faster.
    if let (Ok(numerator), Ok(denominator)) = (i64::try_from(numerator), i64::try_from(denominator)) {
        let (quotient, rest) = (numerator.div_euclid(denominator), numerator.rem_euclid(denominator));
        let up = match rest.cmp(&(denominator - rest)) {
            std::cmp::Ordering::Greater => true,
            std::cmp::Ordering::Equal => quotient % 2 != 0,
            std::cmp::Ordering::Less => false,
        };
        return i128::from(quotient) + i128::from(up);
    }
    let quotient = numerator.div_euclid(denominator);
    let rest = numerator.rem_euclid(denominator);
    match (rest.cmp(&(denominator - rest)), quotient % 2 != 0) {
        (std::cmp::Ordering::Greater, _) | (std::cmp::Ordering::Equal, true) => quotient + 1,
        _ => quotient,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_whole_minor_units_or_refused() {
        let usd = |text: &str| Money::from_decimal(text.parse().unwrap(), Currency::USD);
        assert_eq!(usd("1054").unwrap().minor, 105_400);
        assert_eq!(usd("-0.01").unwrap().to_string(), "-0.01 USD");
        assert!(matches!(usd("0.001"), Err(MoneyError::Inexact { .. })));
        let yen: Currency = "JPY".parse().unwrap();
        assert_eq!(Money::from_decimal("5".parse().unwrap(), yen).unwrap().to_string(), "5 JPY");
        assert!("usd".parse::<Currency>().is_err());
    }

    #[test]
    fn every_currency_code_survives_its_index() {
        for index in 0..17_576 {
            assert_eq!(Currency::from_index(index).unwrap().to_index(), index);
        }
        assert_eq!(Currency::from_index(17_576), None);
    }

    #[test]
    fn halves_round_to_even() {
        for (numerator, denominator, rounded) in
            [(5, 2, 2), (7, 2, 4), (-5, 2, -2), (-7, 2, -4), (1, 3, 0), (2, 3, 1), (-2, 3, -1)]
        {
            assert_eq!(div_half_even(numerator, denominator), rounded, "{numerator}/{denominator}");
        }
    }
}
