//! Exchange rates.

use crate::{Currency, Date, Decimal, SourceId, Version, money::div_half_even};
use serde::{Deserialize, Serialize};

/// From `date` on, until the next later date that has a rate: one unit of `currency` buys `rate` units of `home`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExchangeRate {
    /// Where this is stated.
    pub source: SourceId,
    /// The currency converted from.
    pub currency: Currency,
    /// The currency converted to: figures use those whose home is the organisation's currency.
    pub home: Currency,
    /// First date on which it holds.
    pub date: Date,
    /// Which statement this is.
    pub version: Version,
    /// Above zero.
    pub rate: Decimal,
}

/// `units` of `from` times `rate`, in minor units of `to`, rounded half to even once.
/// `units` may carry `extra_digits` decimal digits below the minor unit (for probability-weighted sums).
#[must_use]
pub fn convert(units: i128, rate: Decimal, from: Currency, to: Currency, extra_digits: u32) -> i128 {
    let down = u32::from(from.decimals()) + u32::from(rate.scale()) + extra_digits;
    let up = u32::from(to.decimals());
    let product = units * i128::from(rate.mantissa());
    if down >= up { div_half_even(product, 10_i128.pow(down - up)) } else { product * 10_i128.pow(up - down) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversion_minds_the_decimals_of_both_currencies_and_rounds_half_even() {
        let rate: Decimal = "0.0065".parse().unwrap();
        let jpy: Currency = "JPY".parse().unwrap();
        assert_eq!(convert(1000, rate, jpy, Currency::USD, 0), 650);
        let half: Decimal = "0.5".parse().unwrap();
        let eur: Currency = "EUR".parse().unwrap();
        assert_eq!(convert(1, half, eur, Currency::USD, 0), 0);
        assert_eq!(convert(3, half, eur, Currency::USD, 0), 2);
        assert_eq!(convert(150, Decimal::ONE, eur, jpy, 0), 2);
    }
}
