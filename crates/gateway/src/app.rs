//! What every handler shares: the engine, the limits, the caches and the memory of bodies.

use crate::auth::Keys;
use crate::budget::Budget;
use crate::code::Code;
use crate::context::Contexts;
use crate::live::Hub;
use crate::metrics::Metrics;
use crate::options::GatewayOptions;
use crate::parties::PartyCache;
use crate::problem::{Outcome, Problem};
use crate::request_id::RequestIds;
use crate::turns::{QueueFull, Turn, Turns};
use salescope_domain::{Instant, OrgId, SourceId};
use salescope_engine_api::Engine;
use std::sync::Arc;
use std::time::Duration;

/// The source of what comes in here and names none.
pub(crate) const DEFAULT_SOURCE: &str = "api";

/// The gateway's shared parts.
pub(crate) struct App {
    pub(crate) engine: Arc<dyn Engine>,
    pub(crate) options: GatewayOptions,
    pub(crate) bodies: Arc<Budget>,
    turns: Arc<Turns>,
    pub(crate) keys: Keys,
    pub(crate) contexts: Contexts,
    pub(crate) parties: PartyCache,
    pub(crate) metrics: Metrics,
    pub(crate) request_ids: RequestIds,
    pub(crate) default_source: SourceId,
    pub(crate) live: Hub,
}

impl App {
    pub(crate) fn new(engine: Arc<dyn Engine>, options: GatewayOptions) -> Self {
        let limits = &options.limits;
        let brief = Duration::from_millis(limits.key_ms_max);
        let metrics = Metrics::new();
        Self {
            engine,
            live: Hub::new(metrics.live_connections()),
            bodies: Budget::new(limits.body_memory_bytes_max),
            turns: Turns::new(limits.under_way_bytes_max, limits.org_waiting_bytes_max),
            keys: Keys::new(limits.keys_cached_max, brief),
            contexts: Contexts::new(limits.keys_cached_max, brief),
            parties: PartyCache::new(limits.parties_cached_max, Duration::from_millis(limits.party_ms_max)),
            metrics,
            request_ids: RequestIds::new(options.random),
            default_source: SourceId::new(DEFAULT_SOURCE).expect("the default source keeps the rules of ids"),
            options,
        }
    }

    /// The time.
    pub(crate) fn now(&self) -> Instant {
        (self.options.clock)()
    }

    /// Waits for the turn of an organisation's request that holds so many bytes of events.
    pub(crate) async fn turn(&self, org: &OrgId, bytes: usize) -> Outcome<Turn> {
        self.turns.take(org, bytes).await.map_err(|QueueFull| {
            let limits = &self.options.limits;
            let detail = format!(
                "the organisation has {} bytes of events waiting, which is the most; try again in {} ms",
                limits.org_waiting_bytes_max, limits.retry_after_ms
            );
            Problem::new(Code::Overloaded, detail).retry_after_ms(limits.retry_after_ms)
        })
    }

    /// The refusal of a body for which there is no memory.
    pub(crate) fn no_room(&self) -> Problem {
        let limits = &self.options.limits;
        let detail = format!(
            "requests hold {} bytes of bodies, which is the most; try again in {} ms",
            limits.body_memory_bytes_max, limits.retry_after_ms
        );
        Problem::new(Code::Overloaded, detail).retry_after_ms(limits.retry_after_ms)
    }
}
