//! Starts the actors of a process, and hands out what callers hold.

use crate::admission::Admission;
use crate::context::{ActorStore, Context};
use crate::lane::lane;
use crate::shard::{ShardActor, ShardArgs, ShardRef};
use crate::tenant::{Reading, TenantMsg};
use crate::{ActorOptions, Clock, telemetry};
use ractor::{Actor, ActorProcessingErr, ActorRef, SupervisionEvent};
use salescope_engine_api::{EngineError, EngineResult, Ingested, Slice};
use salescope_store::{Fatal, Journal, OrgKey};
use std::sync::Arc;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// What callers hold: cheap to clone, and the only way to the actors.
#[derive(Clone)]
pub struct Handle {
    inner: Arc<Inner>,
}

struct Inner {
    admission: Admission,
    shards: Vec<ShardRef>,
}

/// The actors of a process.
pub struct System {
    handle: Handle,
    supervisor: ActorRef<NodeMsg>,
    lane: JoinHandle<()>,
    fatal: Fatal,
}

/// The root of the actors. A shard that dies has lost track of who is awake: a process without it would answer for some
/// organisations and not for others, so it is ended and starts anew from the disk.
struct NodeSupervisor;

/// The supervisor has nothing to be told: it only supervises.
enum NodeMsg {}

impl Actor for NodeSupervisor {
    type Msg = NodeMsg;
    type State = Fatal;
    type Arguments = Fatal;

    async fn pre_start(
        &self,
        _myself: ActorRef<NodeMsg>,
        fatal: Self::Arguments,
    ) -> Result<Self::State, ActorProcessingErr> {
        Ok(fatal)
    }

    async fn handle_supervisor_evt(
        &self,
        _myself: ActorRef<NodeMsg>,
        event: SupervisionEvent,
        fatal: &mut Self::State,
    ) -> Result<(), ActorProcessingErr> {
        if let SupervisionEvent::ActorFailed(actor, error) = event {
            tracing::error!(shard = %actor.get_id(), %error, "a shard failed; the process must start anew");
            telemetry::crashed();
            fatal.report(format!("a shard failed: {error}"));
        }
        Ok(())
    }
}

impl System {
    /// Starts the lane, the supervisor and the shards. They report to `fatal`, which is the store's own, what only a new process
    /// can mend, and nothing is committed afterwards.
    ///
    /// # Errors
    /// When an actor cannot be started.
    pub async fn start<S>(
        store: Arc<S>,
        clock: Arc<dyn Clock>,
        options: ActorOptions,
        fatal: Fatal,
    ) -> EngineResult<Self>
    where
        S: Journal + salescope_store::Checkpoints + salescope_store::Baselines + 'static,
    {
        telemetry::begin();
        let journal: Arc<dyn Journal> = store.clone();
        let (entrance, task) = lane(journal, Arc::clone(&clock), options.flush_bytes_max, fatal.clone());
        let lane = tokio::spawn(task.run());
        let admission =
            Admission::new(options.node_bytes_max, options.tenant_bytes_max, options.overload_retry_ms);
        let count = options.shards.max(1);
        let store: Arc<dyn ActorStore> = store;
        let context = Arc::new(Context::new(store, entrance, clock, options));
        let spawned = |error: ractor::SpawnErr| EngineError::Internal { detail: error.to_string() };
        let (supervisor, _) = Actor::spawn(None, NodeSupervisor, fatal.clone()).await.map_err(spawned)?;
        let mut shards = Vec::with_capacity(usize::from(count));
        for _ in 0..count {
            let args = ShardArgs { context: Arc::clone(&context) };
            let (shard, _) =
                Actor::spawn_linked(None, ShardActor, args, supervisor.get_cell()).await.map_err(spawned)?;
            shards.push(ShardRef(shard));
        }
        let handle = Handle { inner: Arc::new(Inner { admission, shards }) };
        Ok(Self { handle, supervisor, lane, fatal })
    }

