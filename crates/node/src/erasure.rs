//! The end of an organisation: first nobody gets to it any more, then its bytes go, then what is remembered of it.
//!
//! Invariants: an erasure that has begun goes on when its caller goes away. The name is not given to another organisation as
//! long as a client of this engine may remember what it stood for.

use crate::engine::LocalEngine;
use crate::error::store_error;
use parking_lot::Mutex;
use salescope_domain::OrgId;
use salescope_engine_api::{EngineError, EngineResult};
use salescope_store::{History, Journal, SqliteStore};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// How long an erased organisation's name rests. The gateway remembers keys for seconds and ids of people for a minute, by the
/// organisation's name: this is twice that.
const NAME_RESTS: Duration = Duration::from_secs(120);

/// Names of organisations that were erased by this process, each with when.
#[derive(Default)]
pub(crate) struct Resting {
    since: Mutex<HashMap<OrgId, Instant>>,
}

impl Resting {
    fn begin(&self, org: &OrgId) {
        let mut since = self.since.lock();
        since.retain(|_, since| since.elapsed() < NAME_RESTS);
        since.insert(org.clone(), Instant::now());
    }

    /// Why no organisation of this name can be created now, if so.
    pub(crate) fn refusal(&self, org: &OrgId) -> Option<EngineError> {
        let rest = NAME_RESTS.checked_sub(self.since.lock().get(org)?.elapsed())?;
        let seconds = rest.as_secs() + 1;
        let reason =
            format!("organisation {org} was erased a moment ago, and its name rests for {seconds} s");
        Some(EngineError::Unavailable { reason })
    }
}

impl LocalEngine {
    /// Erases an organisation, or finishes an erasure that was begun.
    pub(crate) async fn erase(&self, org: &OrgId) -> EngineResult<()> {
        let key = self.store.find(org).or_else(|| self.store.pending_erasure(org));
        let key = key.ok_or_else(|| EngineError::UnknownOrg { org: org.clone() })?;
        let (store, actors) = (Arc::clone(&self.store), self.actors.clone());
        let (keys, parties) = (Arc::clone(&self.keys), Arc::clone(&self.parties));
        let (resting, retention) = (Arc::clone(&self.resting), Arc::clone(&self.retention));
        let (now, whose) = (self.clock.now(), org.clone());
        let erasing = tokio::spawn(async move {
            resting.begin(&whose);
            actors.close_org(key).await;
            // A cut that is being verified comes too late: it asks for the organisation first.
            let no_cut = retention.committing.lock().await;
            let erased = store.erase_org(key, now).await;
            drop(no_cut);
            resting.begin(&whose);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_erased_name_rests_for_a_while_and_no_other_does() {
        let (resting, org) = (Resting::default(), OrgId::new("acme").unwrap());
        assert_eq!(resting.refusal(&org), None);
        resting.begin(&org);
        assert!(matches!(resting.refusal(&org), Some(EngineError::Unavailable { .. })));
        assert_eq!(resting.refusal(&OrgId::new("zeta").unwrap()), None);
        tokio::time::advance(NAME_RESTS).await;
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(resting.refusal(&org), None);
    }
}
