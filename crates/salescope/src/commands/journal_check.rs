//! `journal check`: what lies on the disk, read from end to end without starting an engine on it.

use super::Invocation;
use crate::exit::Exit;
use crate::faults;
use anyhow::Result;
use clap::Args;
use salescope_store::{CheckReport, Finding, SqliteStore, StoreOptions};
use serde::Serialize;

/// Read every file of the data directory from end to end, and say what is damaged and where
///
/// Changes nothing of what was journaled. No server may run on the data directory. Exit code 0: all of it is as it was written; 4: something
/// is damaged.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  salescope journal check --data-dir /var/lib/salescope")]
pub(crate) struct Options {}

/// The files in the order in which they are told.
const FILES: [&str; 4] = ["journal.db", "history.db", "checkpoints.db", "directory.db"];

#[derive(Serialize)]
struct Shown<'a> {
    sound: bool,
    #[serde(flatten)]
    report: &'a CheckReport,
}

/// What files are opened with: the machine's own disk, unless a fault run has another.
pub(super) fn store_options() -> StoreOptions {
    StoreOptions { vfs: faults::vfs(), ..StoreOptions::default() }
}

pub(super) async fn run(invocation: &Invocation, _: Options) -> Result<Exit> {
    let report = SqliteStore::check(&invocation.data_dir, &store_options()).await?;
    let shown = Shown { sound: report.is_sound(), report: &report };
    invocation.output.show(&shown, || text(&report))?;
    Ok(if report.is_sound() { Exit::Done } else { Exit::Damaged })
}

fn text(report: &CheckReport) -> String {
    let mut text = files(report);
    if !report.is_sound() {
        text += "\n`salescope journal repair --dry-run` says what can be mended, and what would be lost\n";
    }
    text
}

/// Each file with what is sound in it, then what is not.
pub(super) fn files(report: &CheckReport) -> String {
    let mut text = String::new();
    for file in FILES {
        let findings: Vec<&Finding> = report.findings.iter().filter(|finding| finding.file == file).collect();
        let state = if findings.is_empty() { "sound" } else { "DAMAGED" };
        text += format!("{file:<15} {state:<8} {}", holds(file, report)).trim_end();
        text.push('\n');
        for finding in findings {
            text += &format!("  {}\n", finding.sentence);
        }
    }
    if report.more > 0 {
        text += &format!("and {} not listed\n", count(report.more, "finding"));
    }
    text
}

fn holds(file: &str, report: &CheckReport) -> String {
    let CheckReport { organisations, blocks, entries, sealed_entries, checkpoints, .. } = *report;
    match file {
        "journal.db" => {
            let (organisations, blocks) = (count(organisations, "organisation"), count(blocks, "block"));
            format!("{organisations}, {blocks} with {entries} sound entries")
        }
        "history.db" => format!("{sealed_entries} sealed entries"),
        "checkpoints.db" => format!("{checkpoints} sound checkpoints"),
        _ => "names and keys".to_owned(),
    }
}

/// A number of things.
pub(super) fn count(number: u64, one: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {one}s") }
}
