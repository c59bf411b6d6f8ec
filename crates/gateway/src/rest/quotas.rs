//! `/api/v1/quotas` and `/api/v1/rates`.

use crate::app::App;
use crate::auth::Authorised;
use crate::problem::Outcome;
use crate::rest::deals::view::decimal;
use crate::rest::exact::Exact;
use crate::rest::input::{self, wrong};
use crate::rest::labels::Labels;
use crate::rest::path::Part;
use crate::rest::people::{person_id, source, team_id};
use crate::rest::position::Position;
use crate::rest::statement::{Stated, state, state_all};
use crate::rest::version::{StatedVersion, version};
use axum::Json;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use http::Request;
use salescope_domain::{
    Currency, Date, DateRange, ExchangeRate, Money, Payload, Quota, QuotaHolder, QuotaId, QuotaTarget,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A quota, as a source states it: of a person, else of a team, else of the organisation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuotaBody {
    /// Whose it is, as the source calls them.
    #[serde(default)]
    person: Option<String>,
    /// Which team's it is, as the source calls it.
    #[serde(default)]
    team: Option<String>,
    /// First date.
    #[schema(value_type = String, format = Date)]
    from: Date,
    /// First date after it.
    #[schema(value_type = String, format = Date)]
    to: Date,
    /// Won amount to reach, as a decimal; or `count`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    amount: Option<Exact>,
    /// Its currency; default the organisation's.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    currency: Option<Currency>,
    /// Won deals to reach; or `amount`.
    #[serde(default)]
    count: Option<i64>,
    /// Whether this takes the quota away.
    #[serde(default)]
    deleted: bool,
    /// Number or time of the change; absent: read now.
    #[serde(default)]
    version: Option<StatedVersion>,
}

/// A quota as it is now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QuotaItem {
    /// The connected system.
    source: String,
    /// The quota's id there.
    id: String,
    /// Id of the person whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<String>,
    /// Id of the team whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    team: Option<String>,
    /// The name of either.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// First date.
    from: String,
    /// First date after it.
    to: String,
    /// Won amount to reach.
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<String>,
    /// Its currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    currency: Option<String>,
    /// Won deals to reach.
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<i64>,
}

/// Quotas.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QuotaList {
    /// Where the state stood.
    position: Position,
    /// Those that are not deleted.
    items: Vec<QuotaItem>,
}

/// States a quota, all of it.
#[utoipa::path(
    put,
    path = "/api/v1/quotas/{id}",
    tag = "quotas",
    params(
        ("id" = String, Path, description = "The quota, as the source calls it"),
        ("source" = Option<String>, Query, description = "The connected system; default api"),
    ),
    request_body = QuotaBody,
    responses((status = 200, description = "It is stored, or was no news.", body = Stated))
)]
pub(crate) async fn put_quota(
    granted: Authorised,
    State(app): State<Arc<App>>,
    part: Part,
    RawQuery(query): RawQuery,
    request: Request<Body>,
) -> Outcome<Json<Stated>> {
    let source = source(&app, query.as_deref())?;
    let quota = part.id(QuotaId::new)?;
    let body: QuotaBody = input::json(&app, request).await?;
    let org = granted.org();
    let period = DateRange::new(body.from, body.to).ok_or_else(|| wrong("/to", "is not after from"))?;
    let target = match (body.amount, body.count) {
        (Some(amount), None) => {
            let currency = match body.currency {
                Some(currency) => currency,
                None => app.context(org).await?.currency,
            };
            let money = Money::from_decimal(amount.0, currency)
                .map_err(|error| wrong("/amount", error.to_string()))?;
            QuotaTarget::Money { minor: money.minor, currency }
        }
        (None, Some(count)) => QuotaTarget::Count(count),
        _ => return Err(wrong("/amount", "state an amount or a count")),
    };
    let holder = match (body.person, body.team) {
        (Some(person), None) => QuotaHolder::Person(person_id(&app, org, &source, &person).await?),
        (None, Some(team)) => QuotaHolder::Team(team_id(&app, org, &source, &team, None).await?),
        (None, None) => QuotaHolder::Organisation,
        (Some(_), Some(_)) => return Err(wrong("/team", "a quota is a person's or a team's, not both")),
    };
    let version = version(body.version, app.now());
    let payload =
        Payload::from(Quota { source, quota, version, deleted: body.deleted, holder, period, target });
    Ok(Json(state(&app, org, payload).await?))
}

