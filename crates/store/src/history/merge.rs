//! Which small segments a new one takes along.
//!
//! Invariants: an entry is rewritten only into a segment at least half as long again, so a number of times in proportion
//! to the logarithm of [`SEGMENT_BYTES_MIN`]; for the same reason an organisation has few short segments.

/// A shorter segment is taken along, in bytes before compression: long enough to compress well and to cost little per row.
pub(crate) const SEGMENT_BYTES_MIN: u64 = 256 << 10;

/// How many of the last segments a run of `bytes` takes along, given their lengths before compression, the last one first.
///
/// One is taken along when it is short, and at most twice as long as what comes after it: a large one is not written anew
/// for the sake of a few entries.
pub(crate) fn taken_along(last_first: impl IntoIterator<Item = u64>, mut bytes: u64) -> usize {
    let mut count = 0;
    for length in last_first {
        if length >= SEGMENT_BYTES_MIN || length > bytes.saturating_mul(2) {
            break;
        }
        bytes += length;
        count += 1;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_long_segment_stays_as_it_is() {
        assert_eq!(taken_along([SEGMENT_BYTES_MIN], SEGMENT_BYTES_MIN * 4), 0);
        assert_eq!(taken_along([SEGMENT_BYTES_MIN - 1], SEGMENT_BYTES_MIN), 1);
    }

    #[test]
    fn a_few_entries_do_not_rewrite_many() {
        assert_eq!(taken_along([201, 10], 100), 0);
        assert_eq!(taken_along([200, 10], 100), 2);
    }

    proptest! {
        #[test]
        fn entries_are_rewritten_seldom_and_segments_are_few(runs in prop::collection::vec(1_u64..4_000, 1..300)) {
            let (mut segments, mut written) = (Vec::<u64>::new(), 0);
            let total: u64 = runs.iter().sum();
            for run in &runs {
                let count = taken_along(segments.iter().rev().copied(), *run);
                let merged = run + segments.drain(segments.len() - count..).sum::<u64>();
                segments.push(merged);
                written += merged;
            }
            prop_assert_eq!(segments.iter().sum::<u64>(), total);
            // log(256 Ki) to the base 1.5 is 31.
            prop_assert!(written <= total * 32, "{} bytes written for {}", written, total);
            let short = segments.iter().filter(|bytes| **bytes < SEGMENT_BYTES_MIN).count();
            prop_assert!(short <= 20, "{} short segments", short);
        }
    }
}
