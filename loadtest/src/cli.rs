//! The command line. What each option means is its help text.

use crate::commands::{compare, growth, idle, ingest, prepare, recount, restart, soak};
use crate::drive::Rate;
use crate::http::Target;
use crate::service::Programs;
use crate::work::Mix;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Drives a running server over HTTP, measures it, and recounts what it holds
#[derive(Debug, Parser)]
#[command(name = "salescope-loadtest", version, max_term_width = 110)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Prepare(prepare::Options),
    Ingest(ingest::Options),
    Recount(recount::Options),
    Idle(idle::Options),
    Soak(soak::Options),
    Growth(growth::Options),
    Restart(restart::Options),
    Compare(compare::Options),
}

/// What is sent, and how.
#[derive(Debug, Clone, Args)]
pub(crate) struct Workload {
    /// Events of a request
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) per_request: u32,
    /// Events per second (open loop, latency from the intended time), or max (closed loop)
    #[arg(long, default_value = "max")]
    pub(crate) rate: Rate,
    /// Connections, each with one request in flight
    #[arg(long, default_value_t = 256, value_parser = clap::value_parser!(u32).range(1..=15_000))]
    pub(crate) connections: u32,
    /// Length of the measured window, in seconds
    #[arg(long, default_value_t = 20)]
    pub(crate) seconds: u64,
    /// Sent before anything is measured, in seconds
    #[arg(long, default_value_t = 5)]
    pub(crate) warm_up: u64,
    /// Decides what is drawn
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Weights of statements about deals and of additive facts
    #[arg(long, default_value = "deals=1,additive=1")]
    pub(crate) mix: Mix,
    /// Exponent of Zipf's law over the organisations; 0 is even
    #[arg(long, default_value_t = 1.0)]
    pub(crate) zipf: f64,
    /// Part of every id; two runs against one server must differ. Taken from the clock where absent
    #[arg(long)]
    pub(crate) tag: Option<u32>,
}

/// A server that runs already.
#[derive(Debug, Clone, Args)]
pub(crate) struct Running {
    /// Its base URL
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    pub(crate) url: Target,
    /// The file that `prepare` wrote
    #[arg(long)]
    pub(crate) keys: PathBuf,
    /// Drive only the first so many of its organisations
    #[arg(long)]
    pub(crate) orgs: Option<usize>,
    /// Its process; several where it has several. Their descendants count too
    #[arg(long, required = true)]
    pub(crate) server_pid: Vec<u32>,
    /// Its data directory, to measure what an event takes on the disk
    #[arg(long)]
    pub(crate) data_dir: Option<PathBuf>,
}

/// Servers that are started here.
#[derive(Debug, Clone, Args)]
pub(crate) struct Started {
    /// The product's program
    #[arg(long, default_value = "target/release/salescope")]
    pub(crate) program: PathBuf,
    /// The folder with one folder for each peer
    #[arg(long, default_value = "loadtest/peers")]
    pub(crate) peers: PathBuf,
    /// Where data directories are made. On the disk that is to be measured; emptied afterwards
    #[arg(long)]
    pub(crate) work_dir: PathBuf,
}

impl Started {
    /// Where the programs are.
    pub(crate) fn programs(&self) -> Programs {
        Programs { salescope: self.program.clone(), peers: self.peers.clone() }
    }
}
