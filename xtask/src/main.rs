//! `cargo xtask <task>`: chores of the workspace that need more than a shell line.
//!
//! Here is only the command line; each task is a module of its own.

#![expect(clippy::print_stdout, reason = "a task's report goes to standard output")]

mod tidy;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Chores of the Salescope workspace")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Check layers, third-party walls, lengths, module docs and to-do markers; exit 1 on any violation
    Tidy,
}

fn main() -> anyhow::Result<ExitCode> {
    match Arguments::parse().task {
        Task::Tidy => {
            let violations = tidy::check_workspace()?;
            for violation in &violations {
                println!("{violation}");
            }
            Ok(if violations.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
    }
}
