//! The program as a command line.

use anyhow::{Context, Result, bail};
use serde::de::DeserializeOwned;
use std::path::PathBuf;
use std::process::{Output, Stdio};
use tokio::process::Command;

/// Where the program reads what is armed: only one that was built with the feature `faults` does.
pub const FAULTS_VARIABLE: &str = "SALESCOPE_FAULTS";

/// The program, and the data directory that it works on.
#[derive(Debug, Clone)]
pub struct Program {
    /// The executable.
    pub binary: PathBuf,
    /// `--data-dir`.
    pub data_dir: PathBuf,
}

impl Program {
    /// A command with `arguments`, answering in JSON.
    #[must_use]
    pub fn command(&self, arguments: &[&str], faults: &str) -> Command {
        let mut command = Command::new(&self.binary);
        command.arg("--data-dir").arg(&self.data_dir).arg("--json").args(arguments);
        command.env(FAULTS_VARIABLE, faults).stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    /// Runs a command to its end.
    ///
    /// # Errors
    /// When it cannot be run. How it ended is in the output.
    pub async fn run(&self, arguments: &[&str], faults: &str) -> Result<Output> {
        let running = || format!("run {} {}", self.binary.display(), arguments.join(" "));
        self.command(arguments, faults).output().await.with_context(running)
    }

    /// Runs a command and reads the one line that it prints.
    ///
    /// # Errors
    /// When it fails or prints something else.
    pub async fn ask<T: DeserializeOwned>(&self, arguments: &[&str]) -> Result<T> {
        let output = self.run(arguments, "").await?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            bail!("{} failed: {}", arguments.join(" "), said.trim());
        }
        serde_json::from_slice(&output.stdout).with_context(|| format!("{} printed", arguments.join(" ")))
    }
}
