//! Values as texts: rounded once, half to even.

use crate::definition::Unit;
use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{Signed, Zero};
use salescope_domain::Currency;

pub(crate) const RATIO_DIGITS: u32 = 6;
const SHORT_DIGITS: u32 = 2;

/// The name of a unit, with the organisation's currency.
pub(crate) fn unit(unit: Unit, currency: Currency) -> String {
    match unit {
        Unit::Money => currency.to_string(),
        Unit::MoneyPerDay => format!("{currency}/day"),
        Unit::Ratio => "ratio".to_owned(),
        Unit::Days => "days".to_owned(),
        Unit::Count => "count".to_owned(),
        Unit::Number | Unit::Per => "number".to_owned(),
    }
}

/// Digits after the point of a unit.
pub(crate) fn digits(unit: Unit, currency: Currency) -> u32 {
    match unit {
        Unit::Money | Unit::MoneyPerDay => u32::from(currency.decimals()),
        Unit::Ratio | Unit::Number => RATIO_DIGITS,
        Unit::Days | Unit::Per => SHORT_DIGITS,
        Unit::Count => 0,
    }
}

/// A value in units of `10^-digits`, rounded. Money comes in minor units.
pub(crate) fn units(value: &BigRational, unit: Unit, digits: u32) -> BigInt {
    let money = matches!(unit, Unit::Money | Unit::MoneyPerDay);
    rounded(value, if money { 0 } else { digits })
}

/// A value as a decimal text. Money comes in minor units.
pub(crate) fn value(value: &BigRational, unit: Unit, currency: Currency) -> String {
    let digits = digits(unit, currency);
    let text = fixed(&units(value, unit, digits), digits);
    if unit == Unit::Number { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// `value * 10^digits` as a whole number, rounded half to even.
pub(crate) fn rounded(value: &BigRational, digits: u32) -> BigInt {
    let scaled = value * BigRational::from_integer(BigInt::from(10).pow(digits));
    let (quotient, rest): (BigInt, BigInt) = scaled.numer().div_mod_floor(scaled.denom());
    let twice: BigInt = rest * 2;
    let up = match twice.cmp(scaled.denom()) {
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => quotient.is_odd() || crate::sabotage::on("half_up_rounding"),
        std::cmp::Ordering::Less => false,
    };
    if up { quotient + 1 } else { quotient }
}

/// Units of `10^-digits` as a text.
pub(crate) fn fixed(units: &BigInt, digits: u32) -> String {
    let sign = if units.is_negative() && !units.is_zero() { "-" } else { "" };
    let magnitude = units.magnitude().to_string();
    let digits = digits as usize;
    if digits == 0 {
        return format!("{sign}{magnitude}");
    }
    let padded = format!("{magnitude:0>width$}", width = digits + 1);
    let (whole, fraction) = padded.split_at(padded.len() - digits);
    format!("{sign}{whole}.{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_print_with_the_digits_of_their_unit() {
        let ratio = |n: i64, d: i64| BigRational::new(n.into(), d.into());
        let usd = Currency::USD;
        assert_eq!(value(&ratio(105_401, 2), Unit::Money, usd), "527.00");
        assert_eq!(value(&ratio(-5, 1), Unit::Money, usd), "-0.05");
        assert_eq!(value(&ratio(2, 3), Unit::Ratio, usd), "0.666667");
        assert_eq!(value(&ratio(1, 8), Unit::Days, usd), "0.12");
        assert_eq!(value(&ratio(3, 8), Unit::Days, usd), "0.38");
        assert_eq!(value(&ratio(5, 2), Unit::Number, usd), "2.5");
        assert_eq!(value(&ratio(100, 1), Unit::Number, usd), "100");
        assert_eq!(value(&ratio(7, 1), Unit::Count, "JPY".parse().unwrap()), "7");
    }
}
