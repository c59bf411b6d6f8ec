//! `journal repair`: makes of a damaged data directory one that opens, after it has said what that costs.

use super::Invocation;
use super::journal_check::{count, files, store_options};
use crate::confirm::confirm;
use crate::exit::Exit;
use anyhow::Result;
use clap::Args;
use salescope_store::{CheckReport, RepairOptions, RepairReport, SqliteStore};
use serde::Serialize;

/// Cut what is damaged out of the data directory, after setting it aside
///
/// Each organisation's journal is kept up to its first damaged or missing entry; saved states that are torn or ahead of it are
/// dropped, as they are made anew. What is cut is kept in files beside the others first. It says what it is about to do and
/// asks. No server may run on the data directory. Exit code 4: something remains that only a backup can mend.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  salescope journal repair --dry-run
  salescope journal repair --yes")]
pub(crate) struct Options {
    /// Only say what would be done
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    /// Do not ask; needed where there is no terminal
    #[arg(long)]
    yes: bool,
}

#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    report: &'a RepairReport,
    /// What a check says afterwards; absent where nothing was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    after: Option<&'a CheckReport>,
}

pub(super) async fn run(invocation: &Invocation, options: Options) -> Result<Exit> {
    let (dir, output) = (&invocation.data_dir, invocation.output);
    let plan = SqliteStore::repair(dir, &store_options(), RepairOptions { dry_run: true }).await?;
    if options.dry_run || !does_something(&plan) {
        output.show(&Shown { report: &plan, after: None }, || planned(&plan))?;
        return Ok(if plan.remaining.is_empty() { Exit::Done } else { Exit::Damaged });
    }
    if !output.json {
        output.to_stderr(&planned(&plan));
    }
    confirm("this cuts the journal as told", "repair", options.yes)?;
    let report = SqliteStore::repair(dir, &store_options(), RepairOptions { dry_run: false }).await?;
    let after = SqliteStore::check(dir, &store_options()).await?;
    output.show(&Shown { report: &report, after: Some(&after) }, || done(&report, &after))?;
    Ok(if after.is_sound() { Exit::Done } else { Exit::Damaged })
}

fn does_something(plan: &RepairReport) -> bool {
    !plan.cuts.is_empty()
        || plan.blocks_rewritten > 0
        || !plan.checkpoints.is_empty()
        || plan.checkpoints_anew
}

/// What is to be done, for people.
fn planned(plan: &RepairReport) -> String {
    if plan.check.is_sound() {
        return "nothing is damaged: there is nothing to repair".to_owned();
    }
    let mut text = files(&plan.check);
    if does_something(plan) {
        text += "\nA repair would\n";
        text += &steps(plan);
    }
    text + &remaining(plan)
}

fn steps(report: &RepairReport) -> String {
    let mut text = String::new();
    for cut in &report.cuts {
        let (org, last, entries) = (&cut.org, cut.last_seq, cut.entries);
        text += &format!(
            "  end the journal of {org} at entry {last}; after it there are entries that can be set aside and count no more: {entries}\n"
        );
    }
    if report.blocks_rewritten > 0 {
        text += &format!(
            "  write {} of journal.db anew without what cannot be relied on, after copying it aside\n",
            count(report.blocks_rewritten, "block")
        );
    }
    for dropped in &report.checkpoints {
        let (org, seq) = (&dropped.org, dropped.tenant_seq);
        let why = if dropped.is_ahead {
            "it holds entries that the journal has lost"
        } else {
            "it is torn, and is made anew"
        };
        text += &format!("  drop the checkpoint of {org} at entry {seq}, after copying it aside: {why}\n");
    }
    if report.checkpoints_anew {
        text += "  set checkpoints.db aside and begin a new one: states are made anew from the journal\n";
    }
    text
}

fn remaining(report: &RepairReport) -> String {
    if report.remaining.is_empty() {
        return String::new();
    }
    let mut text = "\nNot mended by a repair; restore these files together from one backup:\n".to_owned();
    for finding in &report.remaining {
        text += &format!("  {}: {}\n", finding.file, finding.sentence);
    }
    text
}

/// What was done, for people.
fn done(report: &RepairReport, after: &CheckReport) -> String {
    let mut text = "done:\n".to_owned() + &steps(report);
    for file in report.side_file.iter().chain(&report.checkpoints_side_file) {
        text += &format!("set aside in {}\n", file.display());
    }
    text += &remaining(report);
    text + "\nA check says now:\n" + &files(after)
}
