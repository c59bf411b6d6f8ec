//! `restart`: how long a killed server takes to be ready again, by the size of its state.

use super::measure::{Watch, in_words, measure, plan};
use super::prepare::create_orgs;
use crate::cli::{Started, Workload};
use crate::disk;
use crate::drive::Rate;
use crate::fit;
use crate::http::Rest;
use crate::output::{self, grouped, table};
use crate::service::{Kind, Service};
use anyhow::{Context, Result, ensure};
use clap::Args;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use tokio::time::Instant;

/// Kill servers that hold ever more and time until they are ready again
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    started: Started,
    #[command(flatten)]
    workload: Workload,
    /// Organisations of each server
    #[arg(long, default_value_t = 1000)]
    orgs: usize,
    /// Events that the servers hold
    #[arg(long, value_delimiter = ',', default_values_t = [100_000, 1_000_000, 10_000_000])]
    events: Vec<u64>,
    /// How often each is killed and started
    #[arg(long, default_value_t = 5)]
    repeats: usize,
}

/// How often `/readyz` is asked.
const POLL: Duration = Duration::from_millis(2);

/// A server that is not ready by then has failed.
const READY_MAX: Duration = Duration::from_secs(300);

/// Loading a server with events takes no longer, in seconds.
const LOAD_SECONDS_MAX: u64 = 3600;

/// Runs the command.
pub(crate) async fn run(mut options: Options) -> Result<ExitCode> {
    let (mut rows, mut points) = (Vec::new(), Vec::new());
    options.workload.warm_up = 0;
    options.workload.seconds = LOAD_SECONDS_MAX;
    for events in options.events.clone() {
        let folder = options.started.work_dir.join(format!("restart-{events}"));
        super::make_empty(&folder)?;
        output::progress(&format!("loading {events} events"));
        let mut service = load(&options, events, &folder).await?;
        let mut times = Vec::new();
        for _ in 0..options.repeats {
            service.kill().await?;
            let started = Instant::now();
            service = Service::start(Kind::Salescope, &options.started.programs(), &folder).await?;
            wait_until_ready(&service).await?;
            times.push(started.elapsed().as_secs_f64() * 1000.0);
        }
        let memory = service.processes.memory()?.rss_bytes;
        service.stop().await?;
        let disk = disk::allotted_bytes(&folder)?;
        std::fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
        let median = fit::median(&times).context("a server is started at least once: --repeats")?;
        let (least, greatest) = fit::range(&times).context("a server is started at least once")?;
        points.push((events as f64, median));
        let mib = |bytes: u64| grouped(bytes as f64 / f64::from(1 << 20));
        let range = format!("{least:.0} to {greatest:.0}");
        rows.push(vec![grouped(events as f64), format!("{median:.0}"), range, mib(disk), mib(memory)]);
    }
    let header = ["events", "median ms until ready", "range", "disk MiB", "resident MiB"];
    output::answer(&table(&header, &rows));
    if let Some(exponent) = fit::exponent(&points) {
        output::answer(&format!("the time grows with the power {exponent:.2} of the events"));
    }
    Ok(ExitCode::SUCCESS)
}

/// A server that holds so many events.
async fn load(options: &Options, events: u64, folder: &Path) -> Result<Service> {
    let keys = create_orgs(&options.started.program, folder, options.orgs)?;
    let service = Service::start(Kind::Salescope, &options.started.programs(), folder).await?;
    let mut workload = options.workload.clone();
    workload.rate = Rate::Requests(events.div_ceil(workload.per_request.into()));
    let watch = Watch { processes: service.processes.clone(), data_dir: None };
    let plan = plan(&workload, service.target()?, Kind::Salescope.contract(), &keys);
    let (report, _) = measure(plan, in_words(&workload, options.orgs), &watch).await?;
    let fault = report.fault();
    ensure!(fault.is_none(), "loading went wrong: {}", fault.unwrap_or_default());
    Ok(service)
}

async fn wait_until_ready(service: &Service) -> Result<()> {
    let until = Instant::now() + READY_MAX;
    let mut rest = Rest::new(service.target()?);
    while rest.status("/readyz").await.ok() != Some(200) {
        ensure!(Instant::now() < until, "the server is not ready after {} s", READY_MAX.as_secs());
        tokio::time::sleep(POLL).await;
    }
    Ok(())
}
