//! One room for each command, and what several of them do.

pub(crate) mod compare;
pub(crate) mod growth;
pub(crate) mod idle;
pub(crate) mod ingest;
mod measure;
pub(crate) mod prepare;
pub(crate) mod recount;
pub(crate) mod restart;
pub(crate) mod soak;

use crate::cli::{Cli, Command};
use anyhow::{Context, Result};
use std::path::Path;
use std::process::ExitCode;

/// Runs one command.
pub(crate) async fn run(cli: Cli) -> Result<ExitCode> {
    match cli.command {
        Command::Prepare(options) => prepare::run(&options),
        Command::Ingest(options) => ingest::run(options).await,
        Command::Recount(options) => recount::run(options).await,
        Command::Idle(options) => idle::run(options).await,
        Command::Soak(options) => soak::run(options).await,
        Command::Growth(options) => growth::run(options).await,
        Command::Restart(options) => restart::run(options).await,
        Command::Compare(options) => compare::run(options).await,
    }
}

/// Makes a folder that is empty, whatever was there before. Only folders that this program names are emptied.
fn make_empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))
}
