//! Intervals for few deals, in exact arithmetic: the same digits on every machine.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};
use std::sync::OnceLock;

/// Below this `n` a figure carries an interval.
pub const FEW_DEALS: u64 = 30;

/// z of 95% two-sided confidence, in millionths.
const Z_MILLIONTHS: i64 = 1_959_964;

/// Student's t of 95% two-sided confidence for 1 to 28 degrees of freedom, in millionths.
const T_MILLIONTHS: [i64; 28] = [
    12_706_205, 4_302_653, 3_182_446, 2_776_445, 2_570_582, 2_446_912, 2_364_624, 2_306_004, 2_262_157,
    2_228_139, 2_200_985, 2_178_813, 2_160_369, 2_144_787, 2_131_450, 2_119_905, 2_109_816, 2_100_922,
    2_093_024, 2_085_963, 2_079_614, 2_073_873, 2_068_658, 2_063_899, 2_059_539, 2_055_529, 2_051_831,
    2_048_407,
];

/// Digits after the point that a square root keeps.
const ROOT_DIGITS: u32 = 20;

fn ratio(numerator: i64, denominator: i64) -> BigRational {
    BigRational::new(numerator.into(), denominator.into())
}

/// The square root of a number that is not negative, cut at [`ROOT_DIGITS`].
fn root(value: &BigRational) -> BigRational {
    if value.is_zero() || value.is_negative() {
        return BigRational::zero();
    }
    let scale = BigInt::from(10).pow(ROOT_DIGITS);
    let scaled = (value * BigRational::from(&scale * &scale)).floor().to_integer();
    BigRational::new(scaled.sqrt(), scale)
}

/// The Wilson score interval of `hits` out of `n`, for 0 < n < [`FEW_DEALS`].
///
/// Source: E. B. Wilson, Probable inference, JASA 22 (1927).
#[must_use]
pub fn wilson(hits: u64, n: u64) -> Option<(BigRational, BigRational)> {
    if n == 0 || n >= FEW_DEALS || hits > n {
        return None;
    }
    // There are fewer than 500 such intervals, and a question by account may want each of them many times.
    let cell = WILSON.get(usize::try_from(n * FEW_DEALS + hits).ok()?)?;
    Some(cell.get_or_init(|| wilson_exactly(hits.cast_signed(), n.cast_signed())).clone())
}

static WILSON: [OnceLock<(BigRational, BigRational)>; 900] = [const { OnceLock::new() }; 900];

fn wilson_exactly(hits: i64, n: i64) -> (BigRational, BigRational) {
    let z = ratio(Z_MILLIONTHS, 1_000_000);
    let share = ratio(hits, n);
    let z2 = &z * &z;
    let one = ratio(1, 1);
    let denominator = &one + &z2 / ratio(n, 1);
    let centre = (&share + &z2 / ratio(2 * n, 1)) / &denominator;
    let variance = &share * (&one - &share) / ratio(n, 1) + &z2 / ratio(4 * n * n, 1);
    let half = z / denominator * root(&variance);
    (&centre - &half, centre + half)
}

/// Student's interval of a mean over `n` values with this sum and sum of squares, for 2 <= n < [`FEW_DEALS`].
#[must_use]
pub fn mean_interval(n: u64, sum: &BigInt, squares: &BigInt) -> Option<(BigRational, BigRational)> {
    if !(2..FEW_DEALS).contains(&n) {
        return None;
    }
    let t = ratio(*T_MILLIONTHS.get(usize::try_from(n).ok()? - 2)?, 1_000_000);
    let count = BigInt::from(n);
    let mean = BigRational::new(sum.clone(), count.clone());
    // s^2 / n with s^2 = (n sum(x^2) - sum(x)^2) / (n (n - 1))
    let spread = &count * squares - sum * sum;
    let variance = BigRational::new(spread, &count * &count * (&count - 1));
    let half = t * root(&variance);
    Some((&mean - &half, mean + half))
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_traits::ToPrimitive;

    fn floats(interval: Option<(BigRational, BigRational)>) -> [f64; 2] {
        let (low, high) = interval.unwrap();
        [low.to_f64().unwrap(), high.to_f64().unwrap()]
    }

    #[test]
    fn the_intervals_match_published_values() {
        // 8 of 10: Wilson 95% 0.4902 to 0.9433 (Newcombe 1998's method 3 formula).
        let [low, high] = floats(wilson(8, 10));
        assert!((low - 0.4902).abs() < 1e-4 && (high - 0.9433).abs() < 1e-4, "{low} {high}");
        // 1, 2, 3, 4, 5: mean 3, s = 1.5811, t(4) = 2.776445: 1.0368 to 4.9632.
        let [low, high] = floats(mean_interval(5, &15.into(), &55.into()));
        assert!((low - 1.036_757).abs() < 1e-6 && (high - 4.963_243).abs() < 1e-6, "{low} {high}");
    }

    #[test]
    fn there_is_no_interval_without_spread_or_with_enough_deals() {
        assert_eq!(wilson(0, 0), None);
        assert_eq!(wilson(30, 30), None);
        assert_eq!(mean_interval(1, &1.into(), &1.into()), None);
        assert_eq!(mean_interval(30, &1.into(), &1.into()), None);
        assert!(wilson(29, 29).is_some() && mean_interval(29, &29.into(), &29.into()).is_some());
    }
}
