//! What a run counts.

use hdrhistogram::Histogram;
use std::time::Duration;
use tokio::time::Instant;

/// Longer latencies are recorded as this, in microseconds: ten minutes.
const LATENCY_MAX_US: u64 = 600_000_000;

/// Significant digits of recorded latencies.
const LATENCY_DIGITS: u8 = 3;

/// Counts of a run. All but the window's are of the whole run, with warm-up and drain.
#[derive(Debug)]
pub(crate) struct Tally {
    /// Requests that were answered for good.
    pub(crate) requests: u64,
    /// Events that were acknowledged.
    pub(crate) acked: u64,
    /// Items that were called duplicates although they were sent once.
    pub(crate) duplicates_unexpected: u64,
    /// Items that were called duplicates when they were sent again: their first answer was lost.
    pub(crate) duplicates_repeated: u64,
    /// Items that were rejected.
    pub(crate) rejected: u64,
    /// The first rejection.
    pub(crate) first_rejection: Option<String>,
    /// Answers 429.
    pub(crate) overloaded: u64,
    /// Answers 503.
    pub(crate) unavailable: u64,
    /// Exchanges that broke off.
    pub(crate) broken: u64,
    /// Requests whose end stayed unknown.
    pub(crate) unresolved: u64,
    /// Requests that fell due and were never sent, as the backlog took too long.
    pub(crate) unsent: u64,
    /// From the time at which a request was due to its whole answer, in microseconds: requests due in the window.
    pub(crate) latency_us: Histogram<u64>,
    /// Of those, what passed before they were sent.
    pub(crate) lateness_us: Histogram<u64>,
}

impl Tally {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self {
            requests: 0,
            acked: 0,
            duplicates_unexpected: 0,
            duplicates_repeated: 0,
            rejected: 0,
            first_rejection: None,
            overloaded: 0,
            unavailable: 0,
            broken: 0,
            unresolved: 0,
            unsent: 0,
            latency_us: histogram(),
            lateness_us: histogram(),
        }
    }
}

/// An empty histogram of latencies.
pub(crate) fn histogram() -> Histogram<u64> {
    Histogram::new_with_max(LATENCY_MAX_US, LATENCY_DIGITS).expect("the bounds are those of a histogram")
}

/// Records a length of time.
pub(crate) fn record(histogram: &mut Histogram<u64>, from: Instant, to: Instant) {
    let passed = to.saturating_duration_since(from);
    histogram.saturating_record(micros(passed));
}

fn micros(passed: Duration) -> u64 {
    u64::try_from(passed.as_micros()).unwrap_or(LATENCY_MAX_US)
}
