//! The program's entry: reads the command line, runs one command, turns its end into an exit code.

mod cli;
mod clock;
mod commands;
mod exit;
mod import;
mod names;
mod org;
mod output;
mod problem;
mod question;
mod verify;

use clap::Parser;
use cli::Cli;
use output::Output;
use std::process::ExitCode;

/// Faster than the system's where many blocks of many sizes grow and shrink: `docs/performance.md`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return problem::of_command_line(&error),
    };
    let output = Output { json: cli.global.json };
    match commands::run(cli).await {
        Ok(exit) => exit.into(),
        Err(error) => problem::report(&error, output),
    }
}
