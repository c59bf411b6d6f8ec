//! `/api/v1/kpis`: the catalogue, values, series, explanations, and KPIs of one's own.

mod question;
mod view;

pub(crate) use question::{dimension, pick};
pub(crate) use view::{GroupItem, groups};

use crate::app::App;
use crate::auth::Authorised;
use crate::problem::{Outcome, Problem};
use crate::rest::input;
use crate::rest::path::Part;
use axum::Json;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use http::{Request, StatusCode};
use question::{Asked, ask};
use salescope_domain::{Answer, Grain};
use serde::de::IntoDeserializer;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use view::{ExplanationAnswer, KpiAnswer, SeriesAnswer, compared, time};

/// The KPIs that can be asked for.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Catalogue {
    /// The definitions: id, name, description, unit, parameters, formula and so on.
    #[schema(value_type = Vec<Object>)]
    kpis: Vec<serde_json::Value>,
}

/// What became of a definition.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KpiStated {
    /// The KPI's id.
    id: String,
    /// The entry's position; null where the organisation had the definition already, word for word.
    tenant_seq: Option<u64>,
}

/// The KPIs that can be asked for: the built-in ones and the organisation's own.
#[utoipa::path(get, path = "/api/v1/kpis", tag = "kpis", responses((status = 200, description = "The KPIs.", body = Catalogue)))]
pub(crate) async fn list(granted: Authorised, State(app): State<Arc<App>>) -> Outcome<Json<Catalogue>> {
    let definitions = app.engine.catalogue(granted.org()).await?;
    let kpis = definitions.iter().map(serde_json::to_value).collect::<Result<_, _>>();
    Ok(Json(Catalogue { kpis: kpis.map_err(|error| Problem::internal(error.to_string()))? }))
}

/// A KPI in a range of dates, by group.
#[utoipa::path(
    get,
    path = "/api/v1/kpis/{id}",
    tag = "kpis",
    params(
        ("id" = String, Path, description = "The KPI"),
        ("from" = Option<String>, Query, description = "First date; with to. Without both: the current fiscal quarter"),
        ("to" = Option<String>, Query, description = "First date after the range"),
        ("group_by" = Option<Vec<String>>, Query, description = "At most two dimensions; repeat, or separate by commas"),
        ("filter" = Option<Vec<String>>, Query, description = "DIMENSION:VALUE; repeat. Values of one dimension: any of them. People and teams by id or name"),
        ("param" = Option<Vec<String>>, Query, description = "NAME:VALUE, a parameter of the KPI; repeat"),
        ("as_known" = Option<String>, Query, description = "As it was known at this time or at the start of this date"),
        ("compare" = Option<bool>, Query, description = "Compare with the period before, at the same elapsed point"),
    ),
    responses((status = 200, description = "The figures.", body = KpiAnswer), (status = 404, description = "There is no such KPI."))
)]
pub(crate) async fn get(
    granted: Authorised,
    State(app): State<Arc<App>>,
    part: Part,
    RawQuery(query): RawQuery,
) -> Outcome<Json<KpiAnswer>> {
    let Asked { query, labels, mut rest, .. } = ask(&app, &granted, &part, query.as_deref()).await?;
    let compare = rest.flag("compare")?;
    rest.end()?;
    let (position, answer, comparison) = if compare {
        let found = app.engine.compare(granted.org(), query).await?;
        let previous = found.answer.previous;
        let comparison = compared(previous.range, previous.groups, found.answer.changes, &labels);
        (found.position, found.answer.current, Some(comparison))
    } else {
        let found = app.engine.query(granted.org(), query).await?;
        (found.position, found.answer, None)
    };
    let Answer { kpi, range, as_known, groups: found } = answer;
    Ok(Json(KpiAnswer {
        position: position.into(),
        kpi: kpi.to_string(),
        from: range.from.to_string(),
        to: range.to.to_string(),
        as_known: time(as_known),
        groups: groups(found, &labels),
        comparison,
    }))
}

