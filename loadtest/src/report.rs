//! What a run tells: figures with their units, as text and as JSON.

use crate::drive::Tally;
use crate::observe::Memory;
use crate::output::{grouped, table};
use hdrhistogram::Histogram;
use serde::Serialize;

/// A distribution of latencies, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Latency {
    /// How many.
    pub(crate) count: u64,
    /// Half are no longer.
    pub(crate) p50_ms: f64,
    /// Of ten, nine.
    pub(crate) p90_ms: f64,
    /// Of a hundred, 99.
    pub(crate) p99_ms: f64,
    /// Of a thousand, 999.
    pub(crate) p999_ms: f64,
    /// The longest.
    pub(crate) max_ms: f64,
}

impl Latency {
    /// From microseconds.
    pub(crate) fn of(histogram: &Histogram<u64>) -> Self {
        let at = |quantile| histogram.value_at_quantile(quantile) as f64 / 1000.0;
        Self {
            count: histogram.len(),
            p50_ms: at(0.5),
            p90_ms: at(0.9),
            p99_ms: at(0.99),
            p999_ms: at(0.999),
            max_ms: histogram.max() as f64 / 1000.0,
        }
    }

    fn row(&self, name: &str) -> Vec<String> {
        let quantiles = [self.p50_ms, self.p90_ms, self.p99_ms, self.p999_ms, self.max_ms];
        [name.to_owned()].into_iter().chain(quantiles.map(|ms| format!("{ms:.2}"))).collect()
    }
}

/// What was measured within the window.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct Window {
    /// Its length.
    pub(crate) seconds: f64,
    /// Requests answered in it.
    pub(crate) requests: u64,
    /// Events acknowledged in it.
    pub(crate) acked_events: u64,
    /// The same by wall time.
    pub(crate) events_per_second: f64,
    /// CPU time of the server's processes in it, user and system.
    pub(crate) server_cpu_seconds: f64,
    /// Acknowledged events by the server's CPU time.
    pub(crate) events_per_cpu_second: f64,
    /// CPU time of this client in it.
    pub(crate) client_cpu_seconds: f64,
}

/// The server's resources before and after a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub(crate) struct Resources {
    /// Memory.
    pub(crate) memory: Memory,
    /// Open descriptors.
    pub(crate) descriptors: u64,
    /// Space that the data directory takes; `None` where none was named.
    pub(crate) disk_bytes: Option<u64>,
}

/// A whole run.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Report {
    /// The workload, in words.
    pub(crate) workload: String,
    /// What was measured.
    pub(crate) window: Window,
    /// From the time at which a request was due (open loop) or sent (closed loop).
    pub(crate) latency: Latency,
    /// Of that, what passed before it was sent.
    pub(crate) sent_late: Latency,
    /// Events acknowledged in the whole run, with warm-up and drain.
    pub(crate) acked_events: u64,
    /// Items that were called duplicates although they were sent once: a fault of the server.
    pub(crate) duplicates_unexpected: u64,
    /// Items that were called duplicates when they were sent again.
    pub(crate) duplicates_repeated: u64,
    /// Items that were rejected: a fault, as all are valid.
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
    /// Requests that were due and never sent.
    pub(crate) unsent: u64,
    /// Before the run.
    pub(crate) before: Resources,
    /// After it.
    pub(crate) after: Resources,
    /// What the data directory grew by, for each acknowledged event.
    pub(crate) disk_bytes_per_event: Option<f64>,
}

impl Report {
    /// Puts a run together.
    pub(crate) fn new(
        workload: String,
        window: Window,
        tally: Tally,
        resources: (Resources, Resources),
    ) -> Self {
        let (before, after) = resources;
        let grown =
            after.disk_bytes.zip(before.disk_bytes).map(|(after, before)| after as f64 - before as f64);
        Self {
            workload,
            window,
            latency: Latency::of(&tally.latency_us),
            sent_late: Latency::of(&tally.lateness_us),
            acked_events: tally.acked,
            duplicates_unexpected: tally.duplicates_unexpected,
            duplicates_repeated: tally.duplicates_repeated,
            rejected: tally.rejected,
            first_rejection: tally.first_rejection,
            overloaded: tally.overloaded,
            unavailable: tally.unavailable,
            broken: tally.broken,
            unresolved: tally.unresolved,
            unsent: tally.unsent,
            before,
            after,
            disk_bytes_per_event: grown.filter(|_| tally.acked > 0).map(|bytes| bytes / tally.acked as f64),
        }
    }

    /// What the server did wrong, item by item; `None` where it did nothing wrong.
    pub(crate) fn fault(&self) -> Option<String> {
        let Self { rejected, duplicates_unexpected, unresolved, .. } = self;
        let wrong = rejected + duplicates_unexpected + unresolved;
        let first = self.first_rejection.as_ref().map(|first| format!("; first rejection: {first}"));
        (wrong > 0).then(|| {
            format!(
                "{rejected} items rejected, {duplicates_unexpected} called duplicates although sent once, {unresolved} \
                 requests without an end{}",
                first.unwrap_or_default()
            )
        })
    }

    /// As text.
    pub(crate) fn text(&self) -> String {
        let Window { seconds, requests, acked_events, events_per_second, server_cpu_seconds, .. } =
            self.window;
        let mut text = format!(
            "{}\n{} events in {} requests acknowledged in {seconds:.1} s: {} events/s\n\
             server {server_cpu_seconds:.2} CPU-seconds: {} events per CPU-second; client {:.2} CPU-seconds\n",
            self.workload,
            grouped(acked_events as f64),
            grouped(requests as f64),
            grouped(events_per_second),
            grouped(self.window.events_per_cpu_second),
            self.window.client_cpu_seconds,
        );
        let rows = [self.latency.row("latency"), self.sent_late.row("of that, sent late")];
        text += &table(&["ms", "p50", "p90", "p99", "p99.9", "max"], &rows);
        text += &format!(
            "429: {}, 503: {}, broken off: {}, repeats found duplicate: {}, never sent: {}\n",
            self.overloaded, self.unavailable, self.broken, self.duplicates_repeated, self.unsent
        );
        let mib = |bytes: u64| format!("{:.1}", bytes as f64 / f64::from(1 << 20));
        let row = |name: &str, of: &Resources| {
            let memory = of.memory;
            let sizes = [memory.rss_bytes, memory.anonymous_bytes, memory.peak_bytes].map(mib);
            let rest = [of.descriptors.to_string(), of.disk_bytes.map_or("-".to_owned(), mib)];
            [name.to_owned()].into_iter().chain(sizes).chain(rest).collect::<Vec<_>>()
        };
        let header = ["MiB", "resident", "anonymous", "peak", "descriptors", "disk"];
        text += &table(&header, &[row("before", &self.before), row("after", &self.after)]);
        if let Some(bytes) = self.disk_bytes_per_event {
            text += &format!("disk {bytes:.1} bytes per event\n");
        }
        text
    }
}
