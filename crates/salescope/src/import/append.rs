//! Statements into the journal, slice by slice: each slice is durable, and an import that was cut off can be run again.

use super::Summary;
use super::slices::slices;
use crate::patience::patiently;
use anyhow::Result;
use indicatif::ProgressBar;
use salescope_connectors::csv::{Reject, Statement};
use salescope_domain::OrgId;
use salescope_engine_api::{Engine, Outcome, Rejected};

/// States everything and counts what became of it; gives what the journal refused.
pub(super) async fn append(
    engine: &dyn Engine,
    org: &OrgId,
    statements: impl Iterator<Item = Statement>,
    summary: &mut Summary,
    progress: &ProgressBar,
) -> Result<Vec<Reject>> {
    let mut rejects = Vec::new();
    for (places, slice) in slices(statements, false) {
        let ingested = patiently(async || engine.ingest(org, slice.clone()).await).await?;
        for ((table, line), outcome) in places.iter().zip(ingested.outcomes) {
            match outcome {
                Outcome::Appended { .. } => summary.imported(*table),
                Outcome::Unchanged => summary.unchanged(*table),
                Outcome::Rejected(rejected) => {
                    let Rejected { code, message, .. } = *rejected;
                    rejects.push(summary.rejected(*table, *line, code, message));
                }
            }
        }
        progress.inc(places.len() as u64);
    }
    Ok(rejects)
}
