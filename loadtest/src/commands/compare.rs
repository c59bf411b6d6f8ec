//! `compare`: two servers on the same work, in turns, so that what else the machine does meets both.

use super::measure::{Watch, in_words, measure, plan};
use super::prepare::create_orgs;
use crate::cli::{Started, Workload};
use crate::fit;
use crate::keys::KeyFile;
use crate::output::{self, grouped, table};
use crate::report::Report;
use crate::service::{Kind, Service};
use anyhow::{Context, Result, ensure};
use clap::Args;
use serde::Serialize;
use std::path::PathBuf;
use std::process::ExitCode;

/// Drive two servers in turns, A B A B, and print medians and ranges
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    started: Started,
    #[command(flatten)]
    workload: Workload,
    /// One server
    #[arg(long, default_value = "salescope")]
    a: Kind,
    /// The other
    #[arg(long)]
    b: Kind,
    /// Organisations
    #[arg(long, default_value_t = 1000)]
    orgs: usize,
    /// Turns of each
    #[arg(long, default_value_t = 5)]
    repeats: usize,
    /// Write all reports as JSON to this file
    #[arg(long)]
    json: Option<PathBuf>,
}

/// All turns of a server.
#[derive(Debug, Serialize)]
struct Turns {
    server: &'static str,
    reports: Vec<Report>,
}

/// Runs the command.
pub(crate) async fn run(options: Options) -> Result<ExitCode> {
    ensure!(options.a != options.b, "a server is compared with another one");
    ensure!(options.repeats > 0, "--repeats is at least one");
    let mut all = [options.a, options.b].map(|kind| (kind, Vec::new()));
    for turn in 0..options.repeats {
        for (kind, reports) in &mut all {
            let report = take_turn(&options, *kind, turn).await?;
            output::progress(&format!(
                "{} {}: {} events/s, {} per CPU-second, p99 {:.2} ms",
                kind.name(),
                turn + 1,
                grouped(report.window.events_per_second),
                grouped(report.window.events_per_cpu_second),
                report.latency.p99_ms
            ));
            reports.push(report);
        }
    }
    let turns = all.map(|(kind, reports)| Turns { server: kind.name(), reports });
    output::answer(&in_words(&options.workload, options.orgs));
    output::answer(&summary(&turns));
    if let Some(path) = &options.json {
        let text = serde_json::to_string_pretty(&turns)?;
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A new server on an empty folder, driven once.
async fn take_turn(options: &Options, kind: Kind, turn: usize) -> Result<Report> {
    let folder = options.started.work_dir.join(format!("{}-{turn}", kind.name()));
    super::make_empty(&folder)?;
    let keys = match kind {
        Kind::Salescope => create_orgs(&options.started.program, &folder, options.orgs)?,
        Kind::Floor | Kind::ExpressPostgres => KeyFile::made_up(options.orgs),
    };
    let service = Service::start(kind, &options.started.programs(), &folder).await?;
    let plan = plan(&options.workload, service.target()?, kind.contract(), &keys);
    // Peers may keep their files to an account of their own; what they take is theirs to know.
    let data_dir = (kind == Kind::Salescope).then(|| folder.clone());
    let watch = Watch { processes: service.processes.clone(), data_dir };
    let (report, _) = measure(plan, in_words(&options.workload, options.orgs), &watch).await?;
    let fault = report.fault();
    ensure!(fault.is_none(), "{} went wrong: {}", kind.name(), fault.unwrap_or_default());
    service.stop().await?;
    std::fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
    Ok(report)
}

/// What is compared: a name, and where it stands in a report.
type Figure = (&'static str, fn(&Report) -> f64);

const FIGURES: [Figure; 4] = [
    ("events/s", |report| report.window.events_per_second),
    ("events per CPU-second", |report| report.window.events_per_cpu_second),
    ("latency p50, ms", |report| report.latency.p50_ms),
    ("latency p99, ms", |report| report.latency.p99_ms),
];

/// Medians with ranges, and A against B: of the medians, and the range over the pairs of turns.
fn summary(turns: &[Turns; 2]) -> String {
    let number = |value: f64| if value >= 100.0 { grouped(value) } else { format!("{value:.2}") };
    let with_range = |values: &[f64]| {
        let (median, range) = (fit::median(values).unwrap_or(f64::NAN), fit::range(values));
        let (least, greatest) = range.unwrap_or((f64::NAN, f64::NAN));
        format!("{} ({} to {})", number(median), number(least), number(greatest))
    };
    let rows = FIGURES.map(|(name, figure)| {
        let [a, b] = [0, 1].map(|at: usize| turns[at].reports.iter().map(figure).collect::<Vec<_>>());
        let ratios: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a / b).collect();
        vec![name.to_owned(), with_range(&a), with_range(&b), with_range(&ratios)]
    });
    table(&["median (range)", turns[0].server, turns[1].server, "ratio by turn"], &rows)
}
