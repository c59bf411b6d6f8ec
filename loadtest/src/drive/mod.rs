//! Drives a server: connections that take due requests from a schedule, and the window in which they are measured. All
//! on one thread.

mod schedule;
mod tally;
mod timer;
mod verdict;
mod worker;

pub(crate) use tally::{Tally, histogram, record};
pub(crate) use verdict::{Contract, accepts_one};

use crate::http::{Connection, Target, post_head};
use crate::keys::OrgKey;
use crate::work::{Fleet, Ledger};
use anyhow::{Context, Result};
use schedule::{Pacer, Schedule};
use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::Rc;
use std::str::FromStr;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How often a request is sent before its end is called unknown: with [`RETRY_WAIT`], at least a minute.
const RETRIES_MAX: u32 = 300;

/// The wait before a request is sent again, unless the server names one.
const RETRY_WAIT: Duration = Duration::from_millis(200);

/// How fast requests are sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Rate {
    /// As fast as the answers come: closed loop.
    Max,
    /// The same, but no more than so many requests.
    Requests(u64),
    /// So many events a second: open loop.
    EventsPerSecond(f64),
}

impl FromStr for Rate {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        if text == "max" {
            return Ok(Self::Max);
        }
        let rate: Option<f64> = text.parse().ok().filter(|rate: &f64| rate.is_finite() && *rate > 0.0);
        Ok(Self::EventsPerSecond(rate.context("a rate is max, or events per second above zero")?))
    }
}

/// What to do.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The server.
    pub(crate) target: Target,
    /// What it promises to answer.
    pub(crate) contract: Contract,
    /// Keys of the fleet's organisations, in its order.
    pub(crate) keys: Vec<OrgKey>,
    /// What is sent.
    pub(crate) fleet: Fleet,
    /// Events of a request.
    pub(crate) per_request: usize,
    /// Connections, each with one request in flight.
    pub(crate) connections: usize,
    /// How fast.
    pub(crate) rate: Rate,
    /// Sent before anything is measured.
    pub(crate) warm_up: Duration,
    /// The window that is measured.
    pub(crate) measured: Duration,
}

/// What the connections share.
#[derive(Debug)]
struct Run {
    contract: Contract,
    heads: Vec<Vec<u8>>,
    schedule: Schedule,
    /// Requests due then are measured.
    measured: Range<Instant>,
    fleet: RefCell<Fleet>,
    tally: RefCell<Tally>,
}

/// Where events are posted.
const EVENTS_PATH: &str = "/api/v1/events";

/// A run under way. Dropping it ends it.
#[derive(Debug)]
pub(crate) struct Drive {
    run: Rc<Run>,
    keys: Vec<OrgKey>,
    tasks: JoinSet<Result<()>>,
}

impl Drive {
    /// Opens the connections and begins to send.
    pub(crate) async fn start(plan: Plan) -> Result<Self> {
        let mut connections = Vec::with_capacity(plan.connections);
        for _ in 0..plan.connections {
            let mut connection = Connection::new(plan.target.address);
            connection.open().await.with_context(|| format!("cannot connect to {}", plan.target.host))?;
            connections.push(connection);
        }
        let start = Instant::now();
        let length = plan.warm_up + plan.measured;
        let schedule = match plan.rate {
            Rate::Max => Schedule::Closed(start + length, Cell::new(u64::MAX)),
            Rate::Requests(count) => Schedule::Closed(start + length, Cell::new(count)),
            Rate::EventsPerSecond(rate) => {
                Schedule::Open(Pacer::new(start, rate / plan.per_request as f64, length))
            }
        };
        let run = Rc::new(Run {
            contract: plan.contract,
            heads: plan.keys.iter().map(|key| post_head(&plan.target, EVENTS_PATH, &key.key)).collect(),
            schedule,
            measured: start + plan.warm_up..start + length,
            fleet: RefCell::new(plan.fleet),
            tally: RefCell::new(Tally::new()),
        });
        let mut tasks = JoinSet::new();
        for connection in connections {
            tasks.spawn_local(worker::work(run.clone(), connection));
        }
        let paced = run.clone();
        tasks.spawn_local(async move {
            match &paced.schedule {
                Schedule::Open(pacer) => pacer.run().await,
                Schedule::Closed(..) => Ok(()),
            }
        });
        Ok(Self { run, keys: plan.keys, tasks })
    }

    /// When the window opens and closes.
    pub(crate) fn measured(&self) -> Range<Instant> {
        self.run.measured.clone()
    }

    /// Requests answered and events acknowledged so far.
    pub(crate) fn counts(&self) -> (u64, u64) {
        let tally = self.run.tally.borrow();
        (tally.requests, tally.acked)
    }

    /// Waits until then, or until everything is sent and answered; an error of a connection ends the wait.
    pub(crate) async fn until(&mut self, time: Instant) -> Result<()> {
        loop {
            tokio::select! {
                biased;
                () = tokio::time::sleep_until(time) => return Ok(()),
                ended = self.tasks.join_next() => match ended {
                    Some(ended) => ended??,
                    None => return Ok(()),
                },
            }
        }
    }

    /// Waits until everything due was answered; tells what was counted and what the server must hold.
    pub(crate) async fn finish(mut self) -> Result<(Tally, Ledger)> {
        while let Some(ended) = self.tasks.join_next().await {
            ended??;
        }
        let mut tally = self.run.tally.replace(Tally::new());
        if let Schedule::Open(pacer) = &self.run.schedule {
            let now = Instant::now();
            for due in pacer.left() {
                tally.unsent += 1;
                record(&mut tally.latency_us, due, now);
            }
        }
        let ledger = self.run.fleet.borrow().ledger(&self.keys, tally.unresolved);
        Ok((tally, ledger))
    }
}

#[cfg(test)]
mod tests;
