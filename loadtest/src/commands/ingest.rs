//! `ingest`: drives a running server for a while and reports.

use super::measure::{Watch, in_words, measure, plan};
use crate::cli::{Running, Workload};
use crate::drive::Contract;
use crate::keys::KeyFile;
use crate::observe::Processes;
use crate::output;
use anyhow::{Context, Result};
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

/// Send events to a running server and measure it
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    running: Running,
    #[command(flatten)]
    workload: Workload,
    /// Write the report as JSON to this file
    #[arg(long)]
    json: Option<PathBuf>,
    /// Write what the server must hold now to this file, for `recount`
    #[arg(long)]
    ledger: Option<PathBuf>,
}

/// Runs the command. Fails where the server refused or repeated what it should not have.
pub(crate) async fn run(options: Options) -> Result<ExitCode> {
    let keys = KeyFile::read(&options.running.keys, options.running.orgs)?;
    let watch =
        Watch { processes: Processes::new(options.running.server_pid), data_dir: options.running.data_dir };
    let plan = plan(&options.workload, options.running.url, Contract::Items, &keys);
    let words = in_words(&options.workload, keys.orgs.len());
    let (report, ledger) = measure(plan, words, &watch).await?;
    if let Some(path) = &options.ledger {
        ledger.write(path)?;
    }
    if let Some(path) = &options.json {
        let text = serde_json::to_string_pretty(&report)?;
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    output::answer(&report.text());
    if let Some(fault) = report.fault() {
        output::progress(&fault);
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}
