//! Options of a question about a KPI, and the query that they make.

use crate::cli::Org;
use crate::names::Labels;
use crate::problem::{problem, usage};
use anyhow::Result;
use clap::Args;
use salescope_domain::{
    Date, DateRange, Dimension, Filters, Grain, Instant, KpiId, OrgSettings, Query, Zone,
};
use salescope_engine_api::Engine;

/// What is asked, and over which deals.
#[derive(Debug, Args)]
pub(crate) struct Question {
    /// The KPI's id, as `kpi list` shows it
    #[arg(value_name = "ID")]
    pub(crate) kpi: String,
    #[command(flatten)]
    pub(crate) org: Org,
    /// First date, such as 2026-07-01; with --to. Without both: the organisation's current fiscal quarter
    #[arg(long, value_name = "DATE", requires = "to")]
    pub(crate) from: Option<Date>,
    /// First date after the range
    #[arg(long, value_name = "DATE", requires = "from")]
    pub(crate) to: Option<Date>,
    /// Only facts of this dimension's value; several values of one dimension mean any of them
    #[arg(long = "filter", value_name = "DIM=VALUE", value_parser = pair)]
    pub(crate) filters: Vec<(String, String)>,
    /// Set a parameter of the KPI
    #[arg(long = "param", value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) params: Vec<(String, String)>,
    /// As it was known at this time: 2026-11-23T09:41:07Z, or a date for the start of that day
    #[arg(long, value_name = "TIME")]
    pub(crate) as_known: Option<String>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => {
            Ok((name.trim().to_owned(), value.trim().to_owned()))
        }
        _ => Err("write it as NAME=VALUE".to_owned()),
    }
}

/// A question in the terms of the engine, and what goes with reading it and its answer.
pub(crate) struct Asked {
    pub(crate) query: Query,
    pub(crate) labels: Labels,
    pub(crate) zone: Zone,
}

impl Question {
    /// The question at `now`, read with the organisation's settings and names.
    pub(crate) async fn ask(&self, engine: &dyn Engine, group_by: &[String], now: Instant) -> Result<Asked> {
        let org = &self.org.org;
        let settings = engine.org(org).await?.settings;
        let labels = Labels::new(&engine.names(org).await?);
        let query = self.query(group_by, &settings, &labels, now)?;
        Ok(Asked { query, labels, zone: settings.time_zone })
    }

    fn query(
        &self,
        group_by: &[String],
        settings: &OrgSettings,
        labels: &Labels,
        now: Instant,
    ) -> Result<Query> {
        let unknown =
            |error| problem("unknown_kpi", format!("the KPI's id {error}; `salescope kpi list` lists them"));
        let kpi = KpiId::new(&self.kpi).map_err(unknown)?;
        let range = match (self.from, self.to) {
            (Some(from), Some(to)) => DateRange::new(from, to).ok_or_else(|| {
                usage(format!("--to {to} is not after --from {from}: it is the first date after the range"))
            })?,
            _ => settings.calendars.period(settings.time_zone.local_date(now), Grain::Quarter),
        };
        let mut query = Query::new(kpi, range, now);
        query.group_by = group_by.iter().map(|name| dimension(name)).collect::<Result<_>>()?;
        query.filters = self.filters(labels)?;
        query.params = self.params.iter().cloned().collect();
        query.as_known = self.as_known.as_deref().map(|text| time(text, &settings.time_zone)).transpose()?;
        Ok(query)
    }

    fn filters(&self, labels: &Labels) -> Result<Filters> {
        let mut filters = Filters::new();
        for (name, text) in &self.filters {
            let dimension = dimension(name)?;
            let value = labels.value(&dimension, text)?;
            filters.entry(dimension).or_default().insert(value);
        }
        Ok(filters)
    }
}

fn dimension(name: &str) -> Result<Dimension> {
    name.parse().map_err(|error| problem("unknown_dimension", format!("the dimension's name {error}")))
}

/// A time, or the start of a date in `zone`.
pub(crate) fn time(text: &str, zone: &Zone) -> Result<Instant> {
    if let Ok(date) = text.parse::<Date>() {
        return Ok(zone.start_of_day(date));
    }
    let wrong =
        || usage(format!("{text:?} is not a time: write 2026-11-23T09:41:07Z, or a date such as 2026-11-23"));
    text.parse().map_err(|_| wrong())
}
