//! The end of an organisation: first nobody gets to it any more, then its bytes go, then what is remembered of it.
//!
//! Invariant: an erasure that has begun goes on when its caller goes away.

use crate::engine::{LocalEngine, store_error};
use salescope_domain::OrgId;
use salescope_engine_api::{EngineError, EngineResult};
use salescope_store::{History, Journal, SqliteStore};
use std::sync::Arc;

impl LocalEngine {
    /// Erases an organisation, or finishes an erasure that was begun.
    pub(crate) async fn erase(&self, org: &OrgId) -> EngineResult<()> {
        let key = self.store.find(org).or_else(|| self.store.pending_erasure(org));
        let key = key.ok_or_else(|| EngineError::UnknownOrg { org: org.clone() })?;
        let (store, actors) = (Arc::clone(&self.store), self.actors.clone());
        let (keys, parties) = (Arc::clone(&self.keys), Arc::clone(&self.parties));
        let (now, whose) = (self.clock.now(), org.clone());
        let erasing = tokio::spawn(async move {
            actors.close_org(key).await;
            let erased = store.erase_org(key, now).await;
            keys.forget(key);
            parties.forget(key);
            match &erased {
                Ok(()) => tracing::info!(org = %whose, "an organisation was erased"),
                Err(error) => tracing::error!(org = %whose, %error, "an organisation could not be erased"),
            }
            erased
        });
        let erased = erasing.await.map_err(|panic| EngineError::Internal { detail: panic.to_string() })?;
        erased.map_err(|error| store_error(org, &error))
    }
}

/// Tells of erasures that a start could not finish. Their names stay taken until one can.
pub(crate) fn tell_pending(store: &SqliteStore) {
    for key in store.pending_erasures() {
        tracing::warn!(
            organisation = %key,
            "what is left of an erased organisation could not be overwritten, as another program holds a file: it is tried \
             again at the next start, and when the organisation is erased again"
        );
    }
}
