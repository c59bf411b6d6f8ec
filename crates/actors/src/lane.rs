//! The journal lane: one task that commits what tenants hand it, many tenants' slices in one commit.
//!
//! Invariants: a tenant hears of each of its slices exactly once, in order: committed or refused. Once a slice of a tenant is
//! refused, everything that this life of the tenant still has in the queue is refused too: its numbers would leave a gap.

use crate::{Clock, telemetry, tenant::TenantRef};
use salescope_domain::Instant;
use salescope_store::{CommitError, Fatal, Journal, OrgKey, Slice};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::mpsc;

/// One tenant's slice on its way to the disk.
pub(crate) struct LaneItem {
    pub(crate) slice: Slice,
    pub(crate) incarnation: u64,
    pub(crate) tenant: TenantRef,
}

/// What a tenant hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum LaneNews {
    /// Everything up to this entry is durable.
    Committed { to_seq: u64, committed_at: Instant },
    /// This life's slices from here on are not in the journal, for this reason.
    Refused { reason: String },
}

/// The way into the lane. Unbounded, since everything in it holds an admission permit.
#[derive(Clone)]
pub(crate) struct Lane {
    sender: mpsc::UnboundedSender<LaneItem>,
}

impl Lane {
    /// Hands a slice over. Answers whether the lane still runs.
    pub(crate) fn submit(&self, item: LaneItem) -> bool {
        self.sender.send(item).is_ok()
    }
}

/// The lane's other end.
pub(crate) struct LaneTask {
    receiver: mpsc::UnboundedReceiver<LaneItem>,
    store: Arc<dyn Journal>,
    clock: Arc<dyn Clock>,
    flush_bytes_max: usize,
    /// The life of each tenant that was refused.
    refused: HashMap<OrgKey, u64>,
    fatal: Fatal,
}

/// How often a commit lets others go first, as long as that brings new slices: a few rounds of the runtime's queue, which are
/// short beside a sync of the disk.
const YIELDS_MAX: usize = 8;

/// A lane and its task. `fatal` tells of a failure of the disk that only a new process can mend.
pub(crate) fn lane(
    store: Arc<dyn Journal>,
    clock: Arc<dyn Clock>,
    flush_bytes_max: usize,
    fatal: Fatal,
) -> (Lane, LaneTask) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let task = LaneTask { receiver, store, clock, flush_bytes_max, refused: HashMap::new(), fatal };
    (Lane { sender }, task)
}

/// Whom to tell what, once a batch is through.
struct Told {
    org: OrgKey,
    incarnation: u64,
    to_seq: u64,
    tenant: TenantRef,
}

impl LaneTask {
    /// Commits until every sender is gone. While a commit is under way, what comes in waits, and goes with the next one.
    pub(crate) async fn run(mut self) {
        let mut held_over = None;
        loop {
            let first = match held_over.take() {
                Some(item) => item,
                None => match self.receiver.recv().await {
                    Some(item) => item,
                    None => return,
                },
            };
            self.let_others_run().await;
            let (slices, told, rest) = self.gather(first);
            held_over = rest;
            if !slices.is_empty() && !self.flush(slices, told).await {
                return;
            }
        }
    }

    /// Lets whoever can run now bring its slice: under load a commit holds many, and on an idle node nobody is waited for.
    async fn let_others_run(&self) {
        let mut waiting = self.receiver.len();
        for _ in 0..YIELDS_MAX {
            tokio::task::yield_now().await;
            let now = self.receiver.len();
            if now == waiting {
                return;
            }
            waiting = now;
        }
    }

    /// What waits now, up to the size of a flush; and the item that did not fit.
    fn gather(&mut self, first: LaneItem) -> (Vec<Slice>, Vec<Told>, Option<LaneItem>) {
        let (mut slices, mut told, mut bytes) = (Vec::new(), Vec::<Told>::new(), 0);
        let mut places = HashMap::<OrgKey, usize>::new();
        let mut next = Some(first);
        while let Some(item) = next {
            if bytes > 0 && bytes + item.slice.len_bytes() > self.flush_bytes_max {
                return (slices, told, Some(item));
            }
            if let Some(LaneItem { slice, incarnation, tenant }) = self.unless_refused(item) {
                bytes += slice.len_bytes();
                let (org, to_seq) = (slice.org, slice.last_seq());
                match places.get(&org).map(|place| &mut told[*place]) {
                    Some(before) => before.to_seq = to_seq,
                    None => {
                        places.insert(org, told.len());
                        told.push(Told { org, incarnation, to_seq, tenant });
                    }
                }
                slices.push(slice);
            }
            next = self.receiver.try_recv().ok();
        }
        (slices, told, None)
    }

    fn unless_refused(&mut self, item: LaneItem) -> Option<LaneItem> {
        match self.refused.get(&item.slice.org) {
            // It was told with the first slice that was refused.
            Some(life) if *life >= item.incarnation => None,
            Some(_) => {
                self.refused.remove(&item.slice.org);
                Some(item)
            }
            None => Some(item),
        }
    }

    /// Commits one batch and tells its tenants. Answers whether the lane may go on.
    async fn flush(&mut self, slices: Vec<Slice>, told: Vec<Told>) -> bool {
        salescope_faults::point("journal.commit.before");
        let count = slices.len();
        match self.store.commit(slices, self.clock.now()).await {
            Ok(committed) => {
                salescope_faults::point("journal.commit.after");
                telemetry::flushed(count);
                salescope_faults::point("lane.before_notify");
                for Told { to_seq, tenant, .. } in told {
                    tenant.hear(LaneNews::Committed { to_seq, committed_at: committed.committed_at });
                }
                true
            }
            Err(CommitError::Refused(error)) => {
                let reason = describe(&error);
                tracing::warn!(reason, slices = count, "a commit was refused");
                telemetry::commit_refused();
                for Told { org, incarnation, tenant, .. } in told {
                    self.refused.insert(org, incarnation);
                    tenant.hear(LaneNews::Refused { reason: reason.clone() });
                }
                true
            }
            Err(CommitError::Fatal(error)) => {
                let reason = describe(&error);
                tracing::error!(reason, "the journal failed; the process must start anew from the disk");
                self.fatal.report(reason);
                false
            }
        }
    }
}

/// An error with its causes.
pub(crate) fn describe(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
