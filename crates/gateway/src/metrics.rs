//! The gateway's metrics: a closed list of names, each with its unit, as functions that take types.
//!
//! Invariant: no label's value comes from a client.

use crate::route::{ROUTES, Route};
use http::StatusCode;
use metrics::Unit;
use metrics::{
    Counter, Gauge, Histogram, counter, describe_counter, describe_gauge, describe_histogram, gauge,
    histogram,
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusRecorder};
use std::sync::OnceLock;
use std::time::Duration;

const REQUESTS: &str = "salescope_http_requests_total";
const SECONDS: &str = "salescope_http_request_seconds";
const BYTES_IN: &str = "salescope_http_body_bytes_total";
const ITEMS: &str = "salescope_ingest_items_total";
const REFUSALS: &str = "salescope_http_overload_refusals_total";
const AUTH_FAILURES: &str = "salescope_http_auth_failures_total";
const CONNECTIONS: &str = "salescope_http_connections";
const LIVE_CONNECTIONS: &str = "salescope_live_connections";
const LIVE_FRAMES: &str = "salescope_live_frames_total";
const CONNECTIONS_REFUSED: &str = "salescope_http_connections_refused_total";

/// Upper bounds of the latency histogram, in seconds: from memory reads to a slow disk.
const SECONDS_BOUNDS: [f64; 14] =
    [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0];

/// A recorder with the buckets that these metrics want. Install it before the gateway is made, and hand its handle to the
/// gateway's options.
#[must_use]
pub fn prometheus_recorder() -> PrometheusRecorder {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(SECONDS.to_owned()), &SECONDS_BOUNDS)
        .expect("there are buckets")
        .build_recorder()
}

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ItemCounts {
    pub(crate) accepted: u64,
    pub(crate) duplicates: u64,
    pub(crate) rejected: u64,
}

/// Statuses with a counter of their own; any other counts as the first of its hundred.
const STATUSES: [u16; 18] =
    [200, 204, 400, 401, 404, 405, 408, 409, 413, 415, 422, 429, 431, 500, 503, 507, 300, 100];

struct PerRoute {
    requests: [OnceLock<Counter>; STATUSES.len()],
    seconds: OnceLock<Histogram>,
}

/// Handles, made once.
pub(crate) struct Metrics {
    routes: Vec<PerRoute>,
    bytes: Counter,
    accepted: Counter,
    duplicates: Counter,
    rejected: Counter,
    refusals: Counter,
    auth_failures: Counter,
    connections: Gauge,
    connections_refused: Counter,
    live_connections: Gauge,
    live_frames: Counter,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        describe_counter!(REQUESTS, Unit::Count, "Requests answered, by route and status");
        describe_histogram!(SECONDS, Unit::Seconds, "Time from a request's head to its answer, by route");
        describe_counter!(BYTES_IN, Unit::Bytes, "Bytes of ingest bodies, unpacked");
        describe_counter!(ITEMS, Unit::Count, "Items taken in, by what became of them");
        describe_counter!(REFUSALS, Unit::Count, "Requests refused for want of room");
        describe_counter!(AUTH_FAILURES, Unit::Count, "Requests without a valid key");
        describe_gauge!(CONNECTIONS, Unit::Count, "Open connections");
        describe_gauge!(LIVE_CONNECTIONS, Unit::Count, "Live connections, WebSockets and server-sent events");
        describe_counter!(LIVE_FRAMES, Unit::Count, "Frames handed to live connections");
        describe_counter!(
            CONNECTIONS_REFUSED,
            Unit::Count,
            "Connections refused because there were too many"
        );
        let per_route =
            || PerRoute { requests: [const { OnceLock::new() }; STATUSES.len()], seconds: OnceLock::new() };
        Self {
            routes: ROUTES.iter().map(|_| per_route()).collect(),
            bytes: counter!(BYTES_IN),
            accepted: counter!(ITEMS, "outcome" => "accepted"),
            duplicates: counter!(ITEMS, "outcome" => "duplicate"),
            rejected: counter!(ITEMS, "outcome" => "rejected"),
            refusals: counter!(REFUSALS),
            auth_failures: counter!(AUTH_FAILURES),
            connections: gauge!(CONNECTIONS),
            connections_refused: counter!(CONNECTIONS_REFUSED),
            live_connections: gauge!(LIVE_CONNECTIONS),
            live_frames: counter!(LIVE_FRAMES),
        }
    }

    /// A request was answered.
    pub(crate) fn answered(&self, route: Route, status: StatusCode, took: Duration) {
        let of_route = &self.routes[route as usize];
        let hundred = status.as_u16() / 100 * 100;
        let position = |wanted: u16| STATUSES.iter().position(|known| *known == wanted);
        let at = position(status.as_u16()).or_else(|| position(hundred)).unwrap_or(0);
        let requests = of_route.requests[at].get_or_init(
            || counter!(REQUESTS, "route" => route.template(), "status" => STATUSES[at].to_string()),
        );
        requests.increment(1);
        let seconds = of_route.seconds.get_or_init(|| histogram!(SECONDS, "route" => route.template()));
        seconds.record(took.as_secs_f64());
        if status == StatusCode::TOO_MANY_REQUESTS {
            self.refusals.increment(1);
        }
    }

    /// Items were answered, of a body of this many bytes.
    pub(crate) fn ingested(&self, bytes: usize, counts: ItemCounts) {
        self.bytes.increment(bytes as u64);
        for (counter, count) in [
            (&self.accepted, counts.accepted),
            (&self.duplicates, counts.duplicates),
            (&self.rejected, counts.rejected),
        ] {
            if count > 0 {
                counter.increment(count);
            }
        }
    }

    /// A request had no valid key.
    pub(crate) fn auth_failed(&self) {
        self.auth_failures.increment(1);
    }

    /// A connection was opened.
    pub(crate) fn connected(&self) {
        self.connections.increment(1.0);
    }

    /// A connection was closed.
    pub(crate) fn disconnected(&self) {
        self.connections.decrement(1.0);
    }

    /// Live connections, to be counted where they are.
    pub(crate) fn live_connections(&self) -> Gauge {
        self.live_connections.clone()
    }

    /// So many frames were handed to a live connection.
    pub(crate) fn live_frames(&self, count: usize) {
        self.live_frames.increment(count as u64);
    }

    /// A connection was refused.
    pub(crate) fn connection_refused(&self) {
        self.connections_refused.increment(1);
    }
}
