//! Entries that are put aside, with what they say.

use crate::error::store_error;
use salescope_actors::Reading;
use salescope_domain::OrgId;
use salescope_engine_api::{DeadLetter, EngineError, EngineResult};
use salescope_store::{History, Journal, OrgKey, SqliteStore};

/// The dead letters of an organisation that are kept, oldest first.
pub(crate) async fn list(
    store: &SqliteStore,
    org: &OrgId,
    key: OrgKey,
    reading: &Reading,
) -> EngineResult<Vec<DeadLetter>> {
    let mut letters = Vec::with_capacity(reading.aside.len());
    if reading.aside.is_empty() {
        return Ok(letters);
    }
    let kept = store.history_stats(key).await.map_err(|error| store_error(org, &error))?;
    for (tenant_seq, aside) in reading.aside.range(kept.horizon_seq..) {
        let entry = entry(store, org, key, *tenant_seq).await?;
        let by = self::entry(store, org, key, aside.by_seq).await?;
        letters.push(DeadLetter {
            tenant_seq: *tenant_seq,
            reason: aside.reason.clone(),
            state: aside.state,
            since: by.observed_at,
            entry,
        });
    }
    Ok(letters)
}

async fn entry(
    store: &SqliteStore,
    org: &OrgId,
    key: OrgKey,
    tenant_seq: u64,
) -> EngineResult<salescope_domain::Entry> {
    let entries = store.read(key, tenant_seq - 1, 1).await.map_err(|error| store_error(org, &error))?;
    entries.into_iter().next().ok_or_else(|| EngineError::Damaged {
        org: org.clone(),
        detail: format!("entry {tenant_seq} is missing"),
    })
}
