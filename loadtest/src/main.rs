//! The load test's entry: reads the command line and runs one command on one thread, as the client shares the machine
//! with what it measures.

mod cli;
mod clock;
mod commands;
mod decimal;
mod disk;
mod drive;
mod fit;
mod http;
mod keys;
mod observe;
mod output;
mod report;
mod service;
#[cfg(test)]
mod testing;
mod work;

use clap::Parser;
use std::process::ExitCode;

/// The same as the program's, so that the client costs as little as it can.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return output::failure(&error.into()),
    };
    match tokio::task::LocalSet::new().block_on(&runtime, commands::run(cli)) {
        Ok(exit) => exit,
        Err(error) => output::failure(&error),
    }
}
