//! How many connections there may be: in all, of an organisation, of a key.

use crate::auth::Authorised;
use crate::code::Code;
use crate::options::LiveLimits;
use crate::problem::{Outcome, Problem};
use parking_lot::Mutex;
use salescope_domain::OrgId;
use std::collections::HashMap;
use std::sync::Arc;

/// The places of all connections.
#[derive(Debug, Default)]
pub(super) struct Places(Mutex<Taken>);

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    by_org: HashMap<OrgId, usize>,
    by_key: HashMap<u64, usize>,
}

/// A connection's place, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Arc<Places>,
    org: OrgId,
    key: u64,
}

impl Places {
    /// A place for a connection, if there is one left.
    pub(super) fn take(self: &Arc<Self>, granted: &Authorised, limits: &LiveLimits) -> Outcome<Place> {
        let (org, key) = (granted.org().clone(), granted.principal().key_id);
        let mut taken = self.0.lock();
        let of_org = taken.by_org.get(&org).copied().unwrap_or(0);
        let of_key = taken.by_key.get(&key).copied().unwrap_or(0);
        let bounds = [
            ("the server", taken.all, limits.connections_max),
            ("the organisation", of_org, limits.connections_per_org_max),
            ("the key", of_key, limits.connections_per_key_max),
        ];
        if let Some((whose, _, max)) = bounds.into_iter().find(|(_, count, max)| count >= max) {
            let detail = format!(
                "{whose} has {max} live connections, which is the most; close one or try again later"
            );
            return Err(Problem::new(Code::TooManyConnections, detail).retry_after_ms(limits.retry_after_ms));
        }
        taken.all += 1;
        *taken.by_org.entry(org.clone()).or_default() += 1;
        *taken.by_key.entry(key).or_default() += 1;
        Ok(Place { places: Arc::clone(self), org, key })
    }

    /// How many are taken.
    pub(super) fn count(&self) -> usize {
        self.0.lock().all
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.0.lock();
        taken.all -= 1;
        give_back(&mut taken.by_org, &self.org);
        give_back(&mut taken.by_key, &self.key);
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
