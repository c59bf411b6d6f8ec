//! Connections that send until they are told to stop or the server is gone, and take down every answer.
//!
//! Invariant: a sender goes on to its next events only after the ones before were acknowledged, so changes of one deal
//! reach the server in order.

mod answer;
mod sender;

pub use sender::Sender;

use crate::ledger::Ledger;
use crate::violation::Violation;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use tokio::sync::watch;

/// What all senders of a run share.
#[derive(Debug)]
pub struct Load {
    /// The synced file.
    pub ledger: Ledger,
    requests: AtomicU64,
    acknowledged: watch::Sender<u64>,
    refused: watch::Sender<u64>,
    phase: watch::Sender<Phase>,
    tally: Mutex<Tally>,
}

/// What senders do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Send new events.
    Send,
    /// End after the request under way, whatever became of it.
    Stop,
    /// Send again what is not acknowledged, until it is, and end.
    Resolve,
    /// The server is gone: end.
    Gone,
}

/// What came of the requests of a round.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Events acknowledged, as new or as known.
    pub acknowledged: u64,
    /// Events of requests without an answer.
    pub unknown: u64,
    /// Requests by HTTP status.
    pub statuses: BTreeMap<u16, u64>,
    /// Broken promises.
    pub violations: Vec<Violation>,
}

impl Load {
    /// Over a ledger, with nothing sent.
    #[must_use]
    pub fn new(ledger: Ledger) -> Self {
        Self {
            ledger,
            requests: AtomicU64::new(0),
            acknowledged: watch::Sender::new(0),
            refused: watch::Sender::new(0),
            phase: watch::Sender::new(Phase::Stop),
            tally: Mutex::default(),
        }
    }

    /// Tells all senders what to do from now on.
    pub fn set(&self, phase: Phase) {
        self.phase.send_replace(phase);
    }

    /// What all senders are told to do.
    #[must_use]
    pub fn phases(&self) -> watch::Receiver<Phase> {
        self.phase.subscribe()
    }

    /// Waits until so many events of the run were acknowledged.
    pub async fn reaches(&self, acknowledged: u64) {
        let mut count = self.acknowledged.subscribe();
        let reached = count.wait_for(|count| *count >= acknowledged).await;
        reached.expect("the count lives as long as the load");
    }

    /// Waits until so many requests of the run were refused.
    pub async fn refuses(&self, requests: u64) {
        let mut count = self.refused.subscribe();
        let reached = count.wait_for(|count| *count >= requests).await;
        reached.expect("the count lives as long as the load");
    }

    /// Requests of the run that were refused.
    #[must_use]
    pub fn refused(&self) -> u64 {
        *self.refused.borrow()
    }

    /// Events of the run that were acknowledged.
    #[must_use]
    pub fn acknowledged(&self) -> u64 {
        *self.acknowledged.borrow()
    }

    /// What came of the requests since it was last asked.
    #[must_use]
    pub fn take_tally(&self) -> Tally {
        std::mem::take(&mut self.tally.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn next_request(&self) -> u64 {
        self.requests.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn count(&self, change: impl FnOnce(&mut Tally)) {
        change(&mut self.tally.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn refuse(&self, status: u16) {
        self.count(|tally| *tally.statuses.entry(status).or_default() += 1);
        self.refused.send_modify(|count| *count += 1);
    }

    fn acknowledge(&self, events: u64) {
        self.count(|tally| tally.acknowledged += events);
        self.acknowledged.send_modify(|count| *count += events);
    }
}
