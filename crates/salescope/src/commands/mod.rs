//! One file per command, and the choice among them.

pub(crate) mod create_org;
pub(crate) mod import;
pub(crate) mod journal;
pub(crate) mod kpi_add;
pub(crate) mod kpi_explain;
pub(crate) mod kpi_facts;
pub(crate) mod kpi_get;
pub(crate) mod kpi_list;
pub(crate) mod kpi_series;
pub(crate) mod verify;

use crate::cli::{Admin, Cli, Command, Import, Journal, Kpi};
use crate::clock;
use crate::exit::Exit;
use crate::output::Output;
use crate::problem::usage;
use anyhow::Result;
use salescope_domain::Instant;
use std::path::PathBuf;

/// What every command works with.
pub(crate) struct Invocation {
    /// Where the data is kept.
    pub(crate) data_dir: PathBuf,
    /// How the command tells what it found.
    pub(crate) output: Output,
    /// The time at which it is asked.
    pub(crate) now: Instant,
}

/// Runs the command that was given.
pub(crate) async fn run(cli: Cli) -> Result<Exit> {
    let clock = clock::now();
    let global = cli.global;
    let output = Output { json: global.json };
    let now = global.now.unwrap_or(clock);
    let writes = matches!(cli.command, Command::Admin(_) | Command::Import(_) | Command::Kpi(Kpi::Add(_)));
    if writes && now > clock {
        return Err(usage(format!("--now {now} has not come yet: what is journaled is known from now on")));
    }
    let invocation = Invocation { data_dir: global.data_dir, output, now };
    match cli.command {
        Command::Admin(Admin::CreateOrg(options)) => create_org::run(&invocation, options).await,
        Command::Import(Import::Crm(options)) => import::run(&invocation, options).await,
        Command::Kpi(Kpi::Facts(options)) => kpi_facts::run(&invocation, &options),
        Command::Kpi(Kpi::List(options)) => kpi_list::run(&invocation, options).await,
        Command::Kpi(Kpi::Get(options)) => kpi_get::run(&invocation, options).await,
        Command::Kpi(Kpi::Series(options)) => kpi_series::run(&invocation, options).await,
        Command::Kpi(Kpi::Explain(options)) => kpi_explain::run(&invocation, options).await,
        Command::Kpi(Kpi::Add(options)) => kpi_add::run(&invocation, options).await,
        Command::Journal(Journal::Stats(options)) => journal::run(&invocation, options).await,
        Command::Verify(options) => verify::run(&invocation, options).await,
    }
}
