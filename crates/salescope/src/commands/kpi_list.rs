//! `kpi list`: what can be asked.

use super::Invocation;
use crate::cli::org_id;
use crate::exit::Exit;
use crate::output::{Align, table};
use anyhow::Result;
use clap::Args;
use salescope_domain::{Better, Definition, OrgId};
use salescope_engine_api::Engine;
use serde::Serialize;

/// List the KPIs: the built-in ones and, with --org, the organisation's own
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// List this organisation's own KPIs too
    #[arg(long, value_name = "ORG", value_parser = org_id)]
    pub(super) org: Option<OrgId>,
}

#[derive(Serialize)]
struct Catalogue {
    kpis: Vec<Definition>,
}

/// The organisation's KPIs.
pub(super) async fn run(invocation: &Invocation, engine: &dyn Engine, org: &OrgId) -> Result<Exit> {
    show(invocation, engine.catalogue(org).await?)
}

/// The built-in KPIs, which need no data directory.
pub(super) fn built_in(invocation: &Invocation) -> Result<Exit> {
    show(invocation, salescope_kpi::Engine::new().catalogue())
}

fn show(invocation: &Invocation, kpis: Vec<Definition>) -> Result<Exit> {
    let catalogue = Catalogue { kpis };
    invocation.output.show(&catalogue, || text(&catalogue.kpis))?;
    Ok(Exit::Done)
}

fn text(kpis: &[Definition]) -> String {
    let header = ["id", "unit", "better", "parameters", "what it tells"].map(|name| (name, Align::Left));
    let rows: Vec<Vec<String>> = kpis
        .iter()
        .map(|kpi| {
            let better = match kpi.better {
                Better::Higher => "higher",
                Better::Lower => "lower",
            };
            let parameters: Vec<String> = kpi
                .parameters
                .iter()
                .map(|(name, spec)| match &spec.default {
                    Some(default) => format!("{name}={default}"),
                    None => name.clone(),
                })
                .collect();
            vec![
                kpi.id.to_string(),
                kpi.unit.clone(),
                better.to_owned(),
                parameters.join(" "),
                kpi.description.clone(),
            ]
        })
        .collect();
    table(&header, &rows)
}
