//! Whether the server lives, is ready, and how it does.

use crate::app::App;
use crate::problem::{Outcome, Problem};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use std::sync::Arc;

/// Whether the process answers.
#[utoipa::path(get, path = "/livez", tag = "operation", responses((status = 200, description = "It answers.")))]
pub(crate) async fn live() -> &'static str {
    "ok\n"
}

/// Whether an ingest would be accepted now.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "operation",
    responses((status = 200, description = "It would."), (status = 503, description = "It would not; the detail says why."))
)]
pub(crate) async fn ready(State(app): State<Arc<App>>) -> Outcome<&'static str> {
    app.engine.ready().await.map_err(Problem::from)?;
    Ok("ok\n")
}

/// Metrics in the Prometheus text format. Not behind a key: keep this address inside.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "operation",
    responses((status = 200, description = "The metrics.", content_type = "text/plain"), (status = 404, description = "They are switched off."))
)]
pub(crate) async fn prometheus(State(app): State<Arc<App>>) -> Response {
    match &app.options.prometheus {
        Some(handle) => {
            ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], handle.render()).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
