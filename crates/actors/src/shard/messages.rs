//! What a shard is told, and the reference that others hold of it.

use crate::tenant::TenantMsg;
use ractor::ActorRef;
use salescope_engine_api::EngineError;
use salescope_store::OrgKey;
use tokio::sync::oneshot;

/// What a shard is told.
pub(crate) enum ShardMsg {
    /// Something for an organisation; it is woken for it.
    To { key: OrgKey, message: TenantMsg },
    /// A tenant has saved what it had and stops.
    Asleep { key: OrgKey, incarnation: u64 },
    /// A tenant that was to sleep has work under way.
    StaysAwake { key: OrgKey, incarnation: u64 },
    /// The timer wheel turns by one.
    Tick,
    /// Put every tenant to sleep and wake none; answered when all are asleep.
    Drain { reply: oneshot::Sender<()> },
    /// Put one organisation to sleep for good; answered when it is.
    Close { key: OrgKey, reply: oneshot::Sender<()> },
}

/// A shard, as callers and tenants know it.
#[derive(Clone)]
pub(crate) struct ShardRef(pub(crate) ActorRef<ShardMsg>);

impl ShardRef {
    /// Sends something to an organisation; answers it with an error where the shard is gone.
    pub(crate) fn to(&self, key: OrgKey, message: TenantMsg) {
        if let Err(ractor::MessagingErr::SendErr(ShardMsg::To { message, .. })) =
            self.0.send_message(ShardMsg::To { key, message })
        {
            message.refuse(EngineError::Unavailable { reason: "the server is stopping".to_owned() });
        }
    }

    pub(crate) fn asleep(&self, key: OrgKey, incarnation: u64) {
        self.0.send_message(ShardMsg::Asleep { key, incarnation }).ok();
    }

    pub(crate) fn stays_awake(&self, key: OrgKey, incarnation: u64) {
        self.0.send_message(ShardMsg::StaysAwake { key, incarnation }).ok();
    }

    /// Puts one organisation to sleep and never wakes it again; returns when it sleeps.
    pub(crate) async fn close(&self, key: OrgKey) {
        let (reply, done) = oneshot::channel();
        if self.0.send_message(ShardMsg::Close { key, reply }).is_ok() {
            done.await.ok();
        }
    }

    /// Puts every tenant to sleep; returns when all are.
    pub(crate) async fn drain(&self) {
        let (reply, done) = oneshot::channel();
        if self.0.send_message(ShardMsg::Drain { reply }).is_ok() {
            done.await.ok();
        }
    }
}
