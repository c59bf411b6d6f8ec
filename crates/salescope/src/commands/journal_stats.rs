//! `journal stats`: how many entries there are.

use super::Invocation;
use crate::cli::Org;
use crate::exit::Exit;
use anyhow::Result;
use clap::Args;
use salescope_engine_api::Engine;

/// How many entries an organisation's journal holds
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    org: Org,
}

pub(super) async fn run(invocation: &Invocation, engine: &dyn Engine, options: Options) -> Result<Exit> {
    let stats = engine.stats(&options.org.org).await?;
    invocation
        .output
        .show(&stats, || format!("{} entries, the last is {}", stats.entries, stats.last_tenant_seq))?;
    Ok(Exit::Done)
}
