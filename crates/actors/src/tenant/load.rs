//! From the disk: the newest checkpoint that will do, then the journal after it.

use super::checkpoint::{Start, decode};
use super::controls::Controls;
use super::intake::Index;
use super::replay::{Fold, Replay, Step};
use crate::context::Context;
use crate::lane::describe;
use salescope_domain::OrgId;
use salescope_engine_api::EngineError;
use salescope_kpi::Engine;
use salescope_store::{Checkpoint, OrgKey, StoreError};
use std::collections::BTreeMap;

/// An organisation, come back.
pub(crate) struct Loaded {
    pub(crate) engine: Engine,
    pub(crate) index: Index,
    pub(crate) controls: Controls,
    /// Where the checkpoint stood that it came from; 0 for none.
    pub(crate) checkpoint_seq: u64,
    /// Entries that crash the fold and are not put aside yet, with the reason.
    pub(crate) crashing: BTreeMap<u64, String>,
}

/// The state of `key` at entry `up_to`.
pub(crate) async fn load(
    context: &Context,
    org: &OrgId,
    key: OrgKey,
    up_to: u64,
) -> Result<Loaded, EngineError> {
    let _turn = context.loads.acquire().await.map_err(|_| stopping())?;
    let candidates = context.store.load(key).await.map_err(|error| store_error(org, &error))?;
    for tenant_seq in &candidates.damaged {
        tracing::warn!(%org, tenant_seq, "a checkpoint is damaged and was left out");
    }
    let mut replay = Replay::new(context.options.poison_tries);
    loop {
        let start = newest_start(&candidates.sound, &mut replay, up_to, org);
        let checkpoint_seq = start.tenant_seq;
        let mut fold = Fold { engine: start.engine, index: start.index, read_to: start.tenant_seq };
        if fold_to(context, org, key, up_to, (&mut replay, &mut fold)).await? == Step::Folded {
            let (controls, crashing) = replay.finish();
            return Ok(Loaded { engine: fold.engine, index: fold.index, controls, checkpoint_seq, crashing });
        }
    }
}

async fn fold_to(
    context: &Context,
    org: &OrgId,
    key: OrgKey,
    up_to: u64,
    (replay, fold): (&mut Replay, &mut Fold),
) -> Result<Step, EngineError> {
    while fold.read_to < up_to {
        let left = usize::try_from(up_to - fold.read_to).unwrap_or(usize::MAX);
        let limit = context.options.entries_per_read.min(left);
        let entries =
            context.store.read(key, fold.read_to, limit).await.map_err(|error| store_error(org, &error))?;
        if entries.is_empty() {
            let detail = format!("entry {} is missing", fold.read_to + 1);
            return Err(EngineError::Damaged { org: org.clone(), detail });
        }
        if replay.fold(fold, &entries) == Step::Restart {
            return Ok(Step::Restart);
        }
    }
    Ok(Step::Folded)
}

/// The newest state that may be started from; the empty one where no checkpoint will do.
fn newest_start(sound: &[Checkpoint], replay: &mut Replay, up_to: u64, org: &OrgId) -> Start {
    for checkpoint in sound.iter().filter(|checkpoint| checkpoint.tenant_seq <= up_to) {
        let Some(start) = decode(checkpoint) else {
            tracing::warn!(%org, tenant_seq = checkpoint.tenant_seq, "a checkpoint cannot be read and was left out");
            continue;
        };
        if replay.start(start.tenant_seq, &start.controls) {
            return start;
        }
    }
    Start { tenant_seq: 0, engine: Engine::new(), index: Index::default(), controls: Controls::default() }
}

/// What a failure of the store comes to for a caller.
pub(crate) fn store_error(org: &OrgId, error: &StoreError) -> EngineError {
    match error {
        StoreError::Damaged { .. } => EngineError::Damaged { org: org.clone(), detail: describe(error) },
        _ => EngineError::Unavailable { reason: describe(error) },
    }
}

/// The process is on its way out.
pub(crate) fn stopping() -> EngineError {
    EngineError::Unavailable { reason: "the server is stopping".to_owned() }
}
