//! Admission: bytes of requests under way, of the process and of each organisation.
//!
//! Invariant: what is counted is given back when the permit is dropped, whatever became of the request. Nobody waits here.

use parking_lot::Mutex;
use salescope_engine_api::EngineError;
use salescope_store::OrgKey;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Maps that share the organisations, so that requests of different ones seldom meet at one lock.
const PARTS: usize = 16;

/// What is under way.
#[derive(Debug)]
pub(crate) struct Admission {
    node: Arc<Semaphore>,
    node_bytes_max: u32,
    tenants: Arc<Tenants>,
    retry_ms: u64,
}

#[derive(Debug)]
struct Tenants {
    bytes_max: u32,
    parts: [Mutex<HashMap<OrgKey, u32>>; PARTS],
}

/// Room for one request, until it is dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    _node: OwnedSemaphorePermit,
    _tenant: TenantPermit,
}

#[derive(Debug)]
struct TenantPermit {
    tenants: Arc<Tenants>,
    org: OrgKey,
    bytes: u32,
}

impl Tenants {
    fn part(&self, org: OrgKey) -> &Mutex<HashMap<OrgKey, u32>> {
        &self.parts[org.0 as usize % PARTS]
    }

    fn try_acquire(self: &Arc<Self>, org: OrgKey, bytes: u32) -> Option<TenantPermit> {
        let mut part = self.part(org).lock();
        let held = part.entry(org).or_insert(0);
        // The first request is let in whatever its size: the process's limit bounds it.
        if *held > 0 && held.saturating_add(bytes) > self.bytes_max {
            return None;
        }
        *held = held.saturating_add(bytes);
        drop(part);
        Some(TenantPermit { tenants: Arc::clone(self), org, bytes })
    }
}

impl Drop for TenantPermit {
    fn drop(&mut self) {
        let mut part = self.tenants.part(self.org).lock();
        if let Some(held) = part.get_mut(&self.org) {
            *held = held.saturating_sub(self.bytes);
            if *held == 0 {
                part.remove(&self.org);
            }
        }
    }
}

impl Admission {
    pub(crate) fn new(node_bytes_max: u32, tenant_bytes_max: u32, retry_ms: u64) -> Self {
        let parts = std::array::from_fn(|_| Mutex::new(HashMap::new()));
        Self {
            node: Arc::new(Semaphore::new(node_bytes_max as usize)),
            node_bytes_max,
            tenants: Arc::new(Tenants { bytes_max: tenant_bytes_max, parts }),
            retry_ms,
        }
    }

    /// Room for `bytes` of a request of `org`, now or not at all.
    pub(crate) fn try_admit(&self, org: OrgKey, bytes: u64) -> Result<Permit, EngineError> {
        // A request that is larger than all the room there is could never be let in: it takes all of it.
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX).clamp(1, self.node_bytes_max);
        let node = Arc::clone(&self.node)
            .try_acquire_many_owned(bytes)
            .map_err(|_| self.overloaded("the server", self.node_bytes_max))?;
        let tenant = self
            .tenants
            .try_acquire(org, bytes)
            .ok_or_else(|| self.overloaded("the organisation", self.tenants.bytes_max))?;
        Ok(Permit { _node: node, _tenant: tenant })
    }

    /// Whether there is any room at all.
    pub(crate) fn check_room(&self) -> Result<(), EngineError> {
        let free = self.node.available_permits() > 0;
        if free { Ok(()) } else { Err(self.overloaded("the server", self.node_bytes_max)) }
    }

    fn overloaded(&self, scope: &'static str, limit: u32) -> EngineError {
        EngineError::Overloaded {
            scope: scope.into(),
            limit_bytes: u64::from(limit),
            retry_after_ms: self.retry_ms,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(result: Result<Permit, EngineError>) -> Option<String> {
        match result {
            Err(EngineError::Overloaded { scope, .. }) => Some(scope.into_owned()),
            _ => None,
        }
    }

    #[test]
    fn room_is_bounded_for_each_organisation_and_for_all_and_comes_back() {
        let admission = Admission::new(100, 60, 5);
        let (a, b) = (OrgKey(1), OrgKey(2));
        let first = admission.try_admit(a, 50).unwrap();
        assert_eq!(scope(admission.try_admit(a, 20)).as_deref(), Some("the organisation"));
        let second = admission.try_admit(b, 50).unwrap();
        assert_eq!(scope(admission.try_admit(OrgKey(3), 1)).as_deref(), Some("the server"));
        drop(first);
        let third = admission.try_admit(a, 20).unwrap();
        drop((second, third));
        assert!(admission.tenants.parts.iter().all(|part| part.lock().is_empty()));
        assert_eq!(admission.node.available_permits(), 100);
    }

    #[test]
    fn a_request_larger_than_all_room_is_let_in_alone() {
        let admission = Admission::new(100, 60, 5);
        let huge = admission.try_admit(OrgKey(1), 1 << 40).unwrap();
        assert!(admission.try_admit(OrgKey(2), 1).is_err());
        drop(huge);
        assert!(admission.try_admit(OrgKey(2), 1).is_ok());
    }
}
