//! `kpi add`: a KPI of the organisation's own, from a definition file. It is checked before it is journaled.

use super::Invocation;
use crate::cli::Org;
use crate::exit::Exit;
use anyhow::{Context, Result};
use clap::Args;
use salescope_domain::KpiId;
use salescope_engine_api::Engine;
use serde::Serialize;
use std::path::PathBuf;

/// Add a KPI of your own, or a new version of it, from a definition file
#[derive(Debug, Args)]
#[command(after_help = "docs/how-to/add-a-kpi.md shows how a definition file is written.")]
pub(crate) struct Options {
    /// The definition file (YAML)
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    org: Org,
}

#[derive(Serialize)]
struct Added {
    kpi: KpiId,
    outcome: &'static str,
    tenant_seq: Option<u64>,
}

pub(super) async fn run(invocation: &Invocation, engine: &dyn Engine, options: Options) -> Result<Exit> {
    let file = options.file.display();
    let org = &options.org.org;
    let yaml = std::fs::read_to_string(&options.file).with_context(|| format!("could not read {file}"))?;
    let added = engine.add_kpi(org, yaml).await;
    let (kpi, tenant_seq) = added.with_context(|| format!("{file} was not added"))?;
    let outcome = if tenant_seq.is_some() { "added" } else { "unchanged" };
    let added = Added { kpi, outcome, tenant_seq };
    invocation.output.show(&added, || match added.tenant_seq {
        Some(entry) => {
            format!("{} is there from entry {entry} on: salescope kpi get {0} --org {org}", added.kpi)
        }
        None => format!("{} is there already and says the same", added.kpi),
    })?;
    Ok(Exit::Done)
}
