//! Everything but ingest: one file for each noun.

use crate::app::App;
use crate::health;
use axum::Router;
use axum::routing::get;
use std::sync::Arc;

/// The addresses.
pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::prometheus))
        .with_state(app)
}
