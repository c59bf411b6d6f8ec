//! From a query string to a question.

use crate::app::App;
use crate::auth::Authorised;
use crate::code::Code;
use crate::problem::{Outcome, Problem};
use crate::rest::labels::Labels;
use crate::rest::params::Params;
use crate::rest::path::Part;
use salescope_domain::{DateRange, Dimension, Filters, Grain, KpiId, Query, Zone};

/// A question, and what goes with reading it and its answer.
pub(super) struct Asked {
    pub(super) query: Query,
    pub(super) labels: Labels,
    pub(super) zone: Zone,
    /// Parameters that the question itself does not take.
    pub(super) rest: Params,
}

/// Reads what every question about a KPI takes.
pub(super) async fn ask(app: &App, granted: &Authorised, part: &Part, query: Option<&str>) -> Outcome<Asked> {
    let mut params = Params::of(query)?;
    let kpi = part.id(KpiId::new)?;
    let settings = app.engine.org(granted.org()).await?.settings;
    let labels = Labels::of(app, granted.org()).await?;
    let now = app.now();
    let range = match (params.date("from")?, params.date("to")?) {
        (Some(from), Some(to)) => DateRange::new(from, to).ok_or_else(|| {
            Problem::parameter(
                "to",
                format!("to ({to}) is not after from ({from}): it is the first date after the range"),
            )
        })?,
        (None, None) => settings.calendars.period(settings.time_zone.local_date(now), Grain::Quarter),
        (Some(_), None) => {
            return Err(Problem::parameter("to", "from needs to, the first date after the range"));
        }
        (None, Some(_)) => {
            return Err(Problem::parameter("from", "to needs from, the first date of the range"));
        }
    };
    let mut asked = Query::new(kpi, range, now);
    let groups = params.all("group_by");
    let names = groups.iter().flat_map(|list| list.split(',')).map(str::trim).filter(|name| !name.is_empty());
    asked.group_by = names.map(dimension).collect::<Outcome<_>>()?;
    asked.filters = filters(&params.all("filter"), &labels)?;
    for text in params.all("param") {
        let (name, value) = pair("param", &text)?;
        if asked.params.insert(name.to_owned(), value.to_owned()).is_some() {
            return Err(Problem::parameter("param", format!("param {name:?} is stated twice")));
        }
    }
    asked.as_known = params.time("as_known", &settings.time_zone)?;
    Ok(Asked { query: asked, labels, zone: settings.time_zone, rest: params })
}

fn pair<'t>(parameter: &'static str, text: &'t str) -> Outcome<(&'t str, &'t str)> {
    let parts = text.split_once(':').map(|(name, value)| (name.trim(), value.trim()));
    parts.filter(|(name, _)| !name.is_empty()).ok_or_else(|| {
        Problem::parameter(parameter, format!("{parameter}: {text:?} is not of the form NAME:VALUE"))
    })
}

/// A dimension by its name.
pub(crate) fn dimension(name: &str) -> Outcome<Dimension> {
    let wrong = |error| Problem::new(Code::UnknownDimension, format!("the dimension's name {error}"));
    name.parse().map_err(wrong)
}

fn filters(texts: &[String], labels: &Labels) -> Outcome<Filters> {
    let mut filters = Filters::new();
    for text in texts {
        let (name, value) = pair("filter", text)?;
        pick(&mut filters, name, value, labels)?;
    }
    Ok(filters)
}

/// Adds a value, or everybody of a name, to the ones that a dimension may have.
pub(crate) fn pick(filters: &mut Filters, name: &str, value: &str, labels: &Labels) -> Outcome<()> {
    let dimension = dimension(name)?;
    let ids = labels.ids(&dimension, value)?;
    filters.entry(dimension).or_default().extend(ids);
    Ok(())
}
