//! A measured run: resources before, the window, resources after.

use crate::cli::Workload;
use crate::clock;
use crate::disk;
use crate::drive::{Contract, Drive, Plan, Rate};
use crate::http::Target;
use crate::keys::KeyFile;
use crate::observe::{Processes, own_cpu_seconds};
use crate::report::{Report, Resources, Window};
use crate::work::{Fleet, FleetOptions, Ledger};
use anyhow::{Context, Result};
use std::path::PathBuf;
use std::time::Duration;
use tokio::time::Instant;

/// What is looked at while a server is driven.
#[derive(Debug)]
pub(super) struct Watch {
    /// Its processes.
    pub(super) processes: Processes,
    /// Its data directory.
    pub(super) data_dir: Option<PathBuf>,
}

impl Watch {
    /// The server's resources now.
    pub(super) fn resources(&self) -> Result<Resources> {
        let space = |folder: &PathBuf| {
            disk::allotted_bytes(folder).with_context(|| format!("cannot measure {}", folder.display()))
        };
        Ok(Resources {
            memory: self.processes.memory()?,
            descriptors: self.processes.descriptors()?,
            disk_bytes: self.data_dir.as_ref().map(space).transpose()?,
        })
    }
}

/// The plan of a workload.
pub(super) fn plan(workload: &Workload, target: Target, contract: Contract, keys: &KeyFile) -> Plan {
    let now = clock::now();
    let per_request = workload.per_request as usize;
    let options = FleetOptions {
        seed: workload.seed,
        // Seconds since the epoch tell runs apart; their low 32 bits last for a century.
        tag: workload.tag.unwrap_or((now.ms() / 1000) as u32),
        zipf: workload.zipf,
        per_request,
        mix: workload.mix,
        today: clock::date_of(now),
    };
    Plan {
        target,
        contract,
        keys: keys.orgs.clone(),
        fleet: Fleet::new(keys.orgs.len(), options),
        per_request,
        connections: workload.connections as usize,
        rate: workload.rate,
        warm_up: Duration::from_secs(workload.warm_up),
        measured: Duration::from_secs(workload.seconds),
    }
}

/// A workload in words.
pub(super) fn in_words(workload: &Workload, orgs: usize) -> String {
    let Workload { per_request, connections, zipf, mix, seed, .. } = workload;
    let rate = match workload.rate {
        Rate::Max | Rate::Requests(_) => "closed loop".to_owned(),
        Rate::EventsPerSecond(rate) => format!("open loop at {rate} events/s"),
    };
    format!(
        "{per_request} per request, {orgs} organisations (Zipf {zipf}), {rate}, {connections} connections, mix {mix}, seed {seed}"
    )
}

/// A moment at an edge of the window.
struct Edge {
    time: Instant,
    requests: u64,
    acked: u64,
    server_cpu_seconds: f64,
    client_cpu_seconds: f64,
}

impl Edge {
    fn now(drive: &Drive, watch: &Watch) -> Result<Self> {
        let (requests, acked) = drive.counts();
        let server_cpu_seconds = watch.processes.cpu_seconds()?;
        let client_cpu_seconds = own_cpu_seconds();
        Ok(Self { time: Instant::now(), requests, acked, server_cpu_seconds, client_cpu_seconds })
    }

    fn window_to(&self, end: &Self) -> Window {
        let seconds = (end.time - self.time).as_secs_f64();
        let acked_events = end.acked - self.acked;
        let server_cpu_seconds = end.server_cpu_seconds - self.server_cpu_seconds;
        Window {
            seconds,
            requests: end.requests - self.requests,
            acked_events,
            events_per_second: acked_events as f64 / seconds,
            server_cpu_seconds,
            events_per_cpu_second: acked_events as f64 / server_cpu_seconds,
            client_cpu_seconds: end.client_cpu_seconds - self.client_cpu_seconds,
        }
    }
}

/// Drives a server and tells what was measured and what it must hold.
pub(super) async fn measure(plan: Plan, workload: String, watch: &Watch) -> Result<(Report, Ledger)> {
    let before = watch.resources()?;
    let mut drive = Drive::start(plan).await?;
    let measured = drive.measured();
    drive.until(measured.start).await?;
    let opened = Edge::now(&drive, watch)?;
    drive.until(measured.end).await?;
    let closed = Edge::now(&drive, watch)?;
    let (tally, ledger) = drive.finish().await?;
    let after = watch.resources()?;
    Ok((Report::new(workload, opened.window_to(&closed), tally, (before, after)), ledger))
}
