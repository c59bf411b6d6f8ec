//! From the disk: the newest checkpoint that will do, else the baseline that history begins with, then the journal after it.

use super::checkpoint::{Start, decode, decode_baseline};
use super::controls::Controls;
use super::intake::Index;
use super::replay::{Fold, Replay, Step};
use crate::context::{ActorStore, Context};
use crate::lane::describe;
use salescope_domain::{Entry, OrgId};
use salescope_engine_api::EngineError;
use salescope_kpi::Engine;
use salescope_store::{Baseline, Checkpoint, HistoryError, OrgKey, StoreError};
use std::collections::BTreeMap;

/// An organisation, come back.
pub(crate) struct Loaded {
    pub(crate) engine: Engine,
    pub(crate) index: Index,
    pub(crate) controls: Controls,
    /// Where the checkpoint stood that it came from, or the baseline; 0 for none.
    pub(crate) checkpoint_seq: u64,
    /// Entries that crash the fold and are not put aside yet, with the reason.
    pub(crate) crashing: BTreeMap<u64, String>,
}

/// Where an organisation's entries are read, and how many at a time.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    pub(crate) store: &'a dyn ActorStore,
    pub(crate) org: &'a OrgId,
    pub(crate) key: OrgKey,
    pub(crate) entries_per_read: usize,
}

/// Why entries were not read.
pub(crate) enum Unread {
    /// They are no longer kept: history begins with entry `horizon`.
    BeforeHorizon { horizon: u64 },
    /// They cannot be had.
    Failed(EngineError),
}

impl Unread {
    /// For a caller who has no baseline to fall back to.
    pub(crate) fn told(self, org: &OrgId) -> EngineError {
        match self {
            Self::BeforeHorizon { horizon } => {
                EngineError::BeforeHistoryHorizon { org: org.clone(), horizon }
            }
            Self::Failed(error) => error,
        }
    }
}

/// The state of `key` at entry `up_to`.
pub(crate) async fn load(
    context: &Context,
    org: &OrgId,
    key: OrgKey,
    up_to: u64,
) -> Result<Loaded, EngineError> {
    let _turn = context.loads.acquire().await.map_err(|_| stopping())?;
    let source =
        Source { store: &*context.store, org, key, entries_per_read: context.options.entries_per_read };
    let candidates = source.store.load(key).await.map_err(|error| store_error(org, &error))?;
    for tenant_seq in &candidates.damaged {
        tracing::warn!(%org, tenant_seq, "a checkpoint is damaged and was left out");
    }
    let mut replay = Replay::new(context.options.poison_tries);
    let mut base: Option<Baseline> = None;
    loop {
        let start = newest_start(&candidates.sound, base.as_ref(), &mut replay, up_to, org)?;
        let checkpoint_seq = start.tenant_seq;
        let mut fold = Fold { engine: start.engine, index: start.index, read_to: start.tenant_seq };
        match source.fold_to(up_to, &mut replay, &mut fold).await {
            Ok(Step::Folded) => {
                let (controls, crashing) = replay.finish();
                let (engine, index) = (fold.engine, fold.index);
                return Ok(Loaded { engine, index, controls, checkpoint_seq, crashing });
            }
            Ok(Step::Restart) => {}
            Err(Unread::BeforeHorizon { .. }) => base = Some(source.baseline(base, &mut replay).await?),
            Err(Unread::Failed(error)) => return Err(error),
        }
    }
}

impl Source<'_> {
    /// The baseline that history begins with now: a later one than `last`.
    async fn baseline(&self, last: Option<Baseline>, replay: &mut Replay) -> Result<Baseline, EngineError> {
        let baseline = self.store.baseline(self.key).await.map_err(|error| store_error(self.org, &error))?;
        let is_later = |baseline: &Baseline| last.is_none_or(|last| last.tenant_seq < baseline.tenant_seq);
        let Some(baseline) = baseline.filter(is_later) else {
            let detail = "entries are missing, and no baseline stands for them".to_owned();
            return Err(EngineError::Damaged { org: self.org.clone(), detail });
        };
        replay.begin_after(baseline.tenant_seq, &opened(&baseline, self.org)?.controls);
        Ok(baseline)
    }

    /// The next entries after `after` and up to `up_to`: one at least.
    pub(crate) async fn read(&self, after: u64, up_to: u64) -> Result<Vec<Entry>, Unread> {
        let left = usize::try_from(up_to - after).unwrap_or(usize::MAX);
        let read = self.store.read(self.key, after, self.entries_per_read.min(left)).await;
        let entries = read.map_err(|error| match error {
            StoreError::BeforeHorizon { horizon, .. } => Unread::BeforeHorizon { horizon },
            error => Unread::Failed(store_error(self.org, &error)),
        })?;
        if entries.is_empty() {
            let detail = format!("entry {} is missing", after + 1);
            return Err(Unread::Failed(EngineError::Damaged { org: self.org.clone(), detail }));
        }
        Ok(entries)
    }

    /// Folds entries up to `up_to`.
    pub(crate) async fn fold_to(
        &self,
        up_to: u64,
        replay: &mut Replay,
        fold: &mut Fold,
    ) -> Result<Step, Unread> {
        while fold.read_to < up_to {
            let entries = self.read(fold.read_to, up_to).await?;
            if replay.fold(fold, &entries) == Step::Restart {
                return Ok(Step::Restart);
            }
        }
        Ok(Step::Folded)
    }
}

/// The state of a baseline.
pub(crate) fn opened(baseline: &Baseline, org: &OrgId) -> Result<Start, EngineError> {
    decode_baseline(baseline).map_err(|why| {
        let detail = format!("the baseline at entry {} cannot be read: {why}", baseline.tenant_seq);
        EngineError::Damaged { org: org.clone(), detail }
    })
}

/// The newest state that may be started from; where no checkpoint will do, the baseline, or the empty one.
fn newest_start(
    sound: &[Checkpoint],
    base: Option<&Baseline>,
    replay: &mut Replay,
    up_to: u64,
    org: &OrgId,
) -> Result<Start, EngineError> {
    let base_seq = base.map_or(0, |base| base.tenant_seq);
    let reach = base_seq..=up_to;
    for checkpoint in sound.iter().filter(|checkpoint| reach.contains(&checkpoint.tenant_seq)) {
        let Some(start) = decode(checkpoint) else {
            tracing::warn!(%org, tenant_seq = checkpoint.tenant_seq, "a checkpoint cannot be read and was left out");
            continue;
        };
        if replay.start(start.tenant_seq, &start.controls) {
            return Ok(start);
        }
    }
    match base {
        Some(base) => opened(base, org),
        None => Ok(Start::empty()),
    }
}

/// What a failure of the store comes to for a caller.
pub(crate) fn store_error(org: &OrgId, error: &StoreError) -> EngineError {
    match error {
        StoreError::Damaged { .. } | StoreError::History(HistoryError::BaselineDamaged { .. }) => {
            EngineError::Damaged { org: org.clone(), detail: describe(error) }
        }
        _ => EngineError::Unavailable { reason: describe(error) },
    }
}

/// The process is on its way out.
pub(crate) fn stopping() -> EngineError {
    EngineError::Unavailable { reason: "the server is stopping".to_owned() }
}
