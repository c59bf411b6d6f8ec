//! From exact values to decimal strings: the one place that rounds what is printed.

use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_rational::BigRational;
use std::cmp::Ordering;

/// An exact value.
pub(crate) type Exact = BigRational;

/// An exact whole number.
pub(crate) fn whole(number: impl Into<BigInt>) -> Exact {
    Exact::from_integer(number.into())
}

/// The nearest whole number, halves to the even one.
pub(crate) fn half_even(value: &Exact) -> BigInt {
    let floor = value.floor().to_integer();
    let rest = value - whole(floor.clone());
    match rest.cmp(&Exact::new(1.into(), 2.into())) {
        Ordering::Less => floor,
        Ordering::Greater => floor + 1,
        Ordering::Equal if floor.is_even() => floor,
        Ordering::Equal => floor + 1,
    }
}

/// `value` with exactly `digits` digits after the point.
pub(crate) fn decimal(value: &Exact, digits: u32) -> String {
    let units = half_even(&(value * whole(BigInt::from(10).pow(digits))));
    let sign = if units.sign() == Sign::Minus { "-" } else { "" };
    let digits = usize::try_from(digits).expect("a few digits fit");
    let text = format!("{:0>width$}", units.magnitude().to_string(), width = digits + 1);
    let (integer, fraction) = text.split_at(text.len() - digits);
    if digits == 0 { format!("{sign}{integer}") } else { format!("{sign}{integer}.{fraction}") }
}

/// `value` rounded at `digits` digits, without zeros at the end.
pub(crate) fn trimmed(value: &Exact, digits: u32) -> String {
    let text = decimal(value, digits);
    if !text.contains('.') {
        return text;
    }
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_rounded_once_half_to_even() {
        let print = |numerator: i64, denominator: i64, digits| {
            decimal(&Exact::new(numerator.into(), denominator.into()), digits)
        };
        assert_eq!(print(5, 2, 0), "2");
        assert_eq!(print(7, 2, 0), "4");
        assert_eq!(print(-5, 2, 0), "-2");
        assert_eq!(print(2, 3, 6), "0.666667");
        assert_eq!(print(-1, 8, 2), "-0.12");
        assert_eq!(print(-1, 1000, 2), "0.00");
        assert_eq!(trimmed(&Exact::new(5.into(), 4.into()), 6), "1.25");
        assert_eq!(trimmed(&whole(10), 6), "10");
    }
}
