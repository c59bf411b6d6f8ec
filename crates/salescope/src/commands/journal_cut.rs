//! `journal cut`: the oldest entries of an organisation go, and a state stands for them.

use super::Invocation;
use crate::cli::Org;
use crate::confirm::confirm;
use crate::exit::Exit;
use crate::patience::patiently;
use crate::problem::usage;
use crate::question::time;
use anyhow::Result;
use clap::Args;
use salescope_domain::Instant;
use salescope_engine_api::{BaselineInfo, CutReport, Engine};
use serde::Serialize;

/// Let an organisation's history begin at a date: earlier entries go for good, figures stay
///
/// What the entries came to is kept as a baseline, so every figure stays what it is, also as known at earlier times. What can
/// no longer be done is to read the entries, to retry those among them that were dropped, and to recompute figures from them. Before
/// anything goes, the state is compared: at the first cut with an independent recomputation from all entries, and always with the
/// live state. If any answer differs, nothing goes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  salescope journal cut --org demo --before 2025-01-01 --dry-run
  salescope journal cut --org demo --before 2025-01-01 --yes

The configuration's upkeep.history_keep_days does it by itself, for every organisation.")]
pub(crate) struct Options {
    #[command(flatten)]
    org: Org,
    /// Entries that were taken in before this go: a date in the organisation's zone, or a time
    #[arg(long, value_name = "DATE")]
    before: String,
    /// Only say how many entries would go
    #[arg(long)]
    dry_run: bool,
    /// Do not ask; needed where there is no terminal
    #[arg(long)]
    yes: bool,
}

#[derive(Serialize)]
struct Shown {
    dry_run: bool,
    before: Instant,
    #[serde(flatten)]
    report: CutReport,
}

impl Options {
    /// Asks, before anything is opened.
    pub(super) fn confirm(&self) -> Result<()> {
        let org = &self.org.org;
        let what = format!("this deletes what organisation {org} took in before {} for good", self.before);
        confirm(&what, org.as_str(), self.yes || self.dry_run)
    }

    /// Whether nothing is changed.
    pub(super) fn is_dry_run(&self) -> bool {
        self.dry_run
    }
}

pub(super) async fn run(invocation: &Invocation, engine: &dyn Engine, options: Options) -> Result<Exit> {
    let Options { org, before, dry_run, .. } = options;
    let org = &org.org;
    let before = time(&before, &engine.org(org).await?.settings.time_zone)?;
    if before > invocation.now {
        return Err(usage(format!("--before {before} has not come yet")));
    }
    let report = patiently(async || engine.cut_history(org, before, dry_run).await).await?;
    let shown = Shown { dry_run, before, report };
    invocation.output.show(&shown, || text(&shown))?;
    Ok(Exit::Done)
}

fn text(shown: &Shown) -> String {
    let Shown { dry_run, report, .. } = shown;
    let CutReport { entries, first_seq, last_seq, held_by, baseline } = report;
    let verb = if *dry_run { "would go" } else { "went" };
    let kept = if first_seq > last_seq {
        "none is kept".to_owned()
    } else {
        format!("{first_seq} to {last_seq} are kept")
    };
    let mut text = format!("{entries} entries {verb}, {kept}");
    if let Some(held_by) = held_by {
        text += &format!(
            "\nentry {held_by} is a dead letter that nobody has decided about: it and later entries stay until it is retried or \
             dropped (`salescope dead-letters`)"
        );
    }
    if let Some(baseline) = baseline.as_ref().filter(|_| !dry_run) {
        text += &format!("\n{}", told(baseline));
    }
    text
}

/// What is known of the state that stands for entries that are no longer kept.
pub(super) fn told(baseline: &BaselineInfo) -> String {
    let BaselineInfo { tenant_seq, verified_at, answers, recomputed_seq } = *baseline;
    let begins = format!(
        "entries 1 to {tenant_seq} are in a baseline that was verified at {verified_at} by {answers} answers"
    );
    let live = "compared with the live state, and not recomputed independently";
    match recomputed_seq {
        0 => format!("{begins}: they were only {live}"),
        all if all >= tenant_seq => format!("{begins}: it was recomputed independently from all of them"),
        some => {
            format!("{begins}: it was recomputed independently up to entry {some}; later ones were {live}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_recomputed_is_not_told_as_if_it_had_been() {
        let told = |recomputed_seq| {
            told(&BaselineInfo {
                tenant_seq: 9,
                verified_at: Instant::from_ms(0),
                answers: 3,
                recomputed_seq,
            })
        };
        assert!(told(9).ends_with("by 3 answers: it was recomputed independently from all of them"));
        assert!(told(4).contains("up to entry 4; later ones were compared with the live state, and not"));
        assert!(told(0).contains("they were only compared with the live state"));
    }
}
