//! `kpi add`: a KPI of the organisation's own, from a definition file. It is checked before it is journaled.

use super::Invocation;
use crate::cli::Org;
use crate::exit::Exit;
use crate::org::OpenOrg;
use crate::problem::problem;
use anyhow::{Context, Result};
use clap::Args;
use salescope_domain::{KpiDefinitionEntry, KpiId, Payload, Version};
use salescope_store::{Journal, Outcome, Submission};
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

pub(super) async fn run(invocation: &Invocation, options: Options) -> Result<Exit> {
    let file = options.file.display();
    let yaml = std::fs::read_to_string(&options.file).with_context(|| format!("could not read {file}"))?;
    let open = OpenOrg::open(&invocation.data_dir, &options.org.org, invocation.output).await?;
    let definition = open.engine.check_definition(&yaml).with_context(|| format!("{file} was not added"))?;
    let entry = KpiDefinitionEntry {
        kpi: definition.id.clone(),
        version: Version::snapshot(invocation.now.ms()),
        yaml: Some(yaml),
    };
    let submissions = vec![Submission::live(Payload::Kpi(entry))];
    let outcome = open.store.append(&open.org, submissions, invocation.now).await?.pop();
    let added = match outcome.context("the store gave no outcome")? {
        Outcome::Appended { tenant_seq } => {
            Added { kpi: definition.id, outcome: "added", tenant_seq: Some(tenant_seq) }
        }
        Outcome::Unchanged => Added { kpi: definition.id, outcome: "unchanged", tenant_seq: None },
        Outcome::Rejected { code, message, .. } => {
            return Err(problem(code, format!("{file} was not added: it {message}")));
        }
    };
    invocation.output.show(&added, || match added.tenant_seq {
        Some(entry) => {
            format!("{} is there from entry {entry} on: salescope kpi get {0} --org {}", added.kpi, open.org)
        }
        None => format!("{} is there already and says the same", added.kpi),
    })?;
    Ok(Exit::Done)
}
