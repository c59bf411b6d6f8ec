//! `e2e`: fault runs from the command line.

use anyhow::Result;
use clap::{Args, Parser, Subcommand};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use salescope_e2e::rounds::{Kind, Options, run};
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Breaks a server from outside and counts.
#[derive(Debug, Parser)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run rounds of one kind of fault: 0 when it is as it should be, 1 when a promise was broken or a sabotage not caught
    Faults(Faults),
}

#[derive(Debug, Args)]
struct Faults {
    /// What is done to the server
    #[arg(long, value_enum)]
    kind: Kind,
    /// How often
    #[arg(long, default_value_t = 3)]
    rounds: u64,
    /// Repeats a run's plans [default: chosen at random, and printed]
    #[arg(long)]
    seed: Option<u64>,
    /// Break this promise on purpose: the run succeeds when that is noticed
    #[arg(long, value_name = "NAME")]
    sabotage: Option<String>,
    /// Most events of a round
    #[arg(long, default_value_t = 5_000)]
    events: u64,
    /// Organisations
    #[arg(long, default_value_t = 4)]
    orgs: usize,
    /// Connections
    #[arg(long, default_value_t = 8)]
    senders: usize,
    /// Questions of one `verify`
    #[arg(long, default_value_t = 30)]
    queries: u32,
    /// The program, built with --features faults
    #[arg(long, value_name = "FILE")]
    binary: PathBuf,
    /// A directory that does not exist yet; it is removed when all is well
    #[arg(long, value_name = "DIR")]
    work_dir: PathBuf,
    /// Leave the directory as it is at the end
    #[arg(long)]
    keep: bool,
    /// Write the report as JSON to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let Command::Faults(faults) = Cli::parse().command;
    let seed = faults.seed.unwrap_or_else(|| StdRng::from_rng(&mut rand::rng()).random());
    let options = Options {
        binary: faults.binary,
        work_dir: faults.work_dir.clone(),
        kind: faults.kind,
        rounds: faults.rounds,
        seed,
        events: faults.events,
        orgs: faults.orgs,
        senders: faults.senders,
        queries: faults.queries,
        sabotage: faults.sabotage,
    };
    let mut out = io::stdout();
    let report = run(options, |round| {
        // Whoever has closed the output still gets the exit code.
        let _ = writeln!(io::stdout(), "{}", round.line());
    })
    .await?;
    write!(out, "{}", report.table())?;
    if let Some(path) = &faults.json {
        std::fs::write(path, serde_json::to_vec_pretty(&report)?)?;
    }
    let good = report.is_as_wished();
    if good && !faults.keep {
        std::fs::remove_dir_all(&faults.work_dir)?;
    } else if !good {
        writeln!(out, "ledger, log and data are in {}", faults.work_dir.display())?;
    }
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
