//! What reading an organisation's events needs of its settings, remembered for a moment.

use crate::app::App;
use crate::problem::Outcome;
use quick_cache::sync::{Cache, DefaultLifecycle};
use salescope_domain::{Currency, OrgId, Zone};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// The settings that events are read with.
#[derive(Debug)]
pub(crate) struct OrgContext {
    pub(crate) currency: Currency,
    pub(crate) zone: Zone,
}

/// Settings that held a moment ago.
pub(crate) struct Contexts {
    cache: Cache<OrgId, (Arc<OrgContext>, Instant), quick_cache::UnitWeighter, foldhash::fast::RandomState>,
    kept: Duration,
}

impl Contexts {
    pub(crate) fn new(max: usize, kept: Duration) -> Self {
        let cache = Cache::with(
            max,
            max as u64,
            quick_cache::UnitWeighter,
            foldhash::fast::RandomState::default(),
            DefaultLifecycle::default(),
        );
        Self { cache, kept }
    }

    /// Forgets an organisation's settings: they are being changed here.
    pub(crate) fn forget(&self, org: &OrgId) {
        self.cache.remove(org);
    }
}

impl App {
    /// The settings that an organisation's events are read with.
    pub(crate) async fn context(&self, org: &OrgId) -> Outcome<Arc<OrgContext>> {
        if let Some((context, since)) = self.contexts.cache.get(org)
            && since.elapsed() < self.contexts.kept
        {
            return Ok(context);
        }
        let settings = self.engine.org(org).await?.settings;
        let context = Arc::new(OrgContext { currency: settings.currency, zone: settings.time_zone });
        self.contexts.cache.insert(org.clone(), (context.clone(), Instant::now()));
        Ok(context)
    }
}
