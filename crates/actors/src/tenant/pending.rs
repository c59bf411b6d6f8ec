//! What waits for a commit, and how it is answered.

use super::intake::Change;
use super::messages::IngestReply;
use crate::admission::Permit;
use salescope_domain::Entry;
use salescope_engine_api::{EngineError, EngineResult, Ingested, Outcome};
use std::collections::BTreeMap;
use tokio::sync::oneshot;

/// Something that waits for the commit of `to_seq`: of its own entries, or of those that it repeats.
pub(super) struct Pending {
    pub(super) to_seq: u64,
    /// Bytes journaled for it.
    pub(super) bytes: u64,
    pub(super) entries: Vec<Entry>,
    pub(super) changes: Vec<Change>,
    pub(super) answer: Answer,
    pub(super) permit: Option<Permit>,
}

/// Who waits for what.
pub(super) enum Answer {
    /// The sender of a slice.
    Slice { outcomes: Vec<Outcome>, reply: IngestReply },
    /// Whoever wants an entry tried again.
    Release { tenant_seq: u64, reply: oneshot::Sender<EngineResult<bool>> },
    /// Whoever wants an entry left out for good.
    Drop { reply: oneshot::Sender<EngineResult<()>> },
    /// The tenant itself.
    Nobody,
}

impl Answer {
    /// It is committed and applied. `crashing` says which entries could not be.
    pub(super) fn done(self, tenant_seq: u64, crashing: &BTreeMap<u64, String>) {
        // Whoever no longer listens loses nothing: the journal has it.
        match self {
            Self::Slice { outcomes, reply } => drop(reply.send(Ok(Ingested { outcomes, tenant_seq }))),
            Self::Release { tenant_seq, reply } => drop(reply.send(Ok(!crashing.contains_key(&tenant_seq)))),
            Self::Drop { reply } => drop(reply.send(Ok(()))),
            Self::Nobody => {}
        }
    }

    /// It did not come about, or nobody can tell.
    pub(super) fn refuse(self, error: EngineError) {
        match self {
            Self::Slice { reply, .. } => drop(reply.send(Err(error))),
            Self::Release { reply, .. } => drop(reply.send(Err(error))),
            Self::Drop { reply } => drop(reply.send(Err(error))),
            Self::Nobody => {}
        }
    }
}
