//! The shard's shell: routing, waking, sleeping, and children that die.

use super::messages::{ShardMsg, ShardRef};
use super::slots::{Slot, Slots};
use super::wheel::Wheel;
use crate::context::Context;
use crate::telemetry;
use crate::tenant::{TenantActor, TenantArgs, TenantMsg, TenantRef, Whose};
use ractor::{Actor, ActorId, ActorProcessingErr, ActorRef, SupervisionEvent};
use salescope_engine_api::EngineError;
use salescope_store::OrgKey;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// The actor. Its state is [`Shard`].
pub(crate) struct ShardActor;

/// What a shard is started with.
pub(crate) struct ShardArgs {
    pub(crate) context: Arc<Context>,
}

/// A shard.
pub(crate) struct Shard {
    context: Arc<Context>,
    slots: Slots,
    wheel: Wheel<Due>,
    /// Present once the shard is to end: whom to tell when all sleep.
    draining: Option<Vec<oneshot::Sender<()>>>,
    /// Organisations that are never woken again, each with whom to tell when it sleeps.
    closed: HashMap<OrgKey, Vec<oneshot::Sender<()>>>,
}

/// What a tenant's deadline is for.
#[derive(Debug, Clone, Copy)]
enum Due {
    Sleep { key: OrgKey, incarnation: u64 },
    Checkpoint { key: OrgKey, incarnation: u64 },
}

impl Actor for ShardActor {
    type Msg = ShardMsg;
    type State = Shard;
    type Arguments = ShardArgs;

    async fn pre_start(
        &self,
        myself: ActorRef<ShardMsg>,
        ShardArgs { context }: ShardArgs,
    ) -> Result<Shard, ActorProcessingErr> {
        // Ends with the actor.
        let _ticks = myself.send_interval(context.options.wheel_tick, || ShardMsg::Tick);
        Ok(Shard {
            context,
            slots: Slots::default(),
            wheel: Wheel::new(),
            draining: None,
            closed: HashMap::new(),
        })
    }

    async fn handle(
        &self,
        myself: ActorRef<ShardMsg>,
        message: ShardMsg,
        shard: &mut Shard,
    ) -> Result<(), ActorProcessingErr> {
        match message {
            ShardMsg::To { key, message } => shard.route(key, message, &myself).await,
            ShardMsg::Asleep { key, incarnation } => {
                if shard.slots.get_life(key, incarnation).is_some() {
                    shard.gone(key, &myself).await;
                }
            }
            ShardMsg::StaysAwake { key, incarnation } => shard.stays_awake(key, incarnation),
            ShardMsg::Tick => shard.tick(),
            ShardMsg::Drain { reply } => shard.drain(reply),
            ShardMsg::Close { key, reply } => shard.close(key, reply),
        }
        Ok(())
    }

    async fn handle_supervisor_evt(
        &self,
        myself: ActorRef<ShardMsg>,
        event: SupervisionEvent,
        shard: &mut Shard,
    ) -> Result<(), ActorProcessingErr> {
        match event {
            SupervisionEvent::ActorFailed(actor, error) => {
                tracing::error!(%error, "a tenant failed; it comes back from its journal with the next message");
                telemetry::crashed();
                shard.lost(actor.get_id(), &myself).await;
            }
            SupervisionEvent::ActorTerminated(actor, _, _) => shard.lost(actor.get_id(), &myself).await,
            _ => {}
        }
        Ok(())
    }
}

impl Shard {
    async fn route(&mut self, key: OrgKey, message: TenantMsg, me: &ActorRef<ShardMsg>) {
        let now = self.wheel.now();
        let message = match self.slots.get_mut(key) {
            Some(Slot { waiting: Some(waiting), .. }) => return waiting.push(message),
            Some(slot) => {
                slot.used_at = now;
                match slot.tenant.send(message) {
                    Ok(()) => return,
                    // It stopped, and its end has not been heard of yet.
                    Err(message) => message,
                }
            }
            None => message,
        };
        let waiting = self.slots.remove(key);
        self.wake(key, std::iter::once(message).chain(waiting), me).await;
    }

    /// Starts a tenant, which restores itself before it reads what it is sent.
    async fn wake(
        &mut self,
        key: OrgKey,
        messages: impl IntoIterator<Item = TenantMsg>,
        me: &ActorRef<ShardMsg>,
    ) {
        let refusal = match self.context.store.head(key) {
            _ if self.draining.is_some() => "the server is stopping",
            _ if self.closed.contains_key(&key) => "the organisation is being erased",
            None => "the organisation is gone",
            Some(head) => match self.start(key, head.org, me).await {
                Ok(tenant) => {
                    return messages.into_iter().for_each(|message| drop(tenant.send(message)));
                }
                Err(error) => {
                    tracing::error!(%error, "a tenant could not be started");
                    "the organisation could not be woken"
                }
            },
        };
        for message in messages {
            message.refuse(EngineError::Unavailable { reason: refusal.to_owned() });
        }
    }

