//! What the gateway is given: limits, a clock, a source of randomness, and where its metrics are.
//!
//! Invariant: every bound of the gateway stands here, with its unit in its name and its reason beside it.

use metrics_exporter_prometheus::PrometheusHandle;
use salescope_domain::Instant;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;

/// Bounds. Each default is stated with its reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GatewayLimits {
    /// Open connections. 8,192: half of what the usual limit of 20,000 open files leaves beside the store.
    pub connections_max: usize,
    /// Time for a request's head, and for a connection to stay idle. 15 s: a client behind a slow link sends a head in one.
    pub header_ms_max: u64,
    /// Bytes of a request's head. 16 KiB: cookies and proxies add some, an attack adds more.
    pub header_bytes_max: usize,
    /// Headers of a request. 64: browsers send about 20.
    pub headers_max: usize,
    /// Bytes of an ingest body as it is sent. 16 MiB: 10,000 events of 1.6 KB.
    pub packed_bytes_max: usize,
    /// Bytes of an ingest body when unpacked. 64 MiB: JSON packs 4 to 10 times.
    pub unpacked_bytes_max: usize,
    /// Bytes of any other body, unpacked. 1 MiB: a deal with 200 lines and 200 fields takes a tenth.
    pub document_bytes_max: usize,
    /// Items of one request. 10,000: the largest slice that an organisation's actor takes at once.
    pub items_max: usize,
    /// Bytes of one item. 1 MiB.
    pub item_bytes_max: usize,
    /// Bytes of all bodies that are being read or worked on. 256 MiB: four of the largest bodies.
    pub body_memory_bytes_max: usize,
    /// Bytes of ingest bodies that are parsed, stored and answered at a time. 2 MiB: what stays in a processor's caches. The others
    /// wait.
    pub under_way_bytes_max: usize,
    /// How long a request waits for the engine and keeps its turn. 100 ms: many commits. Then others go on, and it waits on.
    pub turn_ms_max: u64,
    /// Bytes of ingest bodies that one organisation has waiting; one more request is told to come again. 32 MiB.
    pub org_waiting_bytes_max: usize,
    /// Time for a body's first bytes. 10 s.
    pub body_grace_ms: u64,
    /// Bytes per second that a body has to come at after its grace. 16 KiB: slower senders hold memory for nothing.
    pub body_rate_bytes_min: u64,
    /// Time for a whole body. 120 s.
    pub body_ms_max: u64,
    /// Bytes of a refused body that are read and thrown away, so that the sender reads the answer. 256 MiB.
    pub drain_bytes_max: usize,
    /// Time for that. 10 s.
    pub drain_ms_max: u64,
    /// When to come again after a refusal for want of memory. 1 s.
    pub retry_after_ms: u64,
    /// API keys that are remembered. 100,000: one for each organisation of a large installation.
    pub keys_cached_max: usize,
    /// How long a key and an organisation's settings are remembered. 5 s: a revocation is felt within.
    pub key_ms_max: u64,
    /// People and teams whose ids are remembered. 200,000.
    pub parties_cached_max: usize,
    /// How long they are. 60 s: an erasure by another door is felt within.
    pub party_ms_max: u64,
    /// Time for requests under way when the server stops. 30 s.
    pub drain_on_stop_ms: u64,
    /// Of live connections.
    pub live: LiveLimits,
}

/// Bounds of live connections. Each default is stated with its reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LiveLimits {
    /// Live connections. 8,192: as many as others; each holds an open file.
    pub connections_max: usize,
    /// Of one organisation. 4,096: no organisation takes all.
    pub connections_per_org_max: usize,
    /// Of one key. 4,096: a dashboard's server holds one for each of its viewers.
    pub connections_per_key_max: usize,
    /// Subscriptions of one connection. 200: a wall of cards.
    pub subscriptions_max: usize,
    /// Bytes of a message from a client. 64 KiB: a subscription with a thousand filter values.
    pub message_bytes_max: usize,
    /// Messages from one client in a second. 50: nobody clicks faster; coming back with all subscriptions is allowed beside.
    pub messages_per_s_max: u32,
    /// Time to say who asks. 10 s.
    pub auth_ms_max: u64,
    /// Time between two heartbeats. 15 s: below what proxies take for silence.
    pub heartbeat_ms: u64,
    /// Time for a client to take what is written. 10 s: then it is let go.
    pub write_ms_max: u64,
    /// Entries of a feed that are replayed to a client who comes back. 1,000: more is a page of its own.
    pub feed_replay_max: u64,
    /// When to come again after a refusal for want of places. 5 s.
    pub retry_after_ms: u64,
}

impl Default for LiveLimits {
    fn default() -> Self {
        Self {
            connections_max: 8_192,
            connections_per_org_max: 4_096,
            connections_per_key_max: 4_096,
            subscriptions_max: 200,
            message_bytes_max: 64 << 10,
            messages_per_s_max: 50,
            auth_ms_max: 10_000,
            heartbeat_ms: 15_000,
            write_ms_max: 10_000,
            feed_replay_max: 1_000,
            retry_after_ms: 5_000,
        }
    }
}

impl Default for GatewayLimits {
    fn default() -> Self {
        const KIB: usize = 1 << 10;
        const MIB: usize = 1 << 20;
        Self {
            connections_max: 8_192,
            header_ms_max: 15_000,
            header_bytes_max: 16 * KIB,
            headers_max: 64,
            packed_bytes_max: 16 * MIB,
            unpacked_bytes_max: 64 * MIB,
            document_bytes_max: MIB,
            items_max: 10_000,
            item_bytes_max: MIB,
            body_memory_bytes_max: 256 * MIB,
            under_way_bytes_max: 2 * MIB,
            turn_ms_max: 100,
            org_waiting_bytes_max: 32 * MIB,
            body_grace_ms: 10_000,
            body_rate_bytes_min: 16 * 1024,
            body_ms_max: 120_000,
            drain_bytes_max: 256 * MIB,
            drain_ms_max: 10_000,
            retry_after_ms: 1_000,
            keys_cached_max: 100_000,
            key_ms_max: 5_000,
            parties_cached_max: 200_000,
            party_ms_max: 60_000,
            drain_on_stop_ms: 30_000,
            live: LiveLimits::default(),
        }
    }
}

impl GatewayLimits {
    pub(crate) fn header_timeout(&self) -> Duration {
        Duration::from_millis(self.header_ms_max)
    }
}

/// Which requests get a line in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccessLog {
    /// Every one.
    All,
    /// Those that were not answered with success.
    #[default]
    Errors,
    /// None.
    Off,
}

/// The clock.
pub type Clock = Arc<dyn Fn() -> Instant + Send + Sync>;

/// What the gateway is given.
#[derive(Clone)]
pub struct GatewayOptions {
    /// Bounds.
    pub limits: GatewayLimits,
    /// Which requests are logged.
    pub access_log: AccessLog,
    /// The time.
    pub clock: Clock,
    /// A random number of this process: request ids begin with it.
    pub random: u64,
    /// What `/metrics` prints; without it the page says that there is none.
    pub prometheus: Option<PrometheusHandle>,
}

impl GatewayOptions {
    /// The defaults with this clock and this random number.
    #[must_use]
    pub fn new(clock: Clock, random: u64) -> Self {
        let (limits, access_log) = (GatewayLimits::default(), AccessLog::default());
        Self { limits, access_log, clock, random, prometheus: None }
    }
}
