//! How many connections there may be: in all, of an organisation, of a key. One that has not said whose it is takes a place, too.

use crate::auth::Authorised;
use crate::code::Code;
use crate::options::LiveLimits;
use crate::problem::{Outcome, Problem};
use metrics::Gauge;
use parking_lot::Mutex;
use salescope_domain::OrgId;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::Notify;

/// The places of all connections.
pub(super) struct Places {
    taken: Mutex<Taken>,
    counted: Gauge,
    /// Woken by each place that is given back.
    given_back: Notify,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_org: HashMap<OrgId, usize>,
    by_key: HashMap<u64, usize>,
}

/// A connection's place, until it is dropped.
pub(super) struct Place {
    places: Arc<Places>,
    /// Whose it is, once that is known.
    whose: Option<(OrgId, u64)>,
}

impl Places {
    pub(super) fn new(counted: Gauge) -> Arc<Self> {
        Arc::new(Self { taken: Mutex::default(), counted, given_back: Notify::new() })
    }

    /// A place for a connection of whoever it is, if there is one left.
    pub(super) fn take(self: &Arc<Self>, limits: &LiveLimits) -> Outcome<Place> {
        let mut taken = self.taken.lock();
        check("the server", taken.all, limits.connections_max, limits)?;
        taken.all += 1;
        self.counted.increment(1.0);
        Ok(Place { places: Arc::clone(self), whose: None })
    }

    /// Waits until none is taken.
    pub(super) async fn empty(&self) {
        loop {
            let given_back = self.given_back.notified();
            if self.taken.lock().all == 0 {
                return;
            }
            given_back.await;
        }
    }
}

impl Place {
    /// Makes it the place of whoever came, if they have one left.
    pub(super) fn give(&mut self, granted: &Authorised, limits: &LiveLimits) -> Outcome<()> {
        let (org, key) = (granted.org().clone(), granted.principal().key_id);
        let mut taken = self.places.taken.lock();
        let of_org = taken.by_org.get(&org).copied().unwrap_or(0);
        let of_key = taken.by_key.get(&key).copied().unwrap_or(0);
        check("the organisation", of_org, limits.connections_per_org_max, limits)?;
        check("the key", of_key, limits.connections_per_key_max, limits)?;
        *taken.by_org.entry(org.clone()).or_default() += 1;
        *taken.by_key.entry(key).or_default() += 1;
        self.whose = Some((org, key));
        Ok(())
    }
}

fn check(whose: &str, count: usize, max: usize, limits: &LiveLimits) -> Outcome<()> {
    if count < max {
        return Ok(());
    }
    let detail =
        format!("{whose} has {max} live connections, which is the most; close one or try again later");
    Err(Problem::new(Code::TooManyConnections, detail).retry_after_ms(limits.retry_after_ms))
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock();
        taken.all -= 1;
        self.places.counted.decrement(1.0);
        if let Some((org, key)) = &self.whose {
            give_back(&mut taken.by_org, org);
            give_back(&mut taken.by_key, key);
        }
        self.places.given_back.notify_waiters();
    }
}

fn give_back<K: Eq + std::hash::Hash>(counts: &mut HashMap<K, usize>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}
