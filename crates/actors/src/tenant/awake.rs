//! An organisation that is awake: its state, and what follows from each event.
//!
//! Invariants: `engine`, the index and `controls` reflect the same committed entries, up to `applied_seq`, without those in
//! `controls.aside()` and `crashing`. Entries are applied after their commit, in order, and answered after that.

use super::controls::{Control, Controls};
use super::intake::{Bounds, Decision, Intake, commit_times};
use super::load::{Loaded, load};
use super::messages::Shared;
use super::pending::{Answer, Pending};
use super::poison::try_apply;
use crate::admission::Permit;
use crate::context::Context;
use crate::telemetry;
use salescope_domain::{Entry, Instant, OrgId, Payload, Quarantine};
use salescope_engine_api::{EngineError, EngineResult, Outcome, Submission};
use salescope_kpi::Engine;
use salescope_store::{OrgKey, Slice};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use tokio::sync::{OwnedRwLockWriteGuard, RwLock};

/// What an entry that was replayed is taken to have in bytes: only to tell when a checkpoint is due.
const BYTES_PER_REPLAYED_ENTRY: u64 = 256;

/// The state of a tenant that came back from the disk.
pub(super) struct Awake {
    pub(super) engine: Shared,
    pub(super) intake: Intake,
    pub(super) controls: Controls,
    /// Entries that crash the fold and whose quarantine is not committed yet, with the reason.
    pub(super) crashing: BTreeMap<u64, String>,
    pending: VecDeque<Pending>,
    /// The last entry that is committed and applied.
    pub(super) applied_seq: u64,
    /// Bytes journaled since the newest checkpoint.
    pub(super) unsaved_bytes: u64,
    pub(super) saving: bool,
}

/// Whose state it is.
#[derive(Clone)]
pub(crate) struct Whose {
    pub(crate) context: Arc<Context>,
    pub(crate) org: OrgId,
    pub(crate) key: OrgKey,
}

impl Awake {
    /// Comes back from the disk, as of the last durable entry.
    pub(super) async fn restore(whose: &Whose) -> EngineResult<Self> {
        let Whose { context, org, key } = whose;
        let up_to = context.store.head(*key).map_or(0, |head| head.last_seq);
        let Loaded { engine, index, controls, checkpoint_seq, crashing } =
            load(context, org, *key, up_to).await?;
        Ok(Self {
            engine: Arc::new(RwLock::new(Some(engine))),
            intake: Intake::new(*key, index, up_to),
            controls,
            crashing,
            pending: VecDeque::new(),
            applied_seq: up_to,
            unsaved_bytes: (up_to - checkpoint_seq) * BYTES_PER_REPLAYED_ENTRY,
            saving: false,
        })
    }

    /// Whether nothing waits for a commit.
    pub(super) fn is_idle(&self) -> bool {
        self.pending.is_empty()
    }

    /// What the submissions come to, to be given to [`Self::queue`].
    pub(super) async fn decide(
        &mut self,
        whose: &Whose,
        submissions: Vec<Submission>,
    ) -> EngineResult<Decision> {
        let (now, bounds) = (whose.context.clock.now(), bounds(whose));
        let guard = self.engine.read().await;
        let engine = guard.as_ref().ok_or_else(lost)?;
        let (bytes, max) = (engine.bytes() as u64, whose.context.options.tenant_state_bytes_max);
        if bytes > max {
            return Err(EngineError::OrganisationFull { org: whose.org.clone(), bytes, max });
        }
        Ok(self.intake.decide(engine, submissions, now, bounds))
    }

    /// What the submissions would come to.
    pub(super) async fn rehearse(
        &mut self,
        whose: &Whose,
        submissions: Vec<Submission>,
    ) -> EngineResult<Vec<Outcome>> {
        let (now, bounds) = (whose.context.clock.now(), bounds(whose));
        let guard = self.engine.read().await;
        let engine = guard.as_ref().ok_or_else(lost)?;
        Ok(self.intake.rehearse(engine, submissions, now, bounds))
    }

    /// Lets a decision wait for its commit; gives what the lane is to commit. What has nothing to wait for is answered.
    pub(super) fn queue(
        &mut self,
        decision: Decision,
        answer: impl FnOnce(Vec<Outcome>) -> Answer,
        permit: Option<Permit>,
    ) -> Option<Slice> {
        let Decision { outcomes, slice, entries, changes } = decision;
        let mut answer = answer(outcomes);
        if slice.is_none() && self.pending.is_empty() {
            answer.done(self.applied_seq, &self.crashing);
            return None;
        }
        let bytes = slice.as_ref().map_or(0, |slice| slice.len_bytes() as u64);
        let to_seq = self.intake.last_seq();
        if salescope_faults::sabotage("ack_before_commit") {
            std::mem::replace(&mut answer, Answer::Nobody).done(to_seq, &self.crashing);
        }
        if salescope_faults::sabotage("apply_before_commit")
            && let Ok(mut engine) = self.engine.try_write()
            && let Some(engine) = engine.as_mut()
        {
            // Applying once more after the commit changes nothing: the fold knows what it has.
            try_apply(engine, &entries).ok();
        }
        self.pending.push_back(Pending { to_seq, bytes, entries, changes, answer, permit });
        slice
    }

