//! `/api/v1/deals`: one deal stated, one deal with its history, deals by filter.

pub(crate) mod view;

use crate::app::App;
use crate::auth::Authorised;
use crate::code::Code;
use crate::problem::{Outcome, Problem};
use crate::rest::input;
use crate::rest::labels::Labels;
use crate::rest::params::Params;
use crate::rest::path::Part;
use crate::rest::statement::{Stated, StatementStatus, state};
use axum::Json;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use http::Request;
use salescope_connectors::canonical::{Defaults, Draft};
use salescope_domain::deal_view::{DealFilter, DealStatus};
use salescope_domain::{AccountId, DealId, Dimension, PersonId, PipelineId, StageId, TeamId};
use salescope_engine_api::{DEALS_PER_PAGE_MAX, DealsAsked};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use view::{Deal, DealAnswer, DealList};

/// Deals of a page when nobody says how many.
const DEALS_PER_PAGE: usize = 100;

/// What became of a deal's statement.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DealStated {
    /// What became of it.
    #[serde(flatten)]
    pub(crate) stated: Stated,
    /// Number of the version that the journal holds now.
    pub(crate) version: i64,
    /// Order among versions of that number.
    pub(crate) sequence: u32,
}

/// States a deal's fields: those that are named change, `null` clears, the others stay.
///
/// The body holds the fields of a canonical deal event; `type` (default `deal_updated`) and `occurred_at` (default: the version, where it is a time, else now) may be
/// left out. `version` is a number or a time; without one the business time counts. An older or equal version is no news.
#[utoipa::path(
    put,
    path = "/api/v1/deals/{id}",
    tag = "deals",
    params(
        ("id" = String, Path, description = "The deal, as its source calls it"),
        ("source" = Option<String>, Query, description = "The connected system; default api"),
    ),
    request_body(content = Object, content_type = "application/json", example = json!({"stage": "Negotiation", "amount": "25000.00", "currency": "EUR", "user_id": "u17", "version": 12})),
    responses((status = 200, description = "It is stored, or was no news.", body = DealStated))
)]
pub(crate) async fn put(
    granted: Authorised,
    State(app): State<Arc<App>>,
    part: Part,
    RawQuery(query): RawQuery,
    request: Request<Body>,
) -> Outcome<Json<DealStated>> {
    let mut params = Params::of(query.as_deref())?;
    let stated_source = params.source()?;
    params.end()?;
    let deal = part.id(DealId::new)?;
    let org = granted.org();
    let text = input::document(&app, request, &["application/json"]).await?;
    let deal_json = serde_json::to_string(&deal).map_err(|error| Problem::internal(error.to_string()))?;
    let draft = Draft::for_deal(&text, &deal_json, &deal)?;
    let default_source = stated_source.as_ref().unwrap_or(&app.default_source);
    let source = draft.source().unwrap_or(default_source);
    if stated_source.as_ref().is_some_and(|stated| stated != source) {
        return Err(input::wrong("/source", "is another source than the one in the address"));
    }
    let context = app.context(org).await?;
    let resolved = app.resolve(org, default_source, std::iter::once(&draft)).await?;
    let defaults =
        Defaults { currency: context.currency, zone: &context.zone, source: default_source, now: app.now() };
    let payload = draft.build(&resolved.of(source), &defaults)?;
    let version = match &payload {
        salescope_domain::Payload::Deal(event) => event.version,
        _ => return Err(Problem::internal("a deal's statement is no deal event")),
    };
    let source = source.clone();
    let stated = state(&app, org, payload).await?;
    let (mut number, mut sequence) = (version.number, version.sequence);
    if stated.status == StatementStatus::Duplicate
        && let Some(known) = app.engine.deal(org, &source, &deal).await?.answer
    {
        (number, sequence) = (known.version, known.sequence);
    }
    Ok(Json(DealStated { stated, version: number, sequence }))
}

