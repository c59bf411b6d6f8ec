//! What an import would do: the engine decides, and journals nothing.
//!
//! A dry run leaves no trace between slices, so an object that an earlier slice would have changed is followed here: from then
//! on, what the import itself said last is what counts.

use super::Summary;
use super::slices::slices;
use crate::patience::patiently;
use anyhow::Result;
use indicatif::ProgressBar;
use salescope_connectors::csv::{Reject, Statement};
use salescope_domain::OrgId;
use salescope_domain::news::{Last, Statement as Stated};
use salescope_engine_api::{Engine, Outcome, Rejected};
use std::collections::HashMap;

/// Counts what would become of each statement; gives what would be refused.
pub(super) async fn compare(
    engine: &dyn Engine,
    org: &OrgId,
    statements: impl Iterator<Item = Statement>,
    summary: &mut Summary,
    progress: &ProgressBar,
) -> Result<Vec<Reject>> {
    let mut rejects = Vec::new();
    let mut said = HashMap::<u128, Last>::new();
    for (places, slice) in slices(statements, true) {
        let stated: Vec<Option<Stated>> =
            slice.submissions.iter().map(|submission| Stated::of(&submission.payload)).collect();
        let ingested = patiently(async || engine.ingest(org, slice.clone()).await).await?;
        for (((table, line), stated), outcome) in places.iter().zip(stated).zip(ingested.outcomes) {
            let before = stated.and_then(|stated| said.get(&stated.key));
            let news = match (stated.zip(before), outcome) {
                (_, Outcome::Rejected(rejected)) => {
                    let Rejected { code, message, .. } = *rejected;
                    rejects.push(summary.rejected(*table, *line, code, message));
                    continue;
                }
                (Some((stated, before)), _) => stated.is_news(Some(before)),
                (None, outcome) => outcome != Outcome::Unchanged,
            };
            if news {
                summary.imported(*table);
                said.extend(stated.map(|stated| (stated.key, stated.as_last())));
            } else {
                summary.unchanged(*table);
            }
        }
        progress.inc(places.len() as u64);
    }
    Ok(rejects)
}
