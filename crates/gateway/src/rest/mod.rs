//! Everything but ingest: one file for each noun.

pub(crate) mod dead_letters;
pub(crate) mod deals;
mod exact;
mod input;
pub(crate) mod kpis;
pub(crate) mod labels;
pub(crate) mod organisation;
pub(crate) mod params;
mod path;
pub(crate) mod people;
mod position;
pub(crate) mod quotas;
pub(crate) mod stages;
pub(crate) mod statement;
mod version;

pub(crate) use kpis::{GroupItem, dimension, groups, pick};
pub(crate) use path::Part;

use crate::app::App;
use crate::{health, live, pages};
use axum::Router;
use axum::routing::{delete, get, post, put};
use std::sync::Arc;

/// The addresses.
pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::prometheus))
        .route("/api/openapi.json", get(pages::openapi))
        .route("/api/docs", get(pages::reference))
        .route("/errors", get(pages::errors))
        .route("/errors/{code}", get(pages::error))
        .route("/api/v1/deals", get(deals::list))
        .route("/api/v1/deals/{id}", put(deals::put).get(deals::get))
        .route("/api/v1/people", get(people::people))
        .route("/api/v1/people/{id}", put(people::put_person).delete(people::erase))
        .route("/api/v1/teams", get(people::teams))
        .route("/api/v1/teams/{external_id}", put(people::put_team))
        .route("/api/v1/quotas", get(quotas::quotas))
        .route("/api/v1/quotas/{id}", put(quotas::put_quota))
        .route("/api/v1/rates", get(quotas::rates).put(quotas::put_rates))
        .route("/api/v1/stages", get(stages::stages).put(stages::put))
        .route("/api/v1/settings", get(organisation::settings).patch(organisation::change))
        .route("/api/v1/organisation", get(organisation::organisation))
        .route("/api/v1/dimensions", get(organisation::dimensions))
        .route("/api/v1/kpis", get(kpis::list).post(kpis::add))
        .route("/api/v1/kpis/{id}", get(kpis::get))
        .route("/api/v1/kpis/{id}/series", get(kpis::series))
        .route("/api/v1/kpis/{id}/explain", get(kpis::explain))
        .route("/api/v1/dead-letters", get(dead_letters::list))
        .route("/api/v1/dead-letters/{tenant_seq}", delete(dead_letters::drop_letter))
        .route("/api/v1/dead-letters/{tenant_seq}/retry", post(dead_letters::retry))
        .route("/api/v1/live", get(live::open))
        .route("/api/v1/live/events", get(live::events))
        .with_state(app)
}
