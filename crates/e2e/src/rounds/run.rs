//! A run: organisations, senders and audits that live through all of its rounds.

use super::{Kind, plan, round, truncate};
use crate::check::{Audit, Reading};
use crate::ledger::Ledger;
use crate::load::{Load, Sender};
use crate::program::Program;
use crate::report::{Report, RoundReport};
use crate::stream::Stream;
use anyhow::{Context, Result, ensure};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::Deserialize;
use std::path::PathBuf;
use std::sync::Arc;

/// Connections of an organisation that asks for more than its share, beside its usual ones.
const SENDERS_OF_A_GLUTTON: usize = 24;

/// Most events of its requests.
const MOST_OF_A_GLUTTON: u64 = 1000;

/// What to run.
#[derive(Debug, Clone)]
pub struct Options {
    /// The program, built with the feature `faults`.
    pub binary: PathBuf,
    /// A directory that does not exist: ledger, log and data go there.
    pub work_dir: PathBuf,
    /// What is done to it.
    pub kind: Kind,
    /// How often.
    pub rounds: u64,
    /// Repeats a run's plans; interleavings differ.
    pub seed: u64,
    /// Most events of a round.
    pub events: u64,
    /// Organisations.
    pub orgs: usize,
    /// Connections, spread over the organisations.
    pub senders: usize,
    /// Questions of one `verify`.
    pub queries: u32,
    /// A promise that the program is made to break.
    pub sabotage: Option<String>,
}

/// An organisation, and what was read of its journal.
pub(super) struct Org {
    pub(super) name: String,
    pub(super) key: String,
    pub(super) audit: Audit,
    /// What the server answered in this round.
    pub(super) readings: Vec<Reading>,
}

/// What lives through all rounds.
pub(super) struct Run {
    pub(super) options: Options,
    pub(super) program: Program,
    pub(super) orgs: Vec<Org>,
    pub(super) senders: Vec<Sender>,
    pub(super) load: Arc<Load>,
    pub(super) random: StdRng,
}

/// Runs rounds until all are done or a promise is broken.
///
/// # Errors
/// When the harness itself fails. Broken promises are in the report.
pub async fn run(options: Options, mut tell: impl FnMut(&RoundReport)) -> Result<Report> {
    let mut report = Report::new(&options);
    let mut run = Run::set_up(options).await?;
    for number in 1..=run.options.rounds {
        let Options { kind, events, .. } = run.options;
        let plan = plan::plan(kind, number, events, &mut run.random);
        let mut round = round::round(&mut run, number, &plan).await?;
        if kind == Kind::Truncate && round.violations.is_empty() {
            truncate::truncate(&mut run, &mut round).await?;
        }
        tell(&round);
        let broken = !round.violations.is_empty();
        report.add(round);
        if broken {
            break;
        }
    }
    if run.options.kind.has_a_glutton() && run.load.refused() == 0 {
        report.nothing_shown("nobody was refused: the organisation asked for no more than its share");
    }
    let Run { load, .. } = run;
    let load = Arc::into_inner(load).context("every sender has ended")?;
    load.ledger.close()?;
    Ok(report)
}

impl Run {
    async fn set_up(options: Options) -> Result<Self> {
        ensure!(options.orgs > 0 && options.senders >= options.orgs, "every organisation needs a sender");
        ensure!(options.events >= 100, "a round of fewer than 100 events shows nothing");
        std::fs::create_dir(&options.work_dir)
            .with_context(|| format!("create {}, which must not exist", options.work_dir.display()))?;
        let program = Program { binary: options.binary.clone(), data_dir: options.work_dir.join("data") };
        let mut random = StdRng::seed_from_u64(options.seed);
        let (seed, poison_every) = (options.seed, options.kind.poison_every());
        let has_a_glutton = options.kind.has_a_glutton();
        let more = if has_a_glutton { SENDERS_OF_A_GLUTTON } else { 0 };
        let streams: Vec<_> = (0..options.senders + more)
            .map(|sender| {
                let org = if sender < options.senders { sender % options.orgs } else { 0 };
                Stream { seed, org, sender, poison_every }
            })
            .collect();
        let orgs = create_orgs(&program, options.orgs, &streams).await?;
        let senders = streams
            .into_iter()
            .map(|stream| {
                let mut sender =
                    Sender::new(stream, options.events / 10, StdRng::seed_from_u64(random.random()));
                if has_a_glutton {
                    sender.is_spared = stream.org > 0;
                    sender.size_max = if sender.is_spared { 1 } else { MOST_OF_A_GLUTTON };
                }
                sender
            })
            .collect();
        let load = Arc::new(Load::new(Ledger::create(&options.work_dir.join("ledger.ndjson"))?));
        Ok(Self { options, program, orgs, senders, load, random })
    }
}

async fn create_orgs(program: &Program, count: usize, streams: &[Stream]) -> Result<Vec<Org>> {
    #[derive(Deserialize)]
    struct Created {
        org: String,
        key: String,
    }
    let number = count.to_string();
    let arguments = [
        "admin",
        "create-orgs",
        "--count",
        &number,
        "--prefix",
        "org",
        "--with-keys",
        "--currency",
        "EUR",
        "--time-zone",
        "Europe/Berlin",
    ];
    // A program that knows nothing of faults would pass every round, and every sabotage.
    let hits = program.data_dir.with_extension("hits");
    let output = program.run(&arguments, &format!("hits_file={}", hits.display())).await?;
    ensure!(hits.exists(), "{} was built without --features faults", program.binary.display());
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr).trim());
    let lines = serde_json::Deserializer::from_slice(&output.stdout).into_iter::<Created>();
    let mut orgs = Vec::new();
    for (index, created) in lines.enumerate() {
        let Created { org: name, key } = created.context("a created organisation")?;
        let audit = Audit::new(index, streams.iter().filter(|stream| stream.org == index).copied());
        orgs.push(Org { name, key, audit, readings: Vec::new() });
    }
    ensure!(orgs.len() == count, "{} organisations were created instead of {count}", orgs.len());
    Ok(orgs)
}
