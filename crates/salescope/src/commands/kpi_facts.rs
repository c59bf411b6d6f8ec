//! `kpi facts`: what a KPI of one's own may count and sum.

use super::Invocation;
use crate::exit::Exit;
use crate::output::{Align, table};
use anyhow::Result;
use clap::Args;
use salescope_kpi::FactInfo;
use serde::Serialize;

/// List the facts that a KPI of your own chooses among
#[derive(Debug, Args)]
pub(crate) struct Options {}

#[derive(Serialize)]
struct Facts {
    facts: Vec<FactInfo>,
}

pub(super) fn run(invocation: &Invocation, _: &Options) -> Result<Exit> {
    let facts = Facts { facts: salescope_kpi::facts() };
    invocation.output.show(&facts, || text(&facts.facts))?;
    Ok(Exit::Done)
}

fn text(facts: &[FactInfo]) -> String {
    let header = ["fact", "conditions", "fields", "what it is"].map(|name| (name, Align::Left));
    let row = |fact: &FactInfo| {
        let code = fact.code.map(|(name, values)| format!("{name}: {}", values.join(" | ")));
        let flags = fact.flags.iter().map(|flag| format!("{flag}: true | false"));
        let conditions: Vec<String> = code.into_iter().chain(flags).collect();
        vec![fact.name.to_owned(), conditions.join("; "), fact.fields.join(" "), fact.about.to_owned()]
    };
    let rows: Vec<Vec<String>> = facts.iter().map(row).collect();
    table(&header, &rows)
}
