//! `up`: the server.

use super::Invocation;
use crate::config::Config;
use crate::exit::Exit;
use crate::problem::usage;
use crate::server;
use anyhow::Result;
use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Run the server: the HTTP API, and the engine that every other command then speaks to
///
/// It makes the data directory where there is none, tells where it listens when it is ready, and ends on SIGTERM or Ctrl-C
/// after it has answered what is under way and saved what it knows.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  salescope up
  salescope up --listen 0.0.0.0:8080 --config /etc/salescope.yaml
  salescope up --listen 127.0.0.1:0 --json
  {\"url\":\"http://127.0.0.1:40123\",\"pid\":4711}")]
pub(crate) struct Options {
    /// Where the HTTP API is served; port 0 takes a free one [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR", env = "SALESCOPE_LISTEN")]
    listen: Option<SocketAddr>,
    /// A configuration file with what differs from the default (`salescope config` prints it)
    #[arg(long, value_name = "FILE", env = "SALESCOPE_CONFIG")]
    config: Option<PathBuf>,
    /// One value of the configuration, such as actors.shards=4
    #[arg(long = "set", value_name = "NAME=VALUE", env = "SALESCOPE_SET", value_delimiter = ',')]
    values: Vec<String>,
}

pub(super) async fn run(invocation: &Invocation, options: Options) -> Result<Exit> {
    if invocation.told_now.is_some() {
        return Err(usage("a server goes by the machine's clock: leave --now out"));
    }
    let mut config = Config::load(options.config.as_deref(), &options.values)?;
    if let Some(listen) = options.listen {
        config.listen = listen;
    }
    server::run(&invocation.data_dir, config, invocation.output).await
}
