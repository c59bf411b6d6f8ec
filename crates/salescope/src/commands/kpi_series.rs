//! `kpi series`: values of a KPI over time.

use super::Invocation;
use super::kpi_get::{groups_table, headline, shown_time};
use crate::exit::Exit;
use crate::question::{Asked, Question};
use anyhow::Result;
use clap::{Args, ValueEnum};
use salescope_domain::{Bucket, Grain, Group, KpiId};
use salescope_engine_api::Engine;
use serde::Serialize;

/// Values of a KPI over time
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  salescope kpi series bookings --org demo --from 2026-01-01 --to 2026-07-01
  salescope kpi series win_rate --org demo --from 2025-01-01 --to 2027-01-01 --grain quarter")]
pub(crate) struct Options {
    #[command(flatten)]
    question: Question,
    /// How long a bucket is; weeks, months, quarters and years are the organisation's own
    #[arg(long, value_enum, default_value_t = GrainName::Month)]
    grain: GrainName,
    /// Group by this dimension; at most two
    #[arg(long = "group-by", value_name = "DIM")]
    group_by: Vec<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum GrainName {
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

impl From<GrainName> for Grain {
    fn from(name: GrainName) -> Self {
        match name {
            GrainName::Hour => Self::Hour,
            GrainName::Day => Self::Day,
            GrainName::Week => Self::Week,
            GrainName::Month => Self::Month,
            GrainName::Quarter => Self::Quarter,
            GrainName::Year => Self::Year,
        }
    }
}

#[derive(Serialize)]
struct Shown<'a> {
    kpi: &'a KpiId,
    grain: Grain,
    as_known: Option<String>,
    buckets: &'a [Bucket],
}

pub(super) async fn run(invocation: &Invocation, engine: &dyn Engine, options: Options) -> Result<Exit> {
    let org = &options.question.org.org;
    let Asked { query, labels, .. } = options.question.ask(engine, &options.group_by, invocation.now).await?;
    let range = query.range;
    let mut series = engine.series(org, query, options.grain.into()).await?.answer;
    series.buckets.iter_mut().for_each(|bucket| labels.print_groups(&mut bucket.groups));
    let shown = Shown {
        kpi: &series.kpi,
        grain: series.grain,
        as_known: shown_time(series.as_known),
        buckets: &series.buckets,
    };
    invocation.output.show(&shown, || {
        let groups: Vec<(Option<&str>, &Group)> = series
            .buckets
            .iter()
            .flat_map(|bucket| bucket.groups.iter().map(|group| (Some(bucket.from.as_str()), group)))
            .collect();
        let headline = headline(&series.kpi, range, shown.as_known.as_deref());
        format!("{headline}\n\n{}", groups_table(&groups))
    })?;
    Ok(Exit::Done)
}
