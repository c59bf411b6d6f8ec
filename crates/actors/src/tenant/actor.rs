//! The tenant's shell: messages in, the decisions of the rooms beside it, effects out.

use super::awake::{Awake, Whose, lost};
use super::checkpoint::{assemble, encode_own};
use super::messages::{IngestReply, Reading, TenantMsg, TenantRef};
use super::pending::Answer;
use crate::admission::Permit;
use crate::lane::{LaneItem, LaneNews, describe};
use crate::shard::ShardRef;
use crate::telemetry;
use ractor::{Actor, ActorProcessingErr, ActorRef, SupervisionEvent};
use salescope_domain::{Payload, Quarantine, Release};
use salescope_engine_api::{EngineError, EngineResult, Ingested, Position, Slice, Submission};
use salescope_kpi::Engine;
use salescope_store::Slice as Journaled;
use tokio::sync::watch;

/// The actor. Its state is [`Tenant`].
pub(crate) struct TenantActor;

/// What a tenant is started with.
pub(crate) struct TenantArgs {
    pub(crate) whose: Whose,
    pub(crate) shard: ShardRef,
    pub(crate) incarnation: u64,
    pub(crate) positions: watch::Sender<Position>,
}

/// A tenant; restored from the disk before its first message.
pub(crate) struct Tenant {
    whose: Whose,
    shard: ShardRef,
    incarnation: u64,
    positions: watch::Sender<Position>,
    state: EngineResult<Awake>,
}

impl Actor for TenantActor {
    type Msg = TenantMsg;
    type State = Tenant;
    type Arguments = TenantArgs;

    async fn pre_start(
        &self,
        _myself: ActorRef<TenantMsg>,
        args: TenantArgs,
    ) -> Result<Tenant, ActorProcessingErr> {
        let TenantArgs { whose, shard, incarnation, positions } = args;
        telemetry::awake(1);
        telemetry::woken();
        Ok(Tenant { whose, shard, incarnation, positions, state: Err(lost()) })
    }

    async fn post_start(
        &self,
        myself: ActorRef<TenantMsg>,
        tenant: &mut Tenant,
    ) -> Result<(), ActorProcessingErr> {
        tenant.state = Awake::restore(&tenant.whose).await;
        match &mut tenant.state {
            Ok(awake) => {
                let own = awake.quarantine(&tenant.whose).await;
                tenant.publish();
                tenant.submit(own, &TenantRef(myself));
            }
            Err(error) => {
                tracing::error!(org = %tenant.whose.org, %error, "an organisation could not be restored");
            }
        }
        Ok(())
    }

    async fn handle(
        &self,
        myself: ActorRef<TenantMsg>,
        message: TenantMsg,
        tenant: &mut Tenant,
    ) -> Result<(), ActorProcessingErr> {
        let done = tenant.handle(message, &TenantRef(myself.clone())).await;
        // One that has nothing to answer from ends with the first message that it had to refuse: the next one starts anew from
        // the disk, so that a failure lasts no longer than its cause, however many keep asking.
        if done || tenant.state.is_err() {
            myself.stop(None);
        }
        Ok(())
    }

    async fn handle_supervisor_evt(
        &self,
        _myself: ActorRef<TenantMsg>,
        _event: SupervisionEvent,
        _tenant: &mut Tenant,
    ) -> Result<(), ActorProcessingErr> {
        Ok(())
    }
}

impl Drop for Tenant {
    fn drop(&mut self) {
        telemetry::awake(-1);
    }
}

