//! `verify`: every KPI over many ranges, groups and as-known times, against the oracle.

use super::Invocation;
use crate::cli::Org;
use crate::exit::Exit;
use crate::org::OpenOrg;
use crate::verify::{Culprit, first_difference, questions};
use anyhow::Result;
use clap::Args;
use salescope_domain::{Answer, Entry, Query};
use salescope_store::Journal;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Entries read at a time.
const ENTRIES_PER_READ: usize = 10_000;

/// Questions of a quick run: every built-in KPI a few times.
const QUICK_QUERIES: usize = 90;

/// Compare KPIs with an independent recomputation, deal by deal, from the journal
///
/// Asks about every built-in KPI over years, quarters, months and odd ranges, by every dimension and with filters, as it
/// stands now and as known at times of the journal. Equal: exit code 0. Different: the question, both answers and the
/// first entry after which they differ; exit code 1.
#[derive(Debug, Args)]
#[command(after_help = "\
The recomputation scans the whole journal for every question: --queries bounds its time.

Examples:
  salescope verify --org demo
  salescope verify --org demo --queries 5000")]
pub(crate) struct Options {
    #[command(flatten)]
    org: Org,
    /// How many questions to ask; every KPI comes in turn
    #[arg(long, value_name = "N", default_value_t = 400)]
    queries: usize,
    /// Ask few questions
    #[arg(long, conflicts_with = "queries")]
    quick: bool,
}

#[derive(Serialize)]
struct Verified {
    equal: bool,
    entries: u64,
    restored_to: u64,
    queries: usize,
    kpis: usize,
    groups: usize,
    /// Whether the query was as known at a time, counted.
    as_known: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<Value>,
}

pub(super) async fn run(invocation: &Invocation, options: Options) -> Result<Exit> {
    let open = OpenOrg::open(&invocation.data_dir, &options.org.org, invocation.output).await?;
    let entries = journal(&open).await?;
    let count = if options.quick { QUICK_QUERIES } else { options.queries };
    let queries = questions(&open.engine, &entries, invocation.now, count);
    let progress = invocation.output.progress("comparing", queries.len() as u64);
    let mut verified = Verified {
        equal: true,
        entries: open.engine.position(),
        restored_to: open.restored_to,
        queries: 0,
        kpis: queries.iter().map(|query| &query.kpi).collect::<BTreeSet<_>>().len(),
        groups: 0,
        as_known: 0,
        difference: None,
    };
    for query in &queries {
        let engine = open.engine.query(query)?;
        let oracle = salescope_oracle::answer(&entries, query);
        verified.queries += 1;
        verified.groups += oracle.groups.len();
        verified.as_known += usize::from(query.as_known.is_some());
        progress.inc(1);
        if engine != oracle {
            progress.finish_and_clear();
            let searching =
                invocation.output.progress("searching", u64::from(entries.len().max(1).ilog2()) + 2);
            let culprit = first_difference(&entries, query, || searching.inc(1))?;
            searching.finish_and_clear();
            verified.equal = false;
            verified.difference = Some(difference(query, &engine, &oracle, &culprit, &entries)?);
            break;
        }
    }
    progress.finish_and_clear();
    invocation.output.show(&verified, || text(&verified))?;
    Ok(if verified.equal { Exit::Done } else { Exit::Failed })
}

async fn journal(open: &OpenOrg) -> Result<Vec<Entry>> {
    let mut entries = Vec::new();
    loop {
        let after = entries.last().map_or(0, |entry: &Entry| entry.tenant_seq);
        let more = open.store.read(&open.org, after, ENTRIES_PER_READ).await?;
        if more.is_empty() {
            return Ok(entries);
        }
        entries.extend(more);
    }
}

fn difference(
    query: &Query,
    engine: &Answer,
    oracle: &Answer,
    culprit: &Culprit,
    entries: &[Entry],
) -> Result<Value> {
    let mut difference = json!({ "query": query, "engine": engine, "oracle": oracle });
    match culprit {
        Culprit::Checkpoint => difference["culprit"] = "checkpoint".into(),
        Culprit::Entry { tenant_seq, engine, oracle } => {
            difference["culprit"] = "entry".into();
            difference["tenant_seq"] = (*tenant_seq).into();
            difference["engine_then"] = serde_json::to_value(engine)?;
            difference["oracle_then"] = serde_json::to_value(oracle)?;
            let entry = entries.iter().find(|entry| entry.tenant_seq == *tenant_seq);
            difference["entry"] = serde_json::to_value(entry)?;
        }
    }
    Ok(difference)
}

fn text(verified: &Verified) -> String {
    let Verified { entries, restored_to, queries, kpis, groups, as_known, .. } = verified;
    let asked = format!(
        "{queries} questions about {kpis} KPIs ({as_known} of them as known at a time), {groups} groups, over \
         {entries} entries"
    );
    let Some(difference) = &verified.difference else {
        let from =
            if *restored_to > 0 { format!(", state restored at entry {restored_to}") } else { String::new() };
        return format!("equal: {asked}{from}");
    };
    let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap_or_default();
    let mut text = format!("DIFFERENT after {asked}\n\nquery  {}\n", difference["query"]);
    text += &format!("engine {}\noracle {}\n", pretty(&difference["engine"]), pretty(&difference["oracle"]));
    if difference["culprit"] == "checkpoint" {
        return text
            + "\nAn engine that is fed the whole journal agrees with the oracle: the saved state is not that of the \
               journal. The journal is sound.";
    }
    text + &format!(
        "\nThe first entry after which they differ is {}:\n{}\nthe engine says then {}\nthe oracle says then {}",
        difference["tenant_seq"], difference["entry"], difference["engine_then"], difference["oracle_then"]
    )
}