    async fn start(
        &mut self,
        key: OrgKey,
        org: salescope_domain::OrgId,
        me: &ActorRef<ShardMsg>,
    ) -> Result<TenantRef, ractor::SpawnErr> {
        let incarnation = self.context.next_incarnation();
        let args = TenantArgs {
            whose: Whose { context: Arc::clone(&self.context), org, key },
            shard: ShardRef(me.clone()),
            incarnation,
            positions: self.slots.positions(key),
        };
        let (actor, _) = Actor::spawn_linked(None, TenantActor, args, me.get_cell()).await?;
        let tenant = TenantRef(actor);
        let used_at = self.wheel.now();
        self.slots.insert(key, Slot { incarnation, tenant: tenant.clone(), used_at, waiting: None });
        self.wheel.set(self.sleep_ticks(), Due::Sleep { key, incarnation });
        self.wheel.set(self.checkpoint_ticks(incarnation), Due::Checkpoint { key, incarnation });
        Ok(tenant)
    }

    /// A tenant is gone: what waited goes to its next life.
    async fn gone(&mut self, key: OrgKey, me: &ActorRef<ShardMsg>) {
        let waiting = self.slots.remove(key);
        if !waiting.is_empty() {
            self.wake(key, waiting, me).await;
        }
        if let Some(replies) = self.closed.get_mut(&key) {
            answer(replies.drain(..));
        }
        self.tell_if_drained();
    }

    fn close(&mut self, key: OrgKey, reply: oneshot::Sender<()>) {
        let asleep = self.slots.get_mut(key).map(|slot| slot.incarnation);
        let replies = self.closed.entry(key).or_default();
        match asleep {
            Some(incarnation) => {
                replies.push(reply);
                self.sleep_if_idle(key, incarnation);
            }
            None => drop(reply.send(())),
        }
    }

    /// Whether an organisation is to sleep however busy it is.
    fn must_sleep(&self, key: OrgKey) -> bool {
        self.draining.is_some() || self.closed.contains_key(&key)
    }

    async fn lost(&mut self, actor: ActorId, me: &ActorRef<ShardMsg>) {
        if let Some(key) = self.slots.key_of(actor) {
            self.gone(key, me).await;
        }
    }

    fn stays_awake(&mut self, key: OrgKey, incarnation: u64) {
        let (ticks, must) = (self.sleep_ticks(), self.must_sleep(key));
        let Some(slot) = self.slots.get_life(key, incarnation) else { return };
        for message in slot.waiting.take().unwrap_or_default() {
            slot.tenant.send(message).ok();
        }
        let ticks = if must { 1 } else { ticks };
        self.wheel.set(ticks, Due::Sleep { key, incarnation });
    }

    fn tick(&mut self) {
        for due in self.wheel.turn() {
            match due {
                Due::Sleep { key, incarnation } => self.sleep_if_idle(key, incarnation),
                Due::Checkpoint { key, incarnation } => {
                    if let Some(slot) = self.slots.get_life(key, incarnation) {
                        slot.tenant.send(TenantMsg::Checkpoint).ok();
                        self.wheel.set(self.checkpoint_ticks(incarnation), due);
                    }
                }
            }
        }
    }

    fn sleep_if_idle(&mut self, key: OrgKey, incarnation: u64) {
        let (now, ticks, must) = (self.wheel.now(), self.sleep_ticks(), self.must_sleep(key));
        let Some(slot) = self.slots.get_life(key, incarnation) else { return };
        if slot.waiting.is_some() {
            return;
        }
        let idle = now - slot.used_at;
        if idle < ticks && !must {
            return self.wheel.set(ticks - idle, Due::Sleep { key, incarnation });
        }
        slot.waiting = Some(Vec::new());
        slot.tenant.send(TenantMsg::Sleep).ok();
    }

    fn drain(&mut self, reply: oneshot::Sender<()>) {
        self.draining.get_or_insert_default().push(reply);
        for key in self.slots.keys() {
            if let Some(slot) = self.slots.get_mut(key) {
                let incarnation = slot.incarnation;
                self.sleep_if_idle(key, incarnation);
            }
        }
        self.tell_if_drained();
    }

    fn tell_if_drained(&mut self) {
        if self.slots.is_empty()
            && let Some(replies) = &mut self.draining
        {
            answer(replies.drain(..));
        }
    }

    fn sleep_ticks(&self) -> u64 {
        ticks(self.context.options.passivate_after, self.context.options.wheel_tick)
    }

    /// A quarter earlier to a quarter later, so that tenants woken together do not all save together.
    fn checkpoint_ticks(&self, incarnation: u64) -> u64 {
        let ticks = ticks(self.context.options.checkpoint_every, self.context.options.wheel_tick);
        let half = ticks / 2;
        // Knuth's multiplicative hash: neighbours fall far apart.
        let spread = incarnation.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        ticks - half / 2 + spread % (half + 1)
    }
}

fn answer(replies: impl Iterator<Item = oneshot::Sender<()>>) {
    for reply in replies {
        // Whoever no longer waits needs no answer.
        reply.send(()).ok();
    }
}

fn ticks(time: Duration, tick: Duration) -> u64 {
    u64::try_from(time.as_millis().div_ceil(tick.as_millis().max(1))).unwrap_or(u64::MAX).max(1)
}