    /// A decision of the tenant's own, which nobody waits for.
    pub(super) async fn quarantine(&mut self, whose: &Whose) -> EngineResult<Option<Slice>> {
        if self.crashing.is_empty() || salescope_faults::sabotage("lost_quarantine") {
            return Ok(None);
        }
        let quarantine = |(tenant_seq, reason): (&u64, &String)| {
            tracing::error!(org = %whose.org, tenant_seq, reason, "an entry crashes the fold and is put aside");
            telemetry::quarantined();
            let entry = Quarantine { tenant_seq: *tenant_seq, reason: reason.clone(), dropped: false };
            Submission::live(Payload::from(entry))
        };
        let submissions = self.crashing.iter().map(quarantine).collect();
        let decision = self.decide(whose, submissions).await?;
        Ok(self.queue(decision, |_| Answer::Nobody, None))
    }

    /// Everything up to `to_seq` is durable: applies and answers it. Gives the tenant's own next slice, if there is one.
    pub(super) async fn committed(
        &mut self,
        whose: &Whose,
        to_seq: u64,
        committed_at: Instant,
    ) -> EngineResult<Option<Slice>> {
        let (mut done, mut entries) = (Vec::new(), Vec::new());
        while let Some(mut pending) = self.pending.pop_front_if(|pending| pending.to_seq <= to_seq) {
            self.intake.commit(&pending.changes, pending.to_seq);
            self.unsaved_bytes += pending.bytes;
            // The common case is one slice: it is moved, not copied.
            if entries.is_empty() {
                entries = std::mem::take(&mut pending.entries);
            } else {
                entries.append(&mut pending.entries);
            }
            done.push((pending.answer, pending.permit));
        }
        commit_times(&mut entries, committed_at);
        let applied = self.apply(whose, &entries, to_seq).await;
        if let Err(error) = &applied {
            done.into_iter().for_each(|(answer, _)| answer.refuse(error.clone()));
            return Err(error.clone());
        }
        telemetry::applied(entries.len());
        salescope_faults::point("tenant.ack.before");
        for (answer, permit) in done {
            answer.done(self.applied_seq, &self.crashing);
            drop(permit);
        }
        let known = self.controls.aside();
        if self.crashing.keys().any(|seq| !known.contains_key(seq)) && self.is_idle() {
            return self.quarantine(whose).await;
        }
        Ok(None)
    }

    async fn apply(&mut self, whose: &Whose, entries: &[Entry], to_seq: u64) -> EngineResult<()> {
        let before = self.left_out();
        for entry in entries {
            if let Some(control) = Control::of(&entry.payload) {
                if let Control::Quarantine { tenant_seq, .. } = &control {
                    self.crashing.remove(tenant_seq);
                }
                self.controls.learn(entry.tenant_seq, control);
            }
        }
        let mut engine = Arc::clone(&self.engine).write_owned().await;
        if self.left_out() != before {
            return self.rebuild(whose, engine, to_seq).await;
        }
        salescope_faults::point("tenant.apply.before");
        let result = try_apply(engine.as_mut().ok_or_else(lost)?, entries);
        salescope_faults::point("tenant.apply.after");
        if result.is_err() {
            return self.rebuild(whose, engine, to_seq).await;
        }
        self.applied_seq = to_seq;
        Ok(())
    }

    /// The entries that the state is without.
    fn left_out(&self) -> BTreeSet<u64> {
        self.controls.aside().keys().chain(self.crashing.keys()).copied().collect()
    }

    /// Comes back from the disk while readers wait.
    async fn rebuild(
        &mut self,
        whose: &Whose,
        mut engine: OwnedRwLockWriteGuard<Option<Engine>>,
        up_to: u64,
    ) -> EngineResult<()> {
        *engine = None;
        let loaded = load(&whose.context, &whose.org, whose.key, up_to).await?;
        *engine = Some(loaded.engine);
        self.intake.replace_index(loaded.index);
        self.controls = loaded.controls;
        self.crashing = loaded.crashing;
        self.applied_seq = up_to;
        Ok(())
    }

    /// Answers everything that waits with an error.
    pub(super) fn refuse_all(&mut self, error: &EngineError) {
        for pending in self.pending.drain(..) {
            pending.answer.refuse(error.clone());
        }
    }

    /// Whether so much is unsaved that a checkpoint is due at once.
    pub(super) async fn checkpoint_due(&self, whose: &Whose) -> bool {
        self.unsaved_bytes >= whose.context.options.checkpoint_bytes_min && self.checkpoint_pays(whose).await
    }

    /// Whether so much of the state is unsaved that a checkpoint, which reads all of it, is worth its work.
    pub(super) async fn checkpoint_pays(&self, whose: &Whose) -> bool {
        let state = self.engine.read().await.as_ref().map_or(0, Engine::bytes) as u64;
        self.unsaved_bytes >= state / 100 * whose.context.options.checkpoint_state_percent
    }

    /// A checkpoint is there of `bytes` that were unsaved.
    pub(super) fn saved(&mut self, bytes: u64) {
        self.unsaved_bytes = self.unsaved_bytes.saturating_sub(bytes);
    }
}

fn bounds(whose: &Whose) -> Bounds {
    Bounds { payload_bytes_max: whose.context.options.payload_bytes_max }
}

/// The state is gone for the moment.
pub(super) fn lost() -> EngineError {
    EngineError::Unavailable { reason: "the organisation is being restored from its journal".to_owned() }
}
