//! `growth`: what a server does with ever more organisations.

use super::measure::{Watch, in_words, measure, plan};
use super::prepare::create_orgs;
use super::recount::{Journals, recount};
use crate::cli::{Started, Workload};
use crate::fit;
use crate::output::{self, grouped, table};
use crate::report::Report;
use crate::service::{Kind, Service};
use anyhow::{Context, Result, ensure};
use clap::Args;
use std::process::ExitCode;

/// Measure new servers with ever more organisations
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    started: Started,
    #[command(flatten)]
    workload: Workload,
    /// Numbers of organisations
    #[arg(long, value_delimiter = ',', default_values_t = [1, 100, 10_000, 100_000])]
    orgs: Vec<usize>,
    /// Recount only so many organisations of each server; all of them take a while
    #[arg(long, default_value_t = 1000)]
    recount: usize,
}

/// Runs the command.
pub(crate) async fn run(options: Options) -> Result<ExitCode> {
    let mut reports = Vec::new();
    for orgs in &options.orgs {
        output::progress(&format!("{orgs} organisations"));
        reports.push((*orgs, one(&options, *orgs).await?));
    }
    let rows: Vec<_> = reports.iter().map(|(orgs, report)| row(*orgs, report)).collect();
    let header = [
        "organisations",
        "events/s",
        "events per CPU-second",
        "p50 ms",
        "p99 ms",
        "resident MiB",
        "disk bytes/event",
    ];
    output::answer(&table(&header, &rows));
    let points = |of: fn(&Report) -> f64| -> Vec<_> {
        reports.iter().map(|(orgs, report)| (*orgs as f64, of(report))).collect()
    };
    for (what, points) in [
        ("events per CPU-second", points(|report| report.window.events_per_cpu_second)),
        ("resident bytes", points(|report| report.after.memory.rss_bytes as f64)),
    ] {
        if let Some(exponent) = fit::exponent(&points) {
            output::answer(&format!("{what} grow with the power {exponent:.2} of the organisations"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn one(options: &Options, orgs: usize) -> Result<Report> {
    let folder = options.started.work_dir.join(format!("growth-{orgs}"));
    super::make_empty(&folder)?;
    let keys = create_orgs(&options.started.program, &folder, orgs)?;
    let service = Service::start(Kind::Salescope, &options.started.programs(), &folder).await?;
    let plan = plan(&options.workload, service.target()?, Kind::Salescope.contract(), &keys);
    let watch = Watch { processes: service.processes.clone(), data_dir: Some(folder.clone()) };
    let (report, mut ledger) = measure(plan, in_words(&options.workload, orgs), &watch).await?;
    if let Some(fault) = report.fault() {
        output::progress(&fault);
    }
    ledger.orgs.truncate(options.recount);
    let journals = Journals { program: &options.started.program, data_dir: &folder, count: 10 };
    let differences = recount(&service.target()?, &keys, &[ledger], &journals).await?;
    ensure!(differences.is_empty(), "the recount differs: {}", differences.join("; "));
    service.stop().await?;
    std::fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    Ok(report)
}

fn row(orgs: usize, report: &Report) -> Vec<String> {
    vec![
        grouped(orgs as f64),
        grouped(report.window.events_per_second),
        grouped(report.window.events_per_cpu_second),
        format!("{:.2}", report.latency.p50_ms),
        format!("{:.2}", report.latency.p99_ms),
        format!("{:.0}", report.after.memory.rss_bytes as f64 / f64::from(1 << 20)),
        report.disk_bytes_per_event.map_or("-".to_owned(), |bytes| format!("{bytes:.1}")),
    ]
}
