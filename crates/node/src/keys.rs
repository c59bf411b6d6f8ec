//! API keys, by hash, in memory: a request's key is looked up without the disk.
//!
//! Invariant: a key opens the organisation that it was made for, and none that has its name after it was erased.

use parking_lot::RwLock;
use salescope_domain::{Instant, OrgId};
use salescope_engine_api::{ApiKey, KeyHash, NewKey};
use salescope_store::{Journal, Keys as _, OrgKey, SqliteStore, StoreError};
use std::collections::HashMap;

/// Every key. What is here is also on the disk.
pub(crate) struct Keys {
    by_hash: RwLock<HashMap<KeyHash, (OrgKey, ApiKey)>>,
}

impl Keys {
    pub(crate) async fn load(store: &SqliteStore) -> Result<Self, StoreError> {
        let keys = store.all_keys().await?.into_iter();
        let by_hash = keys.filter_map(|(hash, key)| Some((hash, (store.find(&key.org)?, key)))).collect();
        Ok(Self { by_hash: RwLock::new(by_hash) })
    }

    pub(crate) async fn create(
        &self,
        store: &SqliteStore,
        whose: OrgKey,
        key: NewKey,
        now: Instant,
    ) -> Result<ApiKey, StoreError> {
        let NewKey { org, name, hash } = key;
        let key = store.create_key(&org, &name, &hash, now).await?;
        self.by_hash.write().insert(hash, (whose, key.clone()));
        Ok(key)
    }

    pub(crate) fn find(&self, store: &SqliteStore, hash: &KeyHash) -> Option<ApiKey> {
        let (whose, key) = self.by_hash.read().get(hash).cloned()?;
        (store.find(&key.org) == Some(whose)).then_some(key)
    }

    /// Lets go of an erased organisation's keys.
    pub(crate) fn forget(&self, org: OrgKey) {
        self.by_hash.write().retain(|_, (whose, _)| *whose != org);
    }

    pub(crate) async fn revoke(&self, store: &SqliteStore, org: &OrgId, id: u64) -> Result<bool, StoreError> {
        // First where it is asked: a key whose end could not be written is void until the next start, not the reverse.
        self.by_hash.write().retain(|_, (_, key)| key.id != id || key.org != *org);
        store.revoke_key(org, id).await
    }
}