    /// The way to the actors.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Puts every organisation to sleep, which saves it, and ends the actors. Requests that come meanwhile are refused.
    pub async fn stop(self) {
        let failed = self.fatal.reason().is_some();
        if !failed {
            for shard in &self.handle.inner.shards {
                shard.drain().await;
            }
        }
        for shard in &self.handle.inner.shards {
            shard.0.stop_and_wait(None, None).await.ok();
        }
        self.supervisor.stop_and_wait(None, None).await.ok();
        self.lane.abort();
        // Cancelled by us, or ended by itself before.
        self.lane.await.ok();
    }
}

impl Handle {
    fn shard(&self, key: OrgKey) -> &ShardRef {
        let shards = &self.inner.shards;
        &shards[key.0 as usize % shards.len()]
    }

    /// Takes a slice in.
    ///
    /// # Errors
    /// When there is no room, or it cannot be committed.
    pub async fn ingest(&self, key: OrgKey, slice: Slice) -> EngineResult<Ingested> {
        let permit = self.inner.admission.try_admit(key, slice.bytes)?;
        self.ask(key, |reply| TenantMsg::Ingest { slice, permit, reply }).await
    }

    /// An organisation's state, to be read.
    ///
    /// # Errors
    /// When it cannot be restored.
    pub async fn read(&self, key: OrgKey) -> EngineResult<Reading> {
        self.ask(key, |reply| TenantMsg::Read { reply }).await
    }

    /// Tries an entry that was put aside again; answers whether it was applied.
    ///
    /// # Errors
    /// When there is none, or the wish cannot be committed.
    pub async fn release(&self, key: OrgKey, tenant_seq: u64) -> EngineResult<bool> {
        let permit = self.inner.admission.try_admit(key, 1)?;
        self.ask(key, |reply| TenantMsg::Release { tenant_seq, permit, reply }).await
    }

    /// Leaves an entry that was put aside out for good.
    ///
    /// # Errors
    /// When there is none, or the wish cannot be committed.
    pub async fn drop_entry(&self, key: OrgKey, tenant_seq: u64) -> EngineResult<()> {
        let permit = self.inner.admission.try_admit(key, 1)?;
        self.ask(key, |reply| TenantMsg::Drop { tenant_seq, permit, reply }).await
    }

    /// Puts an organisation to sleep and never wakes it again. Returns when nothing of it is under way.
    pub async fn close_org(&self, key: OrgKey) {
        self.shard(key).close(key).await;
    }

    /// Whether a request of one byte would find room now.
    ///
    /// # Errors
    /// When it would not.
    pub fn check_room(&self) -> EngineResult<()> {
        self.inner.admission.check_room()
    }

    async fn ask<T>(
        &self,
        key: OrgKey,
        message: impl FnOnce(oneshot::Sender<EngineResult<T>>) -> TenantMsg,
    ) -> EngineResult<T> {
        let (reply, answer) = oneshot::channel();
        self.shard(key).to(key, message(reply));
        let lost = || EngineError::Unavailable {
            reason: "the organisation's actor ended before it answered".to_owned(),
        };
        answer.await.unwrap_or_else(|_| Err(lost()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stands for a shard: it dies of its first message.
    struct Frail;

    impl Actor for Frail {
        type Msg = ();
        type State = ();
        type Arguments = ();

        async fn pre_start(&self, _myself: ActorRef<()>, (): ()) -> Result<(), ActorProcessingErr> {
            Ok(())
        }

        async fn handle(
            &self,
            _myself: ActorRef<()>,
            (): (),
            (): &mut Self::State,
        ) -> Result<(), ActorProcessingErr> {
            panic!("it was frail")
        }
    }

    #[tokio::test]
    async fn a_shard_that_dies_ends_the_process() {
        let fatal = Fatal::default();
        let (supervisor, _) = Actor::spawn(None, NodeSupervisor, fatal.clone()).await.unwrap();
        let (shard, life) = Actor::spawn_linked(None, Frail, (), supervisor.get_cell()).await.unwrap();
        assert_eq!(fatal.reason(), None);
        shard.send_message(()).unwrap();
        fatal.watch().wait_for(Option::is_some).await.unwrap();
        let reason = fatal.reason().unwrap();
        assert!(reason.contains("a shard failed") && reason.contains("it was frail"), "{reason}");
        life.await.unwrap();
    }
}