/// Quotas as they are now.
#[utoipa::path(get, path = "/api/v1/quotas", tag = "quotas", responses((status = 200, description = "The quotas.", body = QuotaList)))]
pub(crate) async fn quotas(granted: Authorised, State(app): State<Arc<App>>) -> Outcome<Json<QuotaList>> {
    let labels = Labels::of(&app, granted.org()).await?;
    let views = app.engine.quotas(granted.org()).await?;
    let items = views.answer.into_iter().map(|view| {
        let (person, team, name) = match &view.holder {
            QuotaHolder::Person(id) => (Some(id.to_string()), None, labels.person(id)),
            QuotaHolder::Team(id) => (None, Some(id.to_string()), labels.team(id)),
            QuotaHolder::Organisation => (None, None, None),
        };
        let (amount, currency, count) = match view.target {
            QuotaTarget::Money { minor, currency } => {
                (Some(decimal(minor, currency)), Some(currency.to_string()), None)
            }
            QuotaTarget::Count(count) => (None, None, Some(count)),
        };
        let (from, to) = (view.period.from.to_string(), view.period.to.to_string());
        let (source, id) = (view.source.to_string(), view.quota.to_string());
        QuotaItem { source, id, person, team, name, from, to, amount, currency, count }
    });
    Ok(Json(QuotaList { position: views.position.into(), items: items.collect() }))
}

/// An exchange rate: from a date on, one unit of `currency` buys `rate` units of `home`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RateBody {
    /// The currency converted from.
    #[schema(value_type = String)]
    currency: Currency,
    /// The currency converted to; default the organisation's.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    home: Option<Currency>,
    /// First date on which it holds.
    #[schema(value_type = String, format = Date)]
    date: Date,
    /// A decimal above zero.
    #[schema(value_type = String)]
    rate: Exact,
    /// Number or time of the change; absent: read now.
    #[serde(default)]
    version: Option<StatedVersion>,
}

/// One rate, or several.
#[derive(ToSchema)]
#[serde(untagged)]
#[allow(
    dead_code,
    reason = "the shape of the body for its document; which it is, is told by its first character"
)]
pub(crate) enum RatesBody {
    /// Several.
    Many(Vec<RateBody>),
    /// One.
    One(RateBody),
}

/// What became of each rate.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RatesStated {
    /// One for each rate, in order.
    results: Vec<Stated>,
}

/// An exchange rate as it is now.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RateItem {
    /// The connected system.
    source: String,
    /// The currency converted from.
    currency: String,
    /// The currency converted to.
    home: String,
    /// First date on which it holds.
    date: String,
    /// Units of `home` for one of `currency`.
    rate: String,
}

/// Exchange rates.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RateList {
    /// Where the state stood.
    position: Position,
    /// Every rate.
    items: Vec<RateItem>,
}

/// States exchange rates.
#[utoipa::path(
    put,
    path = "/api/v1/rates",
    tag = "quotas",
    params(("source" = Option<String>, Query, description = "The connected system; default api")),
    request_body = RatesBody,
    responses((status = 200, description = "They are stored, or were no news.", body = RatesStated))
)]
pub(crate) async fn put_rates(
    granted: Authorised,
    State(app): State<Arc<App>>,
    RawQuery(query): RawQuery,
    request: Request<Body>,
) -> Outcome<Json<RatesStated>> {
    let source = source(&app, query.as_deref())?;
    let text = input::document(&app, request, &["application/json"]).await?;
    let rates: Vec<RateBody> =
        if text.trim_start().starts_with('[') { input::read(&text)? } else { vec![input::read(&text)?] };
    let org = granted.org();
    let home = app.context(org).await?.currency;
    let now = app.now();
    let payloads = rates.into_iter().map(|body| {
        Payload::from(ExchangeRate {
            source: source.clone(),
            currency: body.currency,
            home: body.home.unwrap_or(home),
            date: body.date,
            version: version(body.version, now),
            rate: body.rate.0,
        })
    });
    Ok(Json(RatesStated { results: state_all(&app, org, payloads.collect()).await? }))
}

/// Exchange rates as they are now.
#[utoipa::path(get, path = "/api/v1/rates", tag = "quotas", responses((status = 200, description = "The rates.", body = RateList)))]
pub(crate) async fn rates(granted: Authorised, State(app): State<Arc<App>>) -> Outcome<Json<RateList>> {
    let views = app.engine.rates(granted.org()).await?;
    let items = views.answer.into_iter().map(|view| RateItem {
        source: view.source.to_string(),
        currency: view.currency.to_string(),
        home: view.home.to_string(),
        date: view.date.to_string(),
        rate: view.rate.to_string(),
    });
    Ok(Json(RateList { position: views.position.into(), items: items.collect() }))
}