impl Tenant {
    /// Answers whether the tenant is done.
    async fn handle(&mut self, message: TenantMsg, me: &TenantRef) -> bool {
        match message {
            TenantMsg::Ingest { slice, permit, reply } => self.ingest(slice, permit, reply, me).await,
            TenantMsg::Read { reply } => drop(reply.send(self.reading())),
            TenantMsg::Release { tenant_seq, permit, reply } => {
                let answer = Answer::Release { tenant_seq, reply };
                let control = |_| Payload::Release(Release { tenant_seq });
                self.control(tenant_seq, control, answer, permit, me).await;
            }
            TenantMsg::Drop { tenant_seq, permit, reply } => {
                let control = |reason| Payload::from(Quarantine { tenant_seq, reason, dropped: true });
                self.control(tenant_seq, control, Answer::Drop { reply }, permit, me).await;
            }
            TenantMsg::Lane(news) => return self.hear(news, me).await,
            TenantMsg::Checkpoint => self.checkpoint_if_it_pays(me).await,
            TenantMsg::Checkpointed(saved) => self.checkpointed(saved),
            TenantMsg::Sleep => return self.sleep().await,
        }
        false
    }

    async fn ingest(&mut self, slice: Slice, permit: Permit, reply: IngestReply, me: &TenantRef) {
        let max = self.whose.context.options.submissions_per_slice_max;
        let count = slice.submissions.len();
        let awake = match &mut self.state {
            Ok(awake) => awake,
            Err(error) => return drop(reply.send(Err(error.clone()))),
        };
        if count > max {
            let (what, count, max) = ("submissions".into(), count as u64, max as u64);
            return drop(reply.send(Err(EngineError::TooMany { what, count, max })));
        }
        if let Some(index) = slice.submissions.iter().position(|submission| submission.payload.is_control()) {
            return drop(reply.send(Err(EngineError::ControlEntry { index: index as u64 })));
        }
        if slice.dry_run {
            let outcomes = awake.rehearse(&self.whose, slice.submissions).await;
            let tenant_seq = awake.applied_seq;
            return drop(reply.send(outcomes.map(|outcomes| Ingested { outcomes, tenant_seq })));
        }
        match awake.decide(&self.whose, slice.submissions).await {
            Ok(decision) => {
                let slice = awake.queue(decision, |outcomes| Answer::Slice { outcomes, reply }, Some(permit));
                self.submit(Ok(slice), me);
            }
            Err(error) => drop(reply.send(Err(error))),
        }
    }

    /// Journals a wish about an entry that was put aside.
    async fn control(
        &mut self,
        tenant_seq: u64,
        control: impl FnOnce(String) -> Payload,
        answer: Answer,
        permit: Permit,
        me: &TenantRef,
    ) {
        let awake = match &mut self.state {
            Ok(awake) => awake,
            Err(error) => return answer.refuse(error.clone()),
        };
        // One whose quarantine is still on its way is put aside already: the wish comes after it in the journal.
        let aside = awake.controls.aside().get(&tenant_seq).map(|aside| &aside.reason);
        let Some(reason) = aside.or_else(|| awake.crashing.get(&tenant_seq)) else {
            return answer.refuse(EngineError::UnknownDeadLetter { org: self.whose.org.clone(), tenant_seq });
        };
        let submissions = vec![Submission::live(control(reason.clone()))];
        match awake.decide(&self.whose, submissions).await {
            Ok(decision) => {
                let slice = awake.queue(decision, |_| answer, Some(permit));
                self.submit(Ok(slice), me);
            }
            Err(error) => answer.refuse(error),
        }
    }

    /// Hands a slice to the lane.
    fn submit(&mut self, slice: EngineResult<Option<Journaled>>, me: &TenantRef) {
        let sent = slice.map(|slice| {
            slice.is_none_or(|slice| {
                let item = LaneItem { slice, incarnation: self.incarnation, tenant: me.clone() };
                self.whose.context.lane.submit(item)
            })
        });
        match sent {
            Ok(true) => {}
            Ok(false) => {
                self.give_up(EngineError::Unavailable { reason: "the journal is closed".to_owned() });
            }
            Err(error) => self.give_up(error),
        }
    }

    /// Answers whoever waits, and everybody who comes, with an error.
    fn give_up(&mut self, error: EngineError) {
        if let Ok(awake) = &mut self.state {
            awake.refuse_all(&error);
        }
        self.state = Err(error);
    }

