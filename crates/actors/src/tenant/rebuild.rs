//! A state that is made anew beside the tenant: from the baseline that history begins with, then entry by entry.
//!
//! Invariants: no checkpoint is used, and nothing of a tenant that is awake. Entries are folded on threads for blocking work, one
//! read at a time.

use super::checkpoint::{Start, assemble, encode_own};
use super::load::{Source, opened, store_error};
use super::replay::{Fold, Replay, Step};
use crate::ActorOptions;
use crate::context::ActorStore;
use salescope_domain::{Entry, Instant, OrgId};
use salescope_engine_api::{DeadLetterState, EngineError, EngineResult};
use salescope_kpi::Engine;
use salescope_store::{Baseline, OrgKey, Verified};
use std::sync::Arc;

/// A state on its way up, and how it is begun again.
pub struct Rebuilt {
    store: Arc<dyn ActorStore>,
    org: OrgId,
    key: OrgKey,
    entries_per_read: usize,
    start: Option<Baseline>,
    /// Always there, but while a thread works on it.
    work: Option<Work>,
}

struct Work {
    replay: Replay,
    fold: Fold,
}

/// How far an organisation's history can be cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CutPoint {
    /// The last entry that can go; the one before the first that is kept where none can.
    pub tenant_seq: u64,
    /// The entry that holds later ones: it is put aside, and nobody has decided about it yet.
    pub held_by: Option<u64>,
}

impl Rebuilt {
    /// Before the first entry that is kept.
    ///
    /// # Errors
    /// When the baseline cannot be read.
    pub async fn begin(
        store: Arc<dyn ActorStore>,
        org: OrgId,
        key: OrgKey,
        options: &ActorOptions,
    ) -> EngineResult<Self> {
        let start = store.baseline(key).await.map_err(|error| store_error(&org, &error))?;
        let mut replay = Replay::new(options.poison_tries);
        let state = match &start {
            Some(baseline) => opened(baseline, &org)?,
            None => Start::empty(),
        };
        replay.begin_after(state.tenant_seq, &state.controls);
        let work = Some(Work { replay, fold: fold(state) });
        Ok(Self { store, org, key, entries_per_read: options.entries_per_read, start, work })
    }

    /// Goes on from what a baseline of this state says, as it would be read back from the disk.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn resume(&mut self, baseline: Baseline) -> EngineResult<()> {
        let state = opened(&baseline, &self.org)?;
        self.work_mut().fold = fold(state);
        self.start = Some(baseline);
        Ok(())
    }

    /// The last entry that it includes, or leaves out because it is put aside.
    #[must_use]
    pub fn tenant_seq(&self) -> u64 {
        self.work().fold.read_to
    }

    /// The state.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.work().fold.engine
    }

    /// Whether an entry counts, as far as is known.
    #[must_use]
    pub fn counts(&self, tenant_seq: u64) -> bool {
        !self.work().replay.controls().skips(tenant_seq)
    }

    /// Entries among those that it was made of that are put aside, the baseline's not counted.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        let first = self.start.as_ref().map_or(0, |start| start.tenant_seq) + 1;
        let aside = self.work().replay.controls().aside();
        aside.range(first..).take_while(|(seq, _)| **seq <= self.tenant_seq()).count() as u64
    }

    /// The baseline that it was begun with; `None` where that was nothing.
    #[must_use]
    pub fn into_start(self) -> Option<Baseline> {
        self.start
    }

    /// The state as a baseline.
    ///
    /// # Errors
    /// When an entry crashes the fold and the organisation has not put it aside yet.
    pub fn baseline(&self, verified: Verified) -> EngineResult<Baseline> {
        let Work { replay, fold } = self.work();
        if replay.is_crashing() {
            let reason = "an entry that cannot be applied is about to be put aside".to_owned();
            return Err(EngineError::Unavailable { reason });
        }
        let own = encode_own(fold.read_to, &fold.index, replay.controls());
        let checkpoint = assemble(fold.read_to, own, fold.engine.snapshot_sections());
        let salescope_store::Checkpoint { tenant_seq, schema_version, sections } = checkpoint;
        Ok(Baseline { tenant_seq, schema_version, sections, verified })
    }

    /// Reads on to entry `last_seq` without folding, to learn what was put aside, and finds how far entries can go that were
    /// taken in before `before`.
    ///
    /// # Errors
    /// When entries cannot be read.
    pub async fn find_cut(&mut self, before: Instant, last_seq: u64) -> EngineResult<CutPoint> {
        let first_kept = self.tenant_seq();
        let (mut read_to, mut cut, mut old) = (first_kept, first_kept, true);
        while read_to < last_seq {
            let entries = self.read(read_to, last_seq).await?;
            for entry in &entries {
                old = old && entry.observed_at < before;
                if old {
                    cut = entry.tenant_seq;
                }
                read_to = entry.tenant_seq;
            }
            self.work_mut().replay.foresee(&entries);
        }
        let aside = self.work().replay.controls().aside();
        let undecided =
            aside.range(first_kept + 1..).find(|(_, aside)| aside.state == DeadLetterState::Quarantined);
        let held_by = undecided.map(|(seq, _)| *seq).filter(|seq| *seq <= cut);
        Ok(CutPoint { tenant_seq: held_by.map_or(cut, |seq| seq - 1), held_by })
    }

    /// Folds entries up to `to`.
    ///
    /// # Errors
    /// When entries cannot be read, or are no longer kept.
    pub async fn advance(&mut self, to: u64) -> EngineResult<()> {
        while self.tenant_seq() < to {
            let entries = self.read(self.tenant_seq(), to).await?;
            let mut work = self.work.take().expect("no other thread works on it");
            let folding = tokio::task::spawn_blocking(move || {
                let step = work.replay.fold(&mut work.fold, &entries);
                (work, step)
            });
            let (work, step) = folding.await.expect("a fold catches panics, and is not given up");
            self.work = Some(work);
            if step == Step::Restart {
                let state = self
                    .start
                    .as_ref()
                    .map_or_else(|| Ok(Start::empty()), |start| opened(start, &self.org))?;
                self.work_mut().fold = fold(state);
            }
        }
        Ok(())
    }

    async fn read(&self, after: u64, last_seq: u64) -> EngineResult<Vec<Entry>> {
        let Self { org, key, entries_per_read, .. } = self;
        let source = Source { store: &*self.store, org, key: *key, entries_per_read: *entries_per_read };
        source.read(after, last_seq).await.map_err(|unread| unread.told(org))
    }

    fn work(&self) -> &Work {
        self.work.as_ref().expect("no thread works on it")
    }

    fn work_mut(&mut self) -> &mut Work {
        self.work.as_mut().expect("no thread works on it")
    }
}

fn fold(Start { tenant_seq, engine, index, .. }: Start) -> Fold {
    Fold { engine, index, read_to: tenant_seq }
}
