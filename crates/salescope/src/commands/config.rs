//! `config`: the default configuration file.

use super::Invocation;
use crate::config::DEFAULT;
use crate::exit::Exit;
use anyhow::Result;
use clap::Args;

/// Print the default configuration, with what each value means
///
/// It is YAML; keep what differs in a file of your own and start the server with `up --config FILE`.
#[derive(Debug, Args)]
pub(crate) struct Options {}

pub(super) fn run(invocation: &Invocation, _: &Options) -> Result<Exit> {
    invocation.output.text(DEFAULT)?;
    Ok(Exit::Done)
}
