//! `journal entries`: what an organisation's journal says, entry by entry.

use super::Invocation;
use crate::cli::Org;
use crate::exit::Exit;
use anyhow::Result;
use clap::Args;
use salescope_domain::Entry;
use salescope_engine_api::Engine;

/// Entries asked for at a time: some 10 MB.
const ENTRIES_PER_READ: u64 = 10_000;

/// Print the entries of an organisation's journal, in order, one per line
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  salescope journal entries --org demo --after 4200 --limit 10
  salescope journal entries --org demo --json > demo.ndjson")]
pub(crate) struct Options {
    #[command(flatten)]
    org: Org,
    /// Only entries after this one
    #[arg(long, value_name = "N", default_value_t = 0)]
    after: u64,
    /// Most entries; all of them where absent
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
}

pub(super) async fn run(invocation: &Invocation, engine: &dyn Engine, options: Options) -> Result<Exit> {
    let Options { org, mut after, limit } = options;
    let mut left = limit.unwrap_or(u64::MAX);
    while left > 0 {
        let limit = usize::try_from(left.min(ENTRIES_PER_READ)).unwrap_or(usize::MAX);
        let page = engine.entries(&org.org, after, limit).await?;
        let Some(last) = page.entries.last() else { break };
        after = last.tenant_seq;
        left -= page.entries.len() as u64;
        for entry in &page.entries {
            if !invocation.output.line(entry, || text(entry))? {
                return Ok(Exit::Done);
            }
        }
    }
    Ok(Exit::Done)
}

fn text(entry: &Entry) -> String {
    let payload = serde_json::to_string(&entry.payload).unwrap_or_default();
    format!("{:>8}  {}  {payload}", entry.tenant_seq, entry.known_at)
}