    async fn hear(&mut self, news: LaneNews, me: &TenantRef) -> bool {
        let Ok(awake) = &mut self.state else { return false };
        match news {
            LaneNews::Refused { reason } => {
                self.give_up(EngineError::Unavailable { reason });
                true
            }
            LaneNews::Committed { to_seq, committed_at } => {
                let next = awake.committed(&self.whose, to_seq, committed_at).await;
                let failed = next.is_err();
                let due = !failed && awake.checkpoint_due(&self.whose).await;
                self.publish();
                self.submit(next, me);
                if due {
                    self.checkpoint_in_background(me).await;
                }
                failed
            }
        }
    }

    fn reading(&self) -> EngineResult<Reading> {
        let awake = self.state.as_ref().map_err(Clone::clone)?;
        Ok(Reading {
            engine: awake.engine.clone(),
            epoch: self.whose.context.store.epoch(),
            aside: awake.controls.aside().clone(),
            positions: self.positions.subscribe(),
        })
    }

    fn publish(&self) {
        if let Ok(awake) = &self.state {
            let position =
                Position { epoch: self.whose.context.store.epoch(), tenant_seq: awake.applied_seq };
            self.positions.send_if_modified(|last| std::mem::replace(last, position) != position);
        }
    }

    /// What an organisation has little of to replay waits until there is more, or until it falls asleep.
    async fn checkpoint_if_it_pays(&mut self, me: &TenantRef) {
        if let Ok(awake) = &self.state
            && awake.checkpoint_pays(&self.whose).await
        {
            self.checkpoint_in_background(me).await;
        }
    }

    /// Saves what is unsaved, unless a checkpoint is under way. The state may be read meanwhile, and not change.
    async fn checkpoint_in_background(&mut self, me: &TenantRef) {
        let Some(saving) = self.begin_checkpoint() else { return };
        let me = me.clone();
        tokio::spawn(async move {
            let saved = saving.await;
            // A tenant that is gone has no use for it.
            me.send(TenantMsg::Checkpointed(saved)).ok();
        });
    }

    /// The saving of a checkpoint at the present position; nothing where none is due.
    fn begin_checkpoint(&mut self) -> Option<impl Future<Output = Option<u64>> + Send + use<>> {
        let awake = self.state.as_mut().ok()?;
        // What crashes and is not put aside by an entry yet is not a function of the journal.
        if awake.saving || awake.unsaved_bytes == 0 || !awake.crashing.is_empty() {
            return None;
        }
        awake.saving = true;
        let (tenant_seq, bytes) = (awake.applied_seq, awake.unsaved_bytes);
        let own = encode_own(tenant_seq, awake.intake.index(), &awake.controls);
        // Readers come and go, and only this tenant writes: nobody holds the lock for writing now.
        let engine = awake.engine.clone().try_read_owned().ok();
        let Whose { context, org, key } = self.whose.clone();
        Some(async move {
            let sections = tokio::task::spawn_blocking(move || {
                engine.and_then(|engine| engine.as_ref().map(Engine::snapshot_sections))
            });
            let sections = sections.await.ok().flatten()?;
            match context.store.save(key, assemble(tenant_seq, own, sections)).await {
                Ok(()) => {
                    telemetry::checkpointed();
                    Some(bytes)
                }
                Err(error) => {
                    tracing::warn!(%org, tenant_seq, error = describe(&error), "a checkpoint could not be saved");
                    telemetry::checkpoint_failed();
                    None
                }
            }
        })
    }

    fn checkpointed(&mut self, saved: Option<u64>) {
        if let Ok(awake) = &mut self.state {
            awake.saving = false;
            if let Some(bytes) = saved {
                awake.saved(bytes);
            }
        }
    }

    /// Saves and says goodbye, unless there is work under way. Answers whether the tenant is done.
    async fn sleep(&mut self) -> bool {
        if self.state.as_ref().is_ok_and(|awake| !awake.is_idle() || awake.saving) {
            self.shard.stays_awake(self.whose.key, self.incarnation);
            return false;
        }
        if let Some(saving) = self.begin_checkpoint() {
            // Without it the next waking takes longer; nothing is lost.
            let saved = saving.await;
            self.checkpointed(saved);
        }
        self.shard.asleep(self.whose.key, self.incarnation);
        true
    }
}
