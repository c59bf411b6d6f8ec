//! `verify`: every KPI over many ranges, groups and as-known times, against the oracle.

use super::Invocation;
use super::journal_cut::told;
use crate::cli::Org;
use crate::exit::Exit;
use crate::verify::{Culprit, Difference, Verified, compare, compare_kept};
use anyhow::Result;
use clap::Args;
use salescope_engine_api::{BaselineInfo, Engine, EngineError, KeptDifference};
use serde::Serialize;
use serde_json::{Value, json};

/// Questions of a quick run: every built-in KPI a few times.
const QUICK_QUERIES: usize = 90;

/// Compare KPIs with an independent recomputation, deal by deal, from the journal
///
/// Asks about every built-in KPI over years, quarters, months and odd ranges, by every dimension and with filters, as it
/// stands now and as known at times of the journal. Equal: exit code 0. Different: the question, both answers and the
/// first entry after which they differ; exit code 1. On a running server, each batch of questions is compared at the position at
/// which the server answered it.
///
/// Where the first entries are no longer kept (journal cut), they cannot be recomputed any more: the live state is then compared
/// with one that is made anew from the baseline and the entries that are kept, and the answer says from which entry on, and how
/// the baseline was verified when it was made.
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
struct Shown<'a> {
    #[serde(flatten)]
    verified: &'a Verified,
    /// What the live state was compared with.
    against: Against,
    /// The first entry that is part of the comparison.
    first_entry: u64,
    /// What stands for entries before it.
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<BaselineInfo>,
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<Value>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Against {
    /// An independent recomputation from all entries.
    Recomputation,
    /// A state made anew by the same engine from a baseline and later entries.
    KeptHistory,
}

pub(super) async fn run(invocation: &Invocation, engine: &dyn Engine, options: Options) -> Result<Exit> {
    let (org, now) = (&options.org.org, invocation.now);
    let count = if options.quick { QUICK_QUERIES } else { options.queries };
    if engine.history_start(org).await?.first_seq > 1 {
        return kept(invocation, engine, options, count).await;
    }
    let (verified, difference) = match compare(engine, org, now, count, invocation.output).await {
        // It was cut off meanwhile.
        Err(error) if is_before_horizon(&error) => return kept(invocation, engine, options, count).await,
        compared => compared?,
    };
    let difference = difference.as_ref().map(document).transpose()?;
    let shown = Shown {
        verified: &verified,
        against: Against::Recomputation,
        first_entry: 1,
        baseline: None,
        difference,
    };
    invocation.output.show(&shown, || text(&verified, shown.difference.as_ref()))?;
    Ok(if verified.equal { Exit::Done } else { Exit::Failed })
}

/// Compares with what is kept.
async fn kept(invocation: &Invocation, engine: &dyn Engine, options: Options, count: usize) -> Result<Exit> {
    let (verified, start, difference) = compare_kept(engine, &options.org.org, invocation.now, count).await?;
    let difference = difference.map(|KeptDifference { query, tenant_seq, live, rebuilt }| {
        json!({ "query": query, "at": tenant_seq, "engine": live, "rebuilt": rebuilt })
    });
    let (against, first_entry, baseline) = (Against::KeptHistory, start.first_seq, start.baseline);
    let shown = Shown { verified: &verified, against, first_entry, baseline, difference };
    invocation.output.show(&shown, || kept_text(&shown))?;
    Ok(if verified.equal { Exit::Done } else { Exit::Failed })
}

fn is_before_horizon(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(EngineError::BeforeHistoryHorizon { .. }))
}

fn kept_text(shown: &Shown<'_>) -> String {
    let Shown { verified, first_entry, baseline, difference, .. } = shown;
    let Verified { entries, left_out, queries, kpis, groups, as_known, .. } = verified;
    let mut asked = format!(
        "{queries} questions about {kpis} KPIs ({as_known} of them as known at a time), {groups} groups, verified from entry \
         {first_entry} on to {entries}: the live state against one made anew from what is kept"
    );
    if *left_out > 0 {
        asked += &format!(", without {left_out} that are put aside");
    }
    if let Some(baseline) = baseline {
        asked += &format!("\n{}", told(baseline));
    }
    let Some(difference) = difference else { return format!("equal: {asked}") };
    let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap_or_default();
    format!(
        "DIFFERENT after {asked}\n\nquery  {}\nengine {}\nrebuilt {}",
        difference["query"],
        pretty(&difference["engine"]),
        pretty(&difference["rebuilt"])
    )
}

fn document(difference: &Difference) -> Result<Value> {
    let Difference { query, at, engine, oracle, culprit, entry } = difference;
    let mut document = json!({ "query": query, "at": at, "engine": engine, "oracle": oracle });
    match culprit {
        Culprit::SavedState => document["culprit"] = "saved_state".into(),
        Culprit::Entry { tenant_seq, engine, oracle } => {
            document["culprit"] = "entry".into();
            document["tenant_seq"] = (*tenant_seq).into();
            document["engine_then"] = serde_json::to_value(engine)?;
            document["oracle_then"] = serde_json::to_value(oracle)?;
            document["entry"] = serde_json::to_value(entry)?;
        }
    }
    Ok(document)
}

fn text(verified: &Verified, difference: Option<&Value>) -> String {
    let Verified { entries, left_out, queries, kpis, groups, as_known, .. } = verified;
    let mut asked = format!(
        "{queries} questions about {kpis} KPIs ({as_known} of them as known at a time), {groups} groups, over \
         {entries} entries"
    );
    if *left_out > 0 {
        asked += &format!(", without {left_out} that are put aside");
    }
    let Some(difference) = difference else { return format!("equal: {asked}") };
    let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap_or_default();
    let mut text = format!("DIFFERENT after {asked}\n\nquery  {}\n", difference["query"]);
    text += &format!("engine {}\noracle {}\n", pretty(&difference["engine"]), pretty(&difference["oracle"]));
    if difference["culprit"] == "saved_state" {
        return text
            + "\nAn engine that is fed the whole journal agrees with the oracle: the state that answered is not that of \
               the journal. The journal is sound.";
    }
    text + &format!(
        "\nThe first entry after which they differ is {}:\n{}\nthe engine says then {}\nthe oracle says then {}",
        difference["tenant_seq"], difference["entry"], difference["engine_then"], difference["oracle_then"]
    )
}
