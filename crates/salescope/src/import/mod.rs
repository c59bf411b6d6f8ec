//! From an export to journal entries: read, give people and teams their ids, append, count.

mod append;
mod dry_run;
pub(crate) mod files;
mod people;
mod slices;
mod summary;

use crate::output::Output;
use anyhow::Result;
use salescope_connectors::csv::{Batch, Context, Mapping, Reject, SourceFile};
use salescope_domain::{Instant, OrgId};
use salescope_engine_api::Engine;
pub(crate) use summary::Summary;

/// What is to be imported, and how.
pub(crate) struct Plan {
    pub(crate) org: OrgId,
    pub(crate) mapping: Mapping,
    pub(crate) files: Vec<SourceFile>,
    /// Whether nothing is to be changed.
    pub(crate) dry_run: bool,
    pub(crate) now: Instant,
    pub(crate) output: Output,
}

/// Imports; gives the summary and the rows that did not go in.
pub(crate) async fn run(engine: &dyn Engine, plan: Plan) -> Result<(Summary, Vec<Reject>)> {
    let Plan { org, mapping, files, dry_run, now, output } = plan;
    let zone = engine.org(&org).await?.settings.time_zone;
    let mut batch = Batch::read(mapping, &files, Context { now, zone: &zone })?;
    drop(files);
    let mut rejects = std::mem::take(&mut batch.rejects);
    let mut summary = Summary::new(&batch, dry_run);
    let ids = people::ids(engine, &org, &batch, dry_run).await?;
    let count = batch.statement_count() as u64;
    let statements = batch.statements(&ids);
    let progress = output.progress(if dry_run { "comparing" } else { "importing" }, count);
    let late = if dry_run {
        dry_run::compare(engine, &org, statements, &mut summary, &progress).await?
    } else {
        append::append(engine, &org, statements, &mut summary, &progress).await?
    };
    progress.finish_and_clear();
    rejects.extend(late);
    Ok((summary, rejects))
}