/// A deal with its history.
#[utoipa::path(
    get,
    path = "/api/v1/deals/{id}",
    tag = "deals",
    params(
        ("id" = String, Path, description = "The deal, as its source calls it"),
        ("source" = Option<String>, Query, description = "The connected system; default api"),
    ),
    responses((status = 200, description = "The deal.", body = DealAnswer), (status = 404, description = "There is none."))
)]
pub(crate) async fn get(
    granted: Authorised,
    State(app): State<Arc<App>>,
    part: Part,
    RawQuery(query): RawQuery,
) -> Outcome<Json<DealAnswer>> {
    let mut params = Params::of(query.as_deref())?;
    let source = params.source()?.unwrap_or_else(|| app.default_source.clone());
    params.end()?;
    let deal = part.id(DealId::new)?;
    let found = app.engine.deal(granted.org(), &source, &deal).await?;
    let unknown = || Problem::new(Code::UnknownDeal, format!("source {source} has stated no deal {deal}"));
    let labels = Labels::of(&app, granted.org()).await?;
    let deal = Deal::new(found.answer.ok_or_else(unknown)?, &labels);
    Ok(Json(DealAnswer { position: found.position.into(), deal }))
}

/// Deals, in the order in which the journal first spoke of them. Deleted and merged ones are listed too.
#[utoipa::path(
    get,
    path = "/api/v1/deals",
    tag = "deals",
    params(
        ("source" = Option<String>, Query, description = "Of this connected system"),
        ("status" = Option<String>, Query, description = "open, won, lost, deleted or merged"),
        ("owner" = Option<String>, Query, description = "Of this owner, by id or name"),
        ("team" = Option<String>, Query, description = "Of this team, by id or name"),
        ("account_id" = Option<String>, Query, description = "Of this account"),
        ("pipeline" = Option<String>, Query, description = "In this pipeline"),
        ("stage" = Option<String>, Query, description = "In this stage"),
        ("close_from" = Option<String>, Query, description = "With a close date on or after this one"),
        ("close_to" = Option<String>, Query, description = "With a close date before this one"),
        ("limit" = Option<usize>, Query, description = "Deals of a page: 1 to 500, default 100"),
        ("after" = Option<String>, Query, description = "The cursor that the page before ended with"),
    ),
    responses((status = 200, description = "A page of deals.", body = DealList))
)]
pub(crate) async fn list(
    granted: Authorised,
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
) -> Outcome<Json<DealList>> {
    let labels = Labels::of(&app, granted.org()).await?;
    let asked = asked(Params::of(query.as_deref())?, &labels)?;
    let found = app.engine.deals(granted.org(), asked).await?;
    Ok(Json(DealList {
        position: found.position.into(),
        deals: found.answer.deals.into_iter().map(|deal| Deal::new(deal, &labels)).collect(),
        next: found.answer.next.map(String::from),
    }))
}

fn asked(mut params: Params, labels: &Labels) -> Outcome<DealsAsked> {
    let status = match params.one("status")? {
        None => None,
        Some(text) => {
            let word: serde::de::value::StringDeserializer<serde::de::value::Error> =
                serde::de::IntoDeserializer::into_deserializer(text);
            let read = DealStatus::deserialize(word);
            Some(read.map_err(|error| Problem::parameter("status", format!("status: {error}")))?)
        }
    };
    let filter = DealFilter {
        source: params.source()?,
        status,
        owner: params
            .one("owner")?
            .map(|text| labels.only(&Dimension::Owner, &text, PersonId::new))
            .transpose()?,
        team: params
            .one("team")?
            .map(|text| labels.only(&Dimension::Team, &text, TeamId::new))
            .transpose()?,
        account: params.id("account_id", AccountId::new)?,
        pipeline: params.id("pipeline", PipelineId::new)?,
        stage: params.id("stage", StageId::new)?,
        close_from: params.date("close_from")?,
        close_to: params.date("close_to")?,
    };
    let limit = match params.one("limit")? {
        None => DEALS_PER_PAGE,
        Some(text) => {
            let number = text.parse().ok().filter(|number| (1..=DEALS_PER_PAGE_MAX).contains(number));
            let wrong =
                || Problem::parameter("limit", format!("limit is a number from 1 to {DEALS_PER_PAGE_MAX}"));
            number.ok_or_else(wrong)?
        }
    };
    let after = params.one("after")?;
    params.end()?;
    Ok(DealsAsked { filter, after, limit })
}
