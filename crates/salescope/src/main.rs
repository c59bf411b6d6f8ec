//! The program's entry: reads the command line, runs one command, turns its end into an exit code.

mod cli;
mod clock;
mod commands;
mod config;
mod confirm;
mod demo;
mod door;
mod draw;
mod exit;
mod faults;
mod import;
mod names;
mod output;
mod patience;
mod problem;
mod question;
mod random;
mod server;
mod verify;

use clap::Parser;
use cli::{Cli, Command};
use output::Output;
use std::process::ExitCode;
use tokio::runtime::{Builder, Runtime};

/// Faster than the system's where many blocks of many sizes grow and shrink: `docs/performance.md`.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return problem::of_command_line(&error),
    };
    let output = Output { json: cli.global.json };
    #[cfg(feature = "faults")]
    if let Err(error) = cli.global.faults.as_deref().map_or(Ok(()), faults::arm) {
        return problem::report(&error, output);
    }
    let done = runtime(&cli.command)
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(commands::run(cli)));
    match done {
        Ok(exit) => exit.into(),
        Err(error) => problem::report(&error, output),
    }
}

/// The server works on every core; a command does one thing after another.
fn runtime(command: &Command) -> std::io::Result<Runtime> {
    let mut builder = match command {
        Command::Up(_) => Builder::new_multi_thread(),
        _ => Builder::new_current_thread(),
    };
    builder.enable_all().build()
}
