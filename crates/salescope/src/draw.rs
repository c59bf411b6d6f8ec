//! Choices that look random and are the same in every run of the same seed.

/// A generator of the splitmix64 family (Steele, Lea, Flood 2014).
pub(crate) struct Draw(u64);

/// Draws that a normal value is the sum of (Irwin, Hall): whole numbers but for the last step, the same on every machine.
const NORMAL_DRAWS: u32 = 12;

impl Draw {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// One of its own for a part of the whole, so that the parts do not shift each other.
    pub(crate) fn part(seed: u64, part: u64) -> Self {
        Self(Self(seed ^ part.wrapping_mul(0xD134_2543_DE82_EF95)).next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `end`, which is above 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap_or(0)
    }

    /// A whole number from `from` to `to`, both included.
    pub(crate) fn between(&mut self, from: i64, to: i64) -> i64 {
        let count = usize::try_from(to - from + 1).unwrap_or(1);
        from + i64::try_from(self.below(count)).unwrap_or(0)
    }

    /// One of `items`, where there is any.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        if items.is_empty() { None } else { items.get(self.below(items.len())) }
    }

    /// True in `percent` of 100 cases.
    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// True in `per_mille` of 1,000 cases.
    pub(crate) fn chance_of_1000(&mut self, per_mille: i64) -> bool {
        self.between(0, 999) < per_mille
    }

    /// A value of the log-normal distribution with this median, whose logarithm has the standard deviation `sigma`.
    pub(crate) fn log_normal(&mut self, median: f64, sigma: f64) -> f64 {
        let sum: u64 = (0..NORMAL_DRAWS).map(|_| self.next() >> 32).sum();
        // Each draw has mean 1/2 and variance 1/12 of 2^32: twelve of them, less six, are a normal value.
        let normal = sum as f64 / 2f64.powi(32) - f64::from(NORMAL_DRAWS) / 2.0;
        median * (sigma * normal).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_and_parts_are_of_their_own() {
        let draws = |mut draw: Draw| (0..20).map(|_| draw.below(1_000)).collect::<Vec<_>>();
        assert_eq!(draws(Draw::new(7)), draws(Draw::new(7)));
        assert_eq!(draws(Draw::part(7, 1)), draws(Draw::part(7, 1)));
        assert_ne!(draws(Draw::part(7, 1)), draws(Draw::part(7, 2)));
        assert_ne!(draws(Draw::part(7, 1)), draws(Draw::part(8, 1)));
    }

    #[test]
    fn log_normal_values_have_their_median_and_a_mean_above_it() {
        let mut draw = Draw::new(3);
        let mut values: Vec<f64> = (0..20_001).map(|_| draw.log_normal(40.0, 0.5)).collect();
        values.sort_by(f64::total_cmp);
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        assert!((39.0..41.0).contains(&values[10_000]), "{}", values[10_000]);
        // The mean of a log-normal is the median times e^(sigma^2 / 2).
        assert!((44.0..46.5).contains(&mean), "{mean}");
    }
}
