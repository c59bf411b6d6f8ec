//! Statements into the journal, chunk by chunk: each chunk is durable, and an import that was cut off can be run again.

use super::Summary;
use crate::org::OpenOrg;
use anyhow::Result;
use indicatif::ProgressBar;
use salescope_connectors::csv::{Reject, Statement};
use salescope_domain::Instant;
use salescope_store::{Journal, Outcome, Submission};

/// Statements of one append: enough that its fsync does not matter, few enough that the progress bar moves.
const STATEMENTS_PER_APPEND: usize = 5_000;

/// Appends every statement and counts what became of it; gives those that the journal refused.
pub(super) async fn append(
    open: &OpenOrg,
    statements: impl Iterator<Item = Statement>,
    now: Instant,
    summary: &mut Summary,
    progress: &ProgressBar,
) -> Result<Vec<Reject>> {
    let size = STATEMENTS_PER_APPEND.min(open.store.submissions_per_append_max());
    let mut rejects = Vec::new();
    let mut statements = statements.peekable();
    while statements.peek().is_some() {
        let mut places = Vec::with_capacity(size);
        let mut submissions = Vec::with_capacity(size);
        for Statement { table, line, payload } in statements.by_ref().take(size) {
            places.push((table, line));
            submissions.push(Submission::live(payload));
        }
        let outcomes = open.store.append(&open.org, submissions, now).await?;
        for ((table, line), outcome) in places.iter().zip(outcomes) {
            match outcome {
                Outcome::Appended { .. } => summary.imported(*table),
                Outcome::Unchanged => summary.unchanged(*table),
                Outcome::Rejected { code, message, .. } => {
                    rejects.push(summary.rejected(*table, *line, code, message));
                }
            }
        }
        progress.inc(places.len() as u64);
    }
    Ok(rejects)
}
