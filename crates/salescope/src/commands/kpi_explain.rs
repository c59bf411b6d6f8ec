//! `kpi explain`: why a KPI has its value.

use super::Invocation;
use super::kpi_get::headline;
use crate::exit::Exit;
use crate::output::{Align, table};
use crate::question::{Asked, Question, time};
use anyhow::Result;
use clap::Args;
use salescope_domain::{ChangeReport, DateRange, Explanation, KpiId, Query};
use salescope_engine_api::Engine;
use serde::Serialize;

/// Why a KPI has its value: formula, inputs, deals in it and left out, and what changed it
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  salescope kpi explain bookings --org demo --filter 'owner=Ada Lindqvist'
  salescope kpi explain win_rate --org demo --since 2026-11-16 --json")]
pub(crate) struct Options {
    #[command(flatten)]
    question: Question,
    /// What changed the value since this time: 2026-11-23T09:41:07Z, or a date for the start of that day
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Most deals that are listed of each kind; the JSON lists up to 1,000
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
}

#[derive(Serialize)]
struct Shown<'a> {
    kpi: &'a KpiId,
    #[serde(flatten)]
    range: DateRange,
    as_known: Option<String>,
    #[serde(flatten)]
    explanation: &'a Explanation,
}

pub(super) async fn run(invocation: &Invocation, engine: &dyn Engine, options: Options) -> Result<Exit> {
    let org = &options.question.org.org;
    let Asked { query, zone, .. } = options.question.ask(engine, &[], invocation.now).await?;
    let since = options.since.as_deref().map(|text| time(text, &zone)).transpose()?;
    let explanation = engine.explain(org, query.clone(), since).await?.answer;
    let shown = Shown {
        kpi: &query.kpi,
        range: query.range,
        as_known: query.as_known.map(|at| at.to_string()),
        explanation: &explanation,
    };
    let mut document = serde_json::to_value(&shown)?;
    if let Some(report) = &explanation.changes {
        document["changes"]["since"] = report.since.to_string().into();
    }
    invocation
        .output
        .show(&document, || text(&query, shown.as_known.as_deref(), &explanation, options.limit))?;
    Ok(Exit::Done)
}

fn or_null(value: Option<&str>) -> &str {
    value.unwrap_or("null")
}

fn text(query: &Query, as_known: Option<&str>, explanation: &Explanation, limit: usize) -> String {
    let Explanation { definition, formula, value, unit, n, parts, notes, .. } = explanation;
    let mut text = headline(&query.kpi, query.range, as_known);
    text += &format!("\n{}\n\n", definition.description);
    text += &format!("value    {} {unit}   n {n}\n", or_null(value.as_deref()));
    text += &format!("formula  {formula}\n");
    for (name, value) in parts {
        text += &format!("part     {name} = {}\n", or_null(value.as_deref()));
    }
    for note in notes {
        text += &format!("note     {note}\n");
    }
    text += &format!("counts   {}\nwithout  {}\n", definition.counts, definition.leaves_out);
    text += &inputs(explanation);
    text += &included(explanation, limit);
    text += &left_out(explanation, limit);
    if let Some(report) = &explanation.changes {
        text += &changes(report, limit);
    }
    text
}

fn inputs(explanation: &Explanation) -> String {
    let rows: Vec<Vec<String>> = explanation
        .inputs
        .iter()
        .map(|(name, input)| {
            let spec = &input.spec;
            let measured = spec.kpi.as_deref().or(spec.fact.as_deref()).unwrap_or_default();
            let measure = spec.measure.clone().unwrap_or_default();
            let value = or_null(input.value.as_deref()).to_owned();
            vec![name.clone(), value, measure, measured.to_owned()]
        })
        .collect();
    let header =
        [("input", Align::Left), ("value", Align::Right), ("measure", Align::Left), ("of", Align::Left)];
    if rows.is_empty() { String::new() } else { format!("\n{}", table(&header, &rows)) }
}

fn included(explanation: &Explanation, limit: usize) -> String {
    let mut text = format!("\n{} deals are in it", explanation.included_count);
    let rows: Vec<Vec<String>> = explanation
        .included
        .iter()
        .take(limit)
        .map(|deal| {
            let value = or_null(deal.value.as_deref()).to_owned();
            vec![deal.source.clone(), deal.deal.clone(), value, deal.tenant_seq.to_string()]
        })
        .collect();
    let header = [
        ("source", Align::Left),
        ("deal", Align::Left),
        ("value alone", Align::Right),
        ("entry", Align::Right),
    ];
    text += &more(rows.len(), explanation.included_count);
    if rows.is_empty() { text } else { text + &table(&header, &rows) }
}

fn left_out(explanation: &Explanation, limit: usize) -> String {
    let count: u64 = explanation.left_out_counts.values().sum();
    let mut text = format!("\n{count} deals are left out");
    let reasons = explanation.left_out_counts.iter().map(|(reason, count)| format!("{count} {reason}"));
    let reasons: Vec<String> = reasons.collect();
    if !reasons.is_empty() {
        text += &format!(" ({})", reasons.join(", "));
    }
    let rows: Vec<Vec<String>> = explanation
        .left_out
        .iter()
        .take(limit)
        .map(|deal| vec![deal.source.clone(), deal.deal.clone(), deal.reason.to_string()])
        .collect();
    let header = ["source", "deal", "reason"].map(|name| (name, Align::Left));
    text += &more(rows.len(), count);
    if rows.is_empty() { text } else { text + &table(&header, &rows) }
}

fn more(shown: usize, count: u64) -> String {
    match (shown, shown as u64 == count) {
        (0, _) => "\n".to_owned(),
        (_, true) => ":\n".to_owned(),
        (_, false) => format!("; the first {shown}:\n"),
    }
}

fn changes(report: &ChangeReport, limit: usize) -> String {
    let (before, after) = (or_null(report.before.as_deref()), or_null(report.after.as_deref()));
    let mut text = format!("\nsince {}: {before} to {after}, a change of {}", report.since, report.change);
    let rows: Vec<Vec<String>> = report
        .lines
        .iter()
        .take(limit)
        .map(|line| {
            let what = line.deal.clone().unwrap_or_else(|| "(all that is not of one deal)".to_owned());
            let entry = line.tenant_seq.map_or_else(String::new, |entry| entry.to_string());
            vec![what, line.change.clone(), entry]
        })
        .collect();
    let header = [("deal", Align::Left), ("change", Align::Right), ("entry", Align::Right)];
    text += &more(rows.len(), report.lines.len() as u64);
    if rows.is_empty() { text } else { text + &table(&header, &rows) }
}
