//! `idle`: what a sleeping organisation costs, and how long it takes to wake.

use super::measure::Watch;
use crate::cli::Running;
use crate::clock;
use crate::drive::{accepts_one, histogram, record};
use crate::http::{Connection, Rest, Target, post_head, write_post};
use crate::keys::{KeyFile, OrgKey};
use crate::observe::Processes;
use crate::output::{self, grouped, table};
use crate::report::Latency;
use crate::work::{Batch, Fleet, FleetOptions};
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use hdrhistogram::Histogram;
use rand::{RngExt, SeedableRng, rngs::SmallRng};
use std::process::ExitCode;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Wake every organisation once, let all fall asleep, and measure
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    running: Running,
    /// How long all may take to fall asleep, in seconds
    #[arg(long, default_value_t = 900)]
    wait: u64,
    /// How many are woken again one after another
    #[arg(long, default_value_t = 2000)]
    sample: usize,
    /// Chooses them
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// The gauge of organisations that are in memory.
const AWAKE_METRIC: &str = "salescope_tenants_awake";

/// How often the gauge is read.
const POLL: Duration = Duration::from_millis(250);

/// Organisations woken at the same time.
const WAKERS: usize = 64;

/// Runs the command.
pub(crate) async fn run(options: Options) -> Result<ExitCode> {
    let keys = KeyFile::read(&options.running.keys, options.running.orgs)?;
    let Running { url: target, server_pid, data_dir, .. } = options.running;
    let watch = Watch { processes: Processes::new(server_pid), data_dir };
    let mut rest = Rest::new(target.clone());
    let awake = awake_orgs(&rest.text("/metrics").await?)?;
    ensure!(
        awake == 0.0,
        "{awake} organisations are awake: start the server anew, so that the baseline has none"
    );
    let baseline = watch.resources()?.memory;

    output::progress(&format!("waking {} organisations", keys.orgs.len()));
    let started = Instant::now();
    wake_all(&target, &keys.orgs).await?;
    let woken_s = started.elapsed().as_secs_f64();
    let full = watch.resources()?.memory;
    output::progress("waiting until all are asleep");
    wait_for_sleep(&mut rest, Duration::from_secs(options.wait)).await?;
    let asleep = watch.resources()?.memory;

    let count = keys.orgs.len() as f64;
    let per_org = |after: u64, before: u64| grouped((after as f64 - before as f64) / count);
    output::answer(&format!(
        "{} organisations woken once each in {woken_s:.1} s ({} a second)",
        grouped(count),
        grouped(count / woken_s)
    ));
    let row = |name: &str, memory: crate::observe::Memory| {
        vec![
            name.to_owned(),
            grouped(memory.rss_bytes as f64),
            grouped(memory.anonymous_bytes as f64),
            per_org(memory.rss_bytes, baseline.rss_bytes),
            per_org(memory.anonymous_bytes, baseline.anonymous_bytes),
        ]
    };
    let header = ["bytes", "resident", "anonymous", "resident per org", "anonymous per org"];
    let rows = [row("none woken yet", baseline), row("after waking", full), row("all asleep", asleep)];
    output::answer(&table(&header, &rows));

    let (cold, warm) = wake_sample(&target, &keys.orgs, options.sample, options.seed).await?;
    for (name, histogram) in [("asleep", cold), ("awake", warm)] {
        let Latency { count, p50_ms, p99_ms, max_ms, .. } = Latency::of(&histogram);
        output::answer(&format!(
            "one event to an organisation that is {name}: p50 {p50_ms:.2} ms, p99 {p99_ms:.2} ms, max {max_ms:.2} ms ({count} times)"
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads the gauge.
fn awake_orgs(metrics: &str) -> Result<f64> {
    let line = metrics.lines().find_map(|line| line.strip_prefix(AWAKE_METRIC));
    let value = line.and_then(|rest| rest.rsplit(' ').next()?.parse().ok());
    value.with_context(|| format!("/metrics has no {AWAKE_METRIC}"))
}

async fn wait_for_sleep(rest: &mut Rest, longest: Duration) -> Result<()> {
    let until = Instant::now() + longest;
    loop {
        let awake = awake_orgs(&rest.text("/metrics").await?)?;
        if awake == 0.0 {
            return Ok(());
        }
        if Instant::now() > until {
            bail!("{awake} organisations are still awake after {} s", longest.as_secs());
        }
        tokio::time::sleep(POLL).await;
    }
}

/// Sends single events, each with an id of its own.
struct Sender {
    target: Target,
    connection: Connection,
    fleet: Fleet,
    batch: Batch,
    request: Vec<u8>,
}

impl Sender {
    fn new(target: &Target, orgs: usize, tag: u32) -> Result<Self> {
        let today = clock::date_of(clock::now());
        let mix = "deals=1".parse()?;
        let options = FleetOptions { seed: 1, tag, zipf: 0.0, per_request: 1, mix, today };
        Ok(Self {
            target: target.clone(),
            connection: Connection::new(target.address),
            fleet: Fleet::new(orgs, options),
            batch: Batch::default(),
            request: Vec::new(),
        })
    }

    /// One event to an organisation; the times before and after.
    async fn send(&mut self, at: usize, key: &OrgKey) -> Result<(Instant, Instant)> {
        self.fleet.fill_for(at, &mut self.batch, clock::now());
        let head = post_head(&self.target, "/api/v1/events", &key.key);
        write_post(&mut self.request, &head, &self.batch.body);
        self.connection.open().await?;
        let sent = Instant::now();
        let response = self.connection.exchange(&self.request).await?;
        let answered = Instant::now();
        let said = String::from_utf8_lossy(response.body);
        ensure!(accepts_one(&response), "an event of {} is answered {}: {said}", key.org, response.status);
        Ok((sent, answered))
    }
}

/// Low bits of the seconds since the epoch: ids of two runs differ.
fn fresh_tag() -> u32 {
    (clock::now().ms() / 1000) as u32
}

async fn wake_all(target: &Target, keys: &[OrgKey]) -> Result<()> {
    let mut wakers = JoinSet::new();
    for part in keys.chunks(keys.len().div_ceil(WAKERS)) {
        let (part, mut sender) = (part.to_vec(), Sender::new(target, part.len(), fresh_tag())?);
        wakers.spawn_local(async move {
            for (at, key) in part.iter().enumerate() {
                sender.send(at, key).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(ended) = wakers.join_next().await {
        ended??;
    }
    Ok(())
}

/// Wakes organisations one after another: the latency of the event that wakes each, and of the one after it.
async fn wake_sample(
    target: &Target,
    keys: &[OrgKey],
    sample: usize,
    seed: u64,
) -> Result<(Histogram<u64>, Histogram<u64>)> {
    let mut random = SmallRng::seed_from_u64(seed);
    let mut sender = Sender::new(target, keys.len(), fresh_tag().wrapping_add(1))?;
    let (mut cold, mut warm) = (histogram(), histogram());
    for at in drawn_once(&mut random, keys.len(), sample) {
        for latencies in [&mut cold, &mut warm] {
            let (sent, answered) = sender.send(at, &keys[at]).await?;
            record(latencies, sent, answered);
        }
    }
    Ok((cold, warm))
}

/// Numbers below `count`, each at most once, at most `sample`.
fn drawn_once(random: &mut SmallRng, count: usize, sample: usize) -> Vec<usize> {
    let mut all: Vec<usize> = (0..count).collect();
    let sample = sample.min(count);
    for at in 0..sample {
        let other = random.random_range(at..count);
        all.swap(at, other);
    }
    all.truncate(sample);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gauge_is_read_with_and_without_labels() {
        let metrics = "# HELP salescope_tenants_awake x\nsalescope_tenants_awake 17\n";
        assert_eq!(awake_orgs(metrics).unwrap(), 17.0);
        assert_eq!(awake_orgs("salescope_tenants_awake{shard=\"0\"} 3").unwrap(), 3.0);
        assert!(awake_orgs("other 3").is_err());
    }

    #[test]
    fn a_sample_draws_no_organisation_twice() {
        let mut random = SmallRng::seed_from_u64(1);
        let mut drawn = drawn_once(&mut random, 50, 80);
        drawn.sort_unstable();
        assert_eq!(drawn, (0..50).collect::<Vec<_>>());
        assert_eq!(drawn_once(&mut random, 50, 3).len(), 3);
    }
}
