//! `journal stats`: how many entries there are.

use super::Invocation;
use crate::cli::Org;
use crate::exit::Exit;
use crate::org::{check_known, open_store};
use anyhow::Result;
use clap::Args;
use salescope_store::Journal;
use serde::Serialize;

/// How many entries an organisation's journal holds
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    org: Org,
}

#[derive(Serialize)]
struct Stats {
    entries: u64,
    last_tenant_seq: u64,
}

pub(super) async fn run(invocation: &Invocation, options: Options) -> Result<Exit> {
    let store = open_store(&invocation.data_dir).await?;
    let org = options.org.org;
    check_known(&store, &org).await?;
    let stats = store.stats(&org).await?;
    let stats = Stats { entries: stats.entries, last_tenant_seq: stats.last_tenant_seq };
    invocation
        .output
        .show(&stats, || format!("{} entries, the last is {}", stats.entries, stats.last_tenant_seq))?;
    Ok(Exit::Done)
}
