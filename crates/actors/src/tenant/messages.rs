//! What a tenant is told, and the reference that others hold of it.

use crate::admission::Permit;
use crate::lane::LaneNews;
use ractor::ActorRef;
use salescope_engine_api::{DeadLetterState, EngineError, EngineResult, Ingested, Position, Slice};
use salescope_kpi::Engine;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::{RwLock, oneshot, watch};

/// Where the answer to a slice goes.
pub(crate) type IngestReply = oneshot::Sender<EngineResult<Ingested>>;

/// An organisation's state, shared with its readers. `None` while it is being restored.
pub(crate) type Shared = Arc<RwLock<Option<Engine>>>;

/// An organisation's state, to be read. It stays as good as it is when the organisation is put to sleep meanwhile.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The state. Its position is its own; `None` while it is being restored.
    pub engine: Arc<RwLock<Option<Engine>>>,
    /// Counts the owners of the data.
    pub epoch: u64,
    /// Entries that are put aside, with the reason, as of this reading.
    pub aside: Arc<BTreeMap<u64, Aside>>,
    /// Positions from now on.
    pub positions: watch::Receiver<Position>,
}

/// An entry put aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aside {
    /// Why.
    pub reason: String,
    /// Whether somebody has looked at it.
    pub state: DeadLetterState,
    /// The control entry that says so.
    pub by_seq: u64,
}

/// What a tenant is told.
pub(crate) enum TenantMsg {
    /// Take a slice in.
    Ingest { slice: Slice, permit: Permit, reply: IngestReply },
    /// Let somebody read.
    Read { reply: oneshot::Sender<EngineResult<Reading>> },
    /// Try an entry that was put aside again; answers whether it was applied.
    Release { tenant_seq: u64, permit: Permit, reply: oneshot::Sender<EngineResult<bool>> },
    /// Leave an entry that was put aside out for good.
    Drop { tenant_seq: u64, permit: Permit, reply: oneshot::Sender<EngineResult<()>> },
    /// What became of slices.
    Lane(LaneNews),
    /// Save a checkpoint if anything changed.
    Checkpoint,
    /// A checkpoint that was under way is done: how many unsaved bytes it covers, if it was saved.
    Checkpointed(Option<u64>),
    /// Save a checkpoint if anything changed, say goodbye to the shard, and stop; unless there is work under way.
    Sleep,
}

impl TenantMsg {
    /// Answers whoever waits with an error.
    pub(crate) fn refuse(self, error: EngineError) {
        match self {
            Self::Ingest { reply, .. } => drop(reply.send(Err(error))),
            Self::Read { reply } => drop(reply.send(Err(error))),
            Self::Release { reply, .. } => drop(reply.send(Err(error))),
            Self::Drop { reply, .. } => drop(reply.send(Err(error))),
            Self::Lane(_) | Self::Checkpoint | Self::Checkpointed(_) | Self::Sleep => {}
        }
    }
}

/// A tenant, as the lane and the shard know it.
#[derive(Clone)]
pub(crate) struct TenantRef(pub(crate) ActorRef<TenantMsg>);

impl TenantRef {
    /// Tells it what became of its slices. One that is gone needs not know: it comes back from the disk.
    pub(crate) fn hear(&self, news: LaneNews) {
        self.0.send_message(TenantMsg::Lane(news)).ok();
    }

    /// Sends a message; hands it back where the tenant is gone.
    pub(crate) fn send(&self, message: TenantMsg) -> Result<(), TenantMsg> {
        match self.0.send_message(message) {
            Ok(()) => Ok(()),
            Err(ractor::MessagingErr::SendErr(message)) => Err(message),
            Err(error) => unreachable!("a tenant takes no other kind of message: {error}"),
        }
    }
}
