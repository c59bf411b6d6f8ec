//! `soak`: drives a running server for a long time and looks for what grows.

use super::measure::{Watch, in_words, plan};
use crate::cli::{Running, Workload};
use crate::drive::{Contract, Drive, Rate};
use crate::fit;
use crate::keys::KeyFile;
use crate::observe::Processes;
use crate::output;
use crate::report::{Latency, Resources};
use anyhow::{Context, Result, ensure};
use clap::Args;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use tokio::time::Instant;

/// Send events at a fixed rate for a long time and sample what the server holds on to
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    running: Running,
    #[command(flatten)]
    workload: Workload,
    /// How long, instead of --seconds
    #[arg(long, default_value_t = 30)]
    minutes: u64,
    /// Seconds between samples
    #[arg(long, default_value_t = 10)]
    every: u64,
    /// The file for the samples (CSV)
    #[arg(long)]
    csv: PathBuf,
    /// Write what the server must hold now to this file, for `recount`
    #[arg(long)]
    ledger: Option<PathBuf>,
}

/// The state at a moment of the run.
#[derive(Debug, Clone, Copy)]
struct Sample {
    seconds: f64,
    acked: u64,
    cpu_seconds: f64,
    resources: Resources,
}

const CSV_HEADER: &str = "seconds,acked_events,cpu_seconds,rss_bytes,anonymous_bytes,descriptors,disk_bytes";

impl Sample {
    fn take(start: Instant, drive: &Drive, watch: &Watch) -> Result<Self> {
        let (_, acked) = drive.counts();
        let cpu_seconds = watch.processes.cpu_seconds()?;
        let resources = watch.resources()?;
        Ok(Self { seconds: start.elapsed().as_secs_f64(), acked, cpu_seconds, resources })
    }

    fn csv(&self) -> String {
        let Self { seconds, acked, cpu_seconds, resources: Resources { memory, descriptors, disk_bytes } } =
            self;
        let disk = disk_bytes.map(|bytes| bytes.to_string()).unwrap_or_default();
        let (rss, anonymous) = (memory.rss_bytes, memory.anonymous_bytes);
        format!("{seconds:.1},{acked},{cpu_seconds:.2},{rss},{anonymous},{descriptors},{disk}")
    }
}

/// Runs the command.
pub(crate) async fn run(mut options: Options) -> Result<ExitCode> {
    ensure!(
        matches!(options.workload.rate, Rate::EventsPerSecond(_)),
        "a soak has a fixed rate: --rate EVENTS"
    );
    options.workload.seconds = options.minutes * 60;
    let keys = KeyFile::read(&options.running.keys, options.running.orgs)?;
    let watch =
        Watch { processes: Processes::new(options.running.server_pid), data_dir: options.running.data_dir };
    let path = &options.csv;
    let mut csv = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
    writeln!(csv, "{CSV_HEADER}")?;
    output::progress(&in_words(&options.workload, keys.orgs.len()));
    let mut drive =
        Drive::start(plan(&options.workload, options.running.url, Contract::Items, &keys)).await?;
    let measured = drive.measured();
    let mut samples = Vec::new();
    let mut next = measured.start;
    while next <= measured.end {
        drive.until(next).await?;
        let sample = Sample::take(measured.start, &drive, &watch)?;
        writeln!(csv, "{}", sample.csv())?;
        samples.push(sample);
        next += Duration::from_secs(options.every.max(1));
    }
    let (tally, ledger) = drive.finish().await?;
    if let Some(path) = &options.ledger {
        ledger.write(path)?;
    }
    let latency = Latency::of(&tally.latency_us);
    output::answer(&drift(&samples));
    output::answer(&format!(
        "latency p50 {:.2} ms, p99 {:.2} ms, max {:.2} ms; 429: {}, 503: {}, broken off: {}, rejected: {}, never sent: {}",
        latency.p50_ms,
        latency.p99_ms,
        latency.max_ms,
        tally.overloaded,
        tally.unavailable,
        tally.broken,
        tally.rejected,
        tally.unsent
    ));
    Ok(if tally.rejected + tally.unresolved + tally.duplicates_unexpected == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The slopes over the second half of the run: the first fills caches.
fn drift(samples: &[Sample]) -> String {
    let late = &samples[samples.len() / 2..];
    let slope_per_hour = |of: fn(&Sample) -> f64| {
        let points: Vec<_> = late.iter().map(|sample| (sample.seconds / 3600.0, of(sample))).collect();
        let level = points.iter().map(|(_, value)| value).sum::<f64>() / points.len() as f64;
        match fit::slope(&points) {
            Some(slope) if level > 0.0 => format!("{:+.2}% an hour at {level:.0}", 100.0 * slope / level),
            _ => "unknown: too few samples".to_owned(),
        }
    };
    let disk: Vec<_> = late
        .iter()
        .filter_map(|sample| Some((sample.acked as f64, sample.resources.disk_bytes? as f64)))
        .collect();
    let per_event = fit::slope(&disk).map_or("not measured".to_owned(), |bytes| format!("{bytes:.1} bytes"));
    format!(
        "over the second half: resident bytes {}; anonymous bytes {}; descriptors {}; disk per event {per_event}",
        slope_per_hour(|sample| sample.resources.memory.rss_bytes as f64),
        slope_per_hour(|sample| sample.resources.memory.anonymous_bytes as f64),
        slope_per_hour(|sample| sample.resources.descriptors as f64),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::Memory;

    #[test]
    fn drift_is_told_of_the_second_half() {
        let sample = |at: u64, rss: u64| Sample {
            seconds: (at * 10) as f64,
            acked: at * 1000,
            cpu_seconds: 0.0,
            resources: Resources {
                memory: Memory { rss_bytes: rss, anonymous_bytes: rss, ..Memory::default() },
                descriptors: 30,
                disk_bytes: Some(at * 1000 * 40),
            },
        };
        let samples: Vec<_> =
            (0..20).map(|at| sample(at, if at < 10 { at * 7_000 } else { 100_000 })).collect();
        let text = drift(&samples);
        assert!(text.contains("resident bytes +0.00% an hour at 100000"), "{text}");
        assert!(text.contains("disk per event 40.0 bytes"), "{text}");
        assert_eq!(samples[1].csv(), "10.0,1000,0.00,7000,7000,30,40000");
    }
}
