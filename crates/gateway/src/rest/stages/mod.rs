//! `/api/v1/stages`: the funnel, in its order.
//!
//! `read`: what a body states. Invariant: a request is checked as a whole before any of it is stated.

mod read;

use crate::app::App;
use crate::auth::Authorised;
use crate::problem::Outcome;
use crate::rest::exact::Exact;
use crate::rest::input;
use crate::rest::people::source;
use crate::rest::position::Position;
use crate::rest::statement::{Stated, state_all};
use crate::rest::version::StatedVersion;
use axum::Json;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use http::Request;
use salescope_domain::{ForecastCategory, StageOutcome, StageView};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// The stages of a pipeline, the first one first.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StagesBody {
    /// The pipeline, as the source calls it; absent where there is only one.
    #[serde(default)]
    pipeline: Option<String>,
    /// What it is called.
    #[serde(default)]
    pipeline_name: Option<String>,
    /// Its stages in the order in which deals go through them, then those of closed deals. At most 200.
    stages: Vec<StageBody>,
    /// Number or time of the change; absent: read now.
    #[serde(default)]
    version: Option<StatedVersion>,
}

/// A stage, all of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StageBody {
    /// The stage, as the source calls it and as deals name it.
    stage: String,
    /// What it is called; default as the source calls it.
    #[serde(default)]
    name: Option<String>,
    /// What deals in it are; default open.
    #[serde(default)]
    #[schema(value_type = Option<Outcomes>)]
    outcome: Option<String>,
    /// Probability of deals that state none, 0 to 1 with at most 6 decimals.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    probability: Option<Exact>,
    /// Forecast category of deals that state none.
    #[serde(default)]
    #[schema(value_type = Option<Categories>)]
    forecast_category: Option<String>,
}

/// What deals in a stage are.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "the words for the document; the domain reads them")]
pub(crate) enum Outcomes {
    /// Open.
    Open,
    /// Won.
    Won,
    /// Lost.
    Lost,
}

/// Forecast categories.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "the words for the document; the domain reads them")]
pub(crate) enum Categories {
    /// Left out on purpose.
    Omitted,
    /// In the pipeline, not forecast.
    Pipeline,
    /// Possible.
    BestCase,
    /// Likely.
    MostLikely,
    /// Committed.
    Commit,
    /// Closed.
    Closed,
}

/// What became of each stage.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StagesStated {
    /// Of the pipeline, where one was stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pipeline: Option<Stated>,
    /// One for each stage, in order.
    results: Vec<Stated>,
}

/// A stage as it is now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StageItem {
    /// The connected system.
    source: String,
    /// The pipeline, as the source calls it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pipeline: Option<String>,
    /// What the pipeline is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pipeline_name: Option<String>,
    /// The stage, as the source calls it.
    stage: String,
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// Its place in the pipeline, from 1.
    position: u16,
    /// What deals in it are.
    #[schema(value_type = Outcomes)]
    outcome: StageOutcome,
    /// Probability of deals that state none.
    #[serde(skip_serializing_if = "Option::is_none")]
    probability: Option<String>,
    /// Forecast category of deals that state none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Categories>)]
    forecast_category: Option<ForecastCategory>,
}

/// Stages.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StageList {
    /// Where the state stood.
    position: Position,
    /// By source and pipeline, then in their order.
    items: Vec<StageItem>,
}

/// States the stages of a pipeline, in their order.
#[utoipa::path(
    put,
    path = "/api/v1/stages",
    tag = "organisation",
    params(("source" = Option<String>, Query, description = "The connected system; default api")),
    request_body = StagesBody,
    responses((status = 200, description = "They are stored, or were no news.", body = StagesStated))
)]
pub(crate) async fn put(
    granted: Authorised,
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    request: Request<Body>,
) -> Outcome<Json<StagesStated>> {
    let source = source(&app, query.as_deref())?;
    let text = input::document(&app, request, &["application/json"]).await?;
    let body: StagesBody = input::read(&text)?;
    let has_pipeline = body.pipeline.is_some();
    let payloads = read::payloads(body, &source, app.now())?;
    let mut results = state_all(&app, granted.org(), payloads).await?;
    let pipeline = has_pipeline.then(|| results.remove(0));
    Ok(Json(StagesStated { pipeline, results }))
}

/// The funnel as it is now.
#[utoipa::path(get, path = "/api/v1/stages", tag = "organisation", responses((status = 200, description = "The stages.", body = StageList)))]
pub(crate) async fn stages(granted: Authorised, State(app): State<Arc<App>>) -> Outcome<Json<StageList>> {
    let views = app.engine.stages(granted.org()).await?;
    let items = views.answer.into_iter().map(item).collect();
    Ok(Json(StageList { position: views.position.into(), items }))
}

fn item(view: StageView) -> StageItem {
    StageItem {
        source: view.source.to_string(),
        pipeline: view.pipeline.map(|id| id.to_string()),
        pipeline_name: view.pipeline_name.map(|name| name.to_string()),
        stage: view.stage.to_string(),
        name: view.name.map(|name| name.to_string()),
        position: view.position,
        outcome: view.outcome,
        probability: view.probability.map(|value| value.to_string()),
        forecast_category: view.forecast_category,
    }
}
