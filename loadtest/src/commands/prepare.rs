//! `prepare`: organisations with keys, through the program's command line.

use crate::keys::{KeyFile, OrgKey};
use crate::output;
use anyhow::{Context, Result, ensure};
use clap::Args;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

/// Create organisations with API keys and write them to a file
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The server's data directory
    #[arg(long)]
    data_dir: PathBuf,
    /// The product's program
    #[arg(long, default_value = "target/release/salescope")]
    program: PathBuf,
    /// How many organisations
    #[arg(long)]
    orgs: usize,
    /// The file to write; only its owner may read it
    #[arg(long)]
    out: PathBuf,
}

/// Runs the command.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let file = create_orgs(&options.program, &options.data_dir, options.orgs)?;
    file.write(&options.out)?;
    output::answer(&format!("{} organisations and their keys in {}", file.orgs.len(), options.out.display()));
    Ok(ExitCode::SUCCESS)
}

/// What `journal stats` answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(crate) struct JournalStats {
    /// Entries that there are.
    pub(crate) entries: u64,
    /// The number of the last.
    pub(crate) last_tenant_seq: u64,
}

/// Creates organisations and tells their keys and how many entries a new one has.
pub(crate) fn create_orgs(program: &Path, data_dir: &Path, orgs: usize) -> Result<KeyFile> {
    let count = orgs.to_string();
    let arguments = ["admin", "create-orgs", "--count", &count, "--prefix", "load-", "--with-keys"];
    let orgs_made: Vec<OrgKey> = json_lines(program, data_dir, arguments)?;
    ensure!(orgs_made.len() == orgs, "{orgs} organisations were asked for, {} were made", orgs_made.len());
    let (first, last) =
        orgs_made.first().zip(orgs_made.last()).context("at least one organisation is asked for")?;
    let entries_when_new = journal_stats(program, data_dir, &first.org)?.entries;
    let of_last = journal_stats(program, data_dir, &last.org)?.entries;
    ensure!(
        entries_when_new == of_last,
        "{} has {entries_when_new} entries and {} has {of_last}: they were not new",
        first.org,
        last.org
    );
    Ok(KeyFile { entries_when_new, orgs: orgs_made })
}

/// Counts an organisation's entries, through the program.
pub(crate) fn journal_stats(program: &Path, data_dir: &Path, org: &str) -> Result<JournalStats> {
    let answers = json_lines(program, data_dir, ["journal", "stats", "--org", org])?;
    answers.into_iter().next().context("journal stats answered nothing")
}

fn json_lines<T: DeserializeOwned>(
    program: &Path,
    data_dir: &Path,
    arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
) -> Result<Vec<T>> {
    let mut command = Command::new(program);
    command.arg("--data-dir").arg(data_dir).arg("--json").args(arguments).stderr(Stdio::inherit());

    let described = format!("{command:?}");
    let output = command.output().with_context(|| format!("cannot run {described}"))?;
    ensure!(output.status.success(), "{described} ended with {}", output.status);
    let lines = output.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let read = |line| serde_json::from_slice(line).with_context(|| format!("{described} printed no JSON"));
    lines.map(read).collect()
}
