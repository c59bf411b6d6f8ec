//! API keys, by hash, in memory: a request's key is looked up without the disk.

use parking_lot::RwLock;
use salescope_domain::{Instant, OrgId};
use salescope_engine_api::{ApiKey, KeyHash, NewKey};
use salescope_store::{Keys as _, SqliteStore, StoreError};
use std::collections::HashMap;

/// Every key. What is here is also on the disk.
pub(crate) struct Keys {
    by_hash: RwLock<HashMap<KeyHash, ApiKey>>,
}

impl Keys {
    pub(crate) async fn load(store: &SqliteStore) -> Result<Self, StoreError> {
        let by_hash = RwLock::new(store.all_keys().await?.into_iter().collect());
        Ok(Self { by_hash })
    }

    pub(crate) async fn create(
        &self,
        store: &SqliteStore,
        key: NewKey,
        now: Instant,
    ) -> Result<ApiKey, StoreError> {
        let NewKey { org, name, hash } = key;
        let key = store.create_key(&org, &name, &hash, now).await?;
        self.by_hash.write().insert(hash, key.clone());
        Ok(key)
    }

    pub(crate) fn find(&self, hash: &KeyHash) -> Option<ApiKey> {
        self.by_hash.read().get(hash).cloned()
    }

    pub(crate) async fn revoke(&self, store: &SqliteStore, org: &OrgId, id: u64) -> Result<bool, StoreError> {
        // First where it is asked: a key whose end could not be written is void until the next start, not the reverse.
        self.by_hash.write().retain(|_, key| key.id != id || key.org != *org);
        store.revoke_key(org, id).await
    }
}
