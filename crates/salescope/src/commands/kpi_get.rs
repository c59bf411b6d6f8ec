//! `kpi get`: values of a KPI.

use super::Invocation;
use crate::exit::Exit;
use crate::output::{Align, table};
use crate::question::{Asked, Question};
use anyhow::Result;
use clap::Args;
use salescope_domain::{Change, DateRange, Group, Instant, KpiId};
use salescope_engine_api::Engine;
use serde::Serialize;

/// Values of a KPI in a range of dates, by group
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  salescope kpi get bookings --org demo --from 2026-01-01 --to 2026-04-01
  salescope kpi get win_rate --org demo --group-by region --group-by product
  salescope kpi get bookings --org demo --filter 'owner=Ada Lindqvist' --compare
  salescope kpi get open_pipeline --org demo --as-known 2026-02-15
  salescope kpi get leaderboard --org demo --param kpi=win_rate --param by=team --json")]
pub(crate) struct Options {
    #[command(flatten)]
    question: Question,
    /// Group by this dimension; at most two
    #[arg(long = "group-by", value_name = "DIM")]
    group_by: Vec<String>,
    /// Compare with the period before, at the same elapsed point
    #[arg(long)]
    compare: bool,
}

#[derive(Serialize)]
struct Shown<'a> {
    kpi: &'a KpiId,
    #[serde(flatten)]
    range: DateRange,
    as_known: Option<String>,
    groups: &'a [Group],
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<Compared<'a>>,
}

#[derive(Serialize)]
struct Compared<'a> {
    #[serde(flatten)]
    range: DateRange,
    groups: &'a [Group],
    changes: &'a [Change],
}

pub(super) async fn run(invocation: &Invocation, engine: &dyn Engine, options: Options) -> Result<Exit> {
    let org = &options.question.org.org;
    let Asked { query, labels, .. } = options.question.ask(engine, &options.group_by, invocation.now).await?;
    if !options.compare {
        let answer = labels.print_answer(engine.query(org, query).await?.answer);
        let shown = Shown {
            kpi: &answer.kpi,
            range: answer.range,
            as_known: shown_time(answer.as_known),
            groups: &answer.groups,
            comparison: None,
        };
        invocation.output.show(&shown, || text(&shown))?;
        return Ok(Exit::Done);
    }
    let mut comparison = engine.compare(org, query).await?.answer;
    labels.print_changes(&mut comparison.changes);
    let current = labels.print_answer(comparison.current);
    let previous = labels.print_answer(comparison.previous);
    let shown = Shown {
        kpi: &current.kpi,
        range: current.range,
        as_known: shown_time(current.as_known),
        groups: &current.groups,
        comparison: Some(Compared {
            range: previous.range,
            groups: &previous.groups,
            changes: &comparison.changes,
        }),
    };
    invocation.output.show(&shown, || text(&shown))?;
    Ok(Exit::Done)
}

fn text(shown: &Shown<'_>) -> String {
    let mut text = headline(shown.kpi, shown.range, shown.as_known.as_deref()) + "\n\n";
    text += &groups_table(&shown.groups.iter().map(|group| (None, group)).collect::<Vec<_>>());
    if let Some(comparison) = &shown.comparison {
        text += &format!("\ncompared with {} to {}\n\n", comparison.range.from, comparison.range.to);
        text += &changes_table(comparison.changes);
    }
    text
}

/// What was asked.
pub(super) fn headline(kpi: &KpiId, range: DateRange, as_known: Option<&str>) -> String {
    let known = as_known.map_or_else(String::new, |at| format!(", as known at {at}"));
    format!("{kpi} from {} to {} (the latter not included){known}", range.from, range.to)
}

/// Groups as a table, each with the bucket that it is in, if any.
pub(super) fn groups_table(groups: &[(Option<&str>, &Group)]) -> String {
    let Some((bucket, first)) = groups.first() else { return "nothing falls into this range\n".to_owned() };
    let dimensions: Vec<String> = first.key.keys().map(ToString::to_string).collect();
    let mut header: Vec<(&str, Align)> = bucket.iter().map(|_| ("from", Align::Left)).collect();
    header.extend(dimensions.iter().map(|name| (name.as_str(), Align::Left)));
    header.extend([("value", Align::Right), ("unit", Align::Left), ("n", Align::Right)]);
    header.extend([("parts", Align::Left), ("notes", Align::Left)]);
    let null = || "null".to_owned();
    let row = |(bucket, group): &(Option<&str>, &Group)| {
        let mut row: Vec<String> = bucket.iter().map(|bucket| (*bucket).to_owned()).collect();
        row.extend(group.key.values().cloned());
        row.extend([group.value.clone().unwrap_or_else(null), group.unit.clone(), group.n.to_string()]);
        let part = |(name, value): (&String, &Option<String>)| {
            format!("{name}={}", value.as_deref().unwrap_or("null"))
        };
        row.push(group.parts.iter().map(part).collect::<Vec<_>>().join(" "));
        row.push(group.notes.iter().cloned().collect::<Vec<_>>().join(" "));
        row
    };
    let rows: Vec<Vec<String>> = groups.iter().map(row).collect();
    table(&header, &rows)
}

fn changes_table(changes: &[Change]) -> String {
    let Some(first) = changes.first() else { return "nothing falls into either range\n".to_owned() };
    let dimensions: Vec<String> = first.key.keys().map(ToString::to_string).collect();
    let mut header: Vec<(&str, Align)> = dimensions.iter().map(|name| (name.as_str(), Align::Left)).collect();
    header.extend(["value", "previous", "difference", "ratio"].map(|name| (name, Align::Right)));
    let row = |change: &Change| {
        let numbers = [&change.value, &change.previous, &change.difference, &change.ratio];
        let numbers = numbers.map(|number| number.clone().unwrap_or_else(|| "null".to_owned()));
        change.key.values().cloned().chain(numbers).collect()
    };
    table(&header, &changes.iter().map(row).collect::<Vec<_>>())
}

/// A time as JSON shows it.
pub(super) fn shown_time(at: Option<Instant>) -> Option<String> {
    at.map(|at| at.to_string())
}
