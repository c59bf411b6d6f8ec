//! The port of API keys, which are known here by their hashes only.

use crate::StoreError;
use async_trait::async_trait;
use salescope_domain::{Instant, Label, OrgId};
use salescope_engine_api::{ApiKey, KeyHash};

/// Organisations' API keys.
#[async_trait]
pub trait Keys: Send + Sync {
    /// Saves a key's hash.
    ///
    /// # Errors
    /// When the organisation is unknown, the hash is there already, or the backend fails.
    async fn create_key(
        &self,
        org: &OrgId,
        name: &Label,
        hash: &KeyHash,
        now: Instant,
    ) -> Result<ApiKey, StoreError>;

    /// The keys of all organisations, for whoever checks them in memory.
    ///
    /// # Errors
    /// When the backend fails.
    async fn all_keys(&self) -> Result<Vec<(KeyHash, ApiKey)>, StoreError>;

    /// One organisation's keys, oldest first.
    ///
    /// # Errors
    /// When the organisation is unknown or the backend fails.
    async fn keys(&self, org: &OrgId) -> Result<Vec<ApiKey>, StoreError>;

    /// Makes a key void. Answers whether there was one.
    ///
    /// # Errors
    /// When the organisation is unknown or the backend fails.
    async fn revoke_key(&self, org: &OrgId, id: u64) -> Result<bool, StoreError>;
}
