//! Engine and oracle asked the same: batch by batch, each at the position that the engine answered it at.

use super::bisect::{Culprit, first_difference};
use super::journal::Journal;
use super::questions::questions;
use crate::output::Output;
use crate::patience::patiently;
use anyhow::Result;
use salescope_domain::{Answer, Entry, Instant, OrgId, Query};
use salescope_engine_api::Engine;
use serde::Serialize;
use std::collections::BTreeSet;

/// Questions of one call: the engine answers them at one position, and other callers wait no longer than for these.
const QUESTIONS_PER_CALL: usize = 50;

/// What was compared, and where it differed.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Verified {
    pub(crate) equal: bool,
    /// The entry up to which the last batch was compared.
    pub(crate) entries: u64,
    /// Entries among them that are put aside, and left out on both sides.
    pub(crate) left_out: u64,
    pub(crate) queries: usize,
    pub(crate) kpis: usize,
    pub(crate) groups: usize,
    /// Whether the query was as known at a time, counted.
    pub(crate) as_known: usize,
}

/// A question with two answers.
#[derive(Debug)]
pub(crate) struct Difference {
    pub(crate) query: Query,
    /// The entry at which the engine answered.
    pub(crate) at: u64,
    pub(crate) engine: Answer,
    pub(crate) oracle: Answer,
    pub(crate) culprit: Culprit,
    /// The entry after which they differ, where there is one.
    pub(crate) entry: Option<Entry>,
}

/// Asks `count` questions at `now` of both.
pub(crate) async fn compare(
    engine: &dyn Engine,
    org: &OrgId,
    now: Instant,
    count: usize,
    output: Output,
) -> Result<(Verified, Option<Difference>)> {
    let mut journal = Journal::new(engine, org);
    // The questions are about what the journal holds: those entries are folded here, to know the dimensions and values.
    let known = engine.stats(org).await?.last_tenant_seq;
    journal.read_to(known).await?;
    let queries = {
        let entries = journal.up_to(known);
        let mut fold = salescope_kpi::Engine::new();
        fold.apply(&entries);
        questions(&fold, &entries, now, count, 0)
    };
    let mut verified = Verified { equal: true, entries: known, ..Verified::default() };
    verified.kpis = queries.iter().map(|query| &query.kpi).collect::<BTreeSet<_>>().len();
    let progress = output.progress("comparing", queries.len() as u64);
    for batch in queries.chunks(QUESTIONS_PER_CALL) {
        let answers = patiently(async || engine.answers(org, batch.to_vec()).await).await?;
        let at = answers.position.tenant_seq;
        journal.read_to(at).await?;
        let entries = journal.up_to(at);
        verified.entries = at;
        verified.left_out = at - entries.len() as u64;
        for (query, answer) in batch.iter().zip(answers.answer) {
            let engine = answer?;
            let oracle = salescope_oracle::answer(&entries, query);
            verified.queries += 1;
            verified.groups += oracle.groups.len();
            verified.as_known += usize::from(query.as_known.is_some());
            progress.inc(1);
            if engine != oracle {
                progress.finish_and_clear();
                verified.equal = false;
                let difference = difference(query, at, engine, oracle, &entries, output)?;
                return Ok((verified, Some(difference)));
            }
        }
    }
    progress.finish_and_clear();
    Ok((verified, None))
}

fn difference(
    query: &Query,
    at: u64,
    engine: Answer,
    oracle: Answer,
    entries: &[Entry],
    output: Output,
) -> Result<Difference> {
    let searching = output.progress("searching", u64::from(entries.len().max(1).ilog2()) + 2);
    let culprit = first_difference(entries, query, || searching.inc(1))?;
    searching.finish_and_clear();
    let entry = match &culprit {
        Culprit::Entry { tenant_seq, .. } => {
            entries.iter().find(|entry| entry.tenant_seq == *tenant_seq).cloned()
        }
        Culprit::SavedState => None,
    };
    Ok(Difference { query: query.clone(), at, engine, oracle, culprit, entry })
}
