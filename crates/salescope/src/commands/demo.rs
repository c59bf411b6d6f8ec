//! `demo`: a made-up sales organisation, told to a running server.

use super::Invocation;
use crate::demo::{CHANGES_PER_SECOND, CHANGES_PER_SECOND_MAX, Target, run as tell};
use crate::exit::Exit;
use crate::problem::usage;
use anyhow::Result;
use clap::Args;

/// Tell a running server two years of a made-up sales organisation, then live changes until Ctrl-C
///
/// Twelve people in three teams, five products, three currencies, quotas and seasons; everything goes through the HTTP API, as
/// an integrator's program would send it. The same seed tells the same story: what the server knows already counts once.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  salescope admin create-org demo --currency EUR
  salescope demo --url http://127.0.0.1:8080 --key $(salescope admin create-key --org demo)")]
pub(crate) struct Options {
    /// The server
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    url: String,
    /// An API key of an organisation that is made for this
    #[arg(long, value_name = "KEY", env = "SALESCOPE_KEY", hide_env_values = true)]
    key: String,
    /// Another seed tells another story
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Only the history
    #[arg(long)]
    once: bool,
    /// Live changes per second
    #[arg(long, value_name = "N", default_value_t = CHANGES_PER_SECOND,
        value_parser = clap::value_parser!(u32).range(1..=i64::from(CHANGES_PER_SECOND_MAX)))]
    rate: u32,
}

pub(super) async fn run(invocation: &Invocation, options: Options) -> Result<Exit> {
    if invocation.told_now.is_some() {
        return Err(usage("the demonstration goes by the machine's clock: leave --now out"));
    }
    let Options { url, key, seed, once, rate } = options;
    let target = Target { url, key, seed, live: !once, changes_per_second: rate };
    let told = tell(target, invocation.output).await?;
    invocation.output.show(&told, || told.text())?;
    Ok(Exit::Done)
}
