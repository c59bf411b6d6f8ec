//! Zipf's law: the organisation of rank k is chosen in proportion to `1 / k^s`.

use rand::{Rng, RngExt};

/// Exact, by the cumulative weights: a choice costs a binary search.
#[derive(Debug)]
pub(crate) struct Zipf {
    cumulative: Vec<f64>,
}

impl Zipf {
    /// Over `count` ranks, at least one.
    pub(super) fn new(count: usize, exponent: f64) -> Self {
        let weights = (1..=count.max(1)).map(|rank| (rank as f64).powf(-exponent));
        let cumulative = weights.scan(0.0, |sum, weight| {
            *sum += weight;
            Some(*sum)
        });
        Self { cumulative: cumulative.collect() }
    }

    /// A rank, from 0.
    pub(super) fn draw(&self, random: &mut impl Rng) -> usize {
        let last = self.cumulative.len() - 1;
        let point = random.random::<f64>() * self.cumulative[last];
        self.cumulative.partition_point(|sum| *sum <= point).min(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{SeedableRng, rngs::SmallRng};

    #[test]
    fn ranks_are_drawn_in_proportion_to_their_inverse() {
        const DRAWS: usize = 200_000;
        let (zipf, mut random) = (Zipf::new(1000, 1.0), SmallRng::seed_from_u64(7));
        let mut drawn = vec![0_usize; 1000];
        for _ in 0..DRAWS {
            drawn[zipf.draw(&mut random)] += 1;
        }
        let harmonic: f64 = (1..=1000).map(|rank| 1.0 / f64::from(rank)).sum();
        for rank in [1_usize, 2, 5, 20] {
            let expected = DRAWS as f64 / harmonic / rank as f64;
            let seen = drawn[rank - 1] as f64;
            // Five standard deviations of a count.
            assert!((seen - expected).abs() < 5.0 * expected.sqrt(), "rank {rank}: {seen} for {expected}");
        }
    }

    #[test]
    fn one_rank_is_always_drawn_and_exponent_zero_is_even() {
        let mut random = SmallRng::seed_from_u64(1);
        assert_eq!(Zipf::new(1, 1.0).draw(&mut random), 0);
        let even = Zipf::new(4, 0.0);
        let mut drawn = [0; 4];
        for _ in 0..4000 {
            drawn[even.draw(&mut random)] += 1;
        }
        assert!(drawn.iter().all(|count| (800..1200).contains(count)), "{drawn:?}");
    }
}