/// A KPI over time, in buckets that tile the range.
#[utoipa::path(
    get,
    path = "/api/v1/kpis/{id}/series",
    tag = "kpis",
    params(
        ("id" = String, Path, description = "The KPI"),
        ("grain" = Option<String>, Query, description = "hour, day, week, month (default), quarter or year, of the fiscal calendar"),
        ("from" = Option<String>, Query, description = "First date; with to. Without both: the current fiscal quarter"),
        ("to" = Option<String>, Query, description = "First date after the range"),
        ("group_by" = Option<Vec<String>>, Query, description = "At most two dimensions"),
        ("filter" = Option<Vec<String>>, Query, description = "DIMENSION:VALUE"),
        ("param" = Option<Vec<String>>, Query, description = "NAME:VALUE"),
        ("as_known" = Option<String>, Query, description = "As it was known at this time"),
    ),
    responses((status = 200, description = "The series.", body = SeriesAnswer), (status = 404, description = "There is no such KPI."))
)]
pub(crate) async fn series(
    granted: Authorised,
    State(app): State<Arc<App>>,
    part: Part,
    RawQuery(query): RawQuery,
) -> Outcome<Json<SeriesAnswer>> {
    let Asked { query, labels, mut rest, .. } = ask(&app, &granted, &part, query.as_deref()).await?;
    let grain = match rest.one("grain")? {
        None => Grain::Month,
        Some(text) => {
            let word: serde::de::value::StringDeserializer<serde::de::value::Error> =
                text.into_deserializer();
            Grain::deserialize(word)
                .map_err(|error| Problem::parameter("grain", format!("grain: {error}")))?
        }
    };
    rest.end()?;
    let found = app.engine.series(granted.org(), query, grain).await?;
    Ok(Json(SeriesAnswer::new(found.position.into(), found.answer, &labels)))
}

/// Why a figure is what it is: its formula, its inputs, the deals in it and those left out, and what changed it.
#[utoipa::path(
    get,
    path = "/api/v1/kpis/{id}/explain",
    tag = "kpis",
    params(
        ("id" = String, Path, description = "The KPI"),
        ("from" = Option<String>, Query, description = "First date; with to. Without both: the current fiscal quarter"),
        ("to" = Option<String>, Query, description = "First date after the range"),
        ("filter" = Option<Vec<String>>, Query, description = "DIMENSION:VALUE"),
        ("param" = Option<Vec<String>>, Query, description = "NAME:VALUE"),
        ("as_known" = Option<String>, Query, description = "As it was known at this time"),
        ("since" = Option<String>, Query, description = "Also tell what changed the figure since this time or date"),
    ),
    responses((status = 200, description = "The explanation.", body = ExplanationAnswer), (status = 404, description = "There is no such KPI."))
)]
pub(crate) async fn explain(
    granted: Authorised,
    State(app): State<Arc<App>>,
    part: Part,
    RawQuery(query): RawQuery,
) -> Outcome<Json<ExplanationAnswer>> {
    let Asked { query, zone, mut rest, .. } = ask(&app, &granted, &part, query.as_deref()).await?;
    let since = rest.time("since", &zone)?;
    rest.end()?;
    if !query.group_by.is_empty() {
        return Err(Problem::parameter(
            "group_by",
            "an explanation is of one figure: filter to the group instead",
        ));
    }
    let found = app.engine.explain(granted.org(), query, since).await?;
    let told = ExplanationAnswer::new(found.position.into(), found.answer);
    Ok(Json(told.map_err(|error| Problem::internal(error.to_string()))?))
}

/// Adds a KPI, or changes one of the organisation's own: a definition file, checked before it is stored.
#[utoipa::path(
    post,
    path = "/api/v1/kpis",
    tag = "kpis",
    request_body(content = String, content_type = "application/yaml"),
    responses(
        (status = 201, description = "It is stored.", body = KpiStated),
        (status = 200, description = "The organisation had it already.", body = KpiStated),
        (status = 422, description = "It is no valid definition; the detail says what is wrong, and where.")
    )
)]
pub(crate) async fn add(
    granted: Authorised,
    State(app): State<Arc<App>>,
    request: Request<Body>,
) -> Outcome<(StatusCode, Json<KpiStated>)> {
    let kinds = ["application/yaml", "application/x-yaml", "text/yaml"];
    let yaml = input::document(&app, request, &kinds).await?;
    let (id, tenant_seq) = app.engine.add_kpi(granted.org(), yaml).await?;
    let status = if tenant_seq.is_some() { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(KpiStated { id: id.to_string(), tenant_seq })))
}
