//! The invariants: what the server holds, against what the ledger says was sent and acknowledged.

mod audit;
mod figures;
mod readings;
mod verify;

pub use audit::Audit;
pub use figures::{Expected, figures};
pub use readings::{Reading, judge as judge_readings, watch};
pub use verify::verify;

use crate::program::Program;
use crate::violation::{Promise, Violation};
use anyhow::{Context, Result, bail};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, BufReader};

/// Broken promises that are described one by one for each promise and check; the others are only counted.
const DESCRIBED_MAX: usize = 3;

/// Collects broken promises, and describes the first few of each kind.
#[derive(Debug, Default)]
pub struct Found {
    counts: std::collections::BTreeMap<Promise, (usize, Vec<String>)>,
}

impl Found {
    /// One more.
    pub fn add(&mut self, promise: Promise, detail: impl FnOnce() -> String) {
        let (count, details) = self.counts.entry(promise).or_default();
        *count += 1;
        if details.len() < DESCRIBED_MAX {
            details.push(detail());
        }
    }

    /// One for each promise that was broken.
    #[must_use]
    pub fn violations(self, whose: &str) -> Vec<Violation> {
        let tell = |(promise, (count, details)): (Promise, (usize, Vec<String>))| {
            Violation::new(promise, format!("{whose}: {count} x: {}", details.join("; ")))
        };
        self.counts.into_iter().map(tell).collect()
    }
}

/// Reads an organisation's journal from where the audit stands, through the command line.
///
/// # Errors
/// When the command fails.
pub async fn read_journal(program: &Program, org: &str, audit: &mut Audit, found: &mut Found) -> Result<()> {
    let after = audit.last_seq().to_string();
    let mut command = program.command(&["journal", "entries", "--org", org, "--after", &after], "");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let stdout = child.stdout.take().context("its output is piped")?;
    let mut lines = BufReader::new(stdout).lines();
    while let Some(line) = lines.next_line().await? {
        audit.read(&line, found)?;
    }
    let output = child.wait_with_output().await?;
    if !output.status.success() {
        bail!("the journal of {org} cannot be read: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}
