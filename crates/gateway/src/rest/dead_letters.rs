//! `/api/v1/dead-letters`: entries that were stored and cannot be applied.

use crate::app::App;
use crate::auth::Authorised;
use crate::problem::{Outcome, Problem};
use crate::rest::deals::view::word;
use crate::rest::path::Part;
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::Serialize;
use std::sync::Arc;
use utoipa::ToSchema;

/// An entry that figures leave out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeadLetterItem {
    /// Its position.
    tenant_seq: u64,
    /// Why.
    reason: String,
    /// `quarantined`: it waits for a decision; `dropped`: it is left out for good.
    state: String,
    /// Since when.
    since: String,
    /// What it says, as the journal holds it; times in milliseconds since 1970.
    #[schema(value_type = Object)]
    payload: serde_json::Value,
}

/// Entries that figures leave out.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeadLetterList {
    /// By position.
    items: Vec<DeadLetterItem>,
}

/// What became of another try.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Retried {
    /// Whether it is applied now; false: it is quarantined again.
    applied: bool,
}

/// Entries that figures leave out.
#[utoipa::path(get, path = "/api/v1/dead-letters", tag = "dead letters", responses((status = 200, description = "The dead letters.", body = DeadLetterList)))]
pub(crate) async fn list(granted: Authorised, State(app): State<Arc<App>>) -> Outcome<Json<DeadLetterList>> {
    let letters = app.engine.dead_letters(granted.org()).await?;
    let items = letters.into_iter().map(|letter| {
        let payload = serde_json::to_value(&letter.entry.payload);
        Ok(DeadLetterItem {
            tenant_seq: letter.tenant_seq,
            reason: letter.reason,
            state: word(&letter.state),
            since: letter.since.to_string(),
            payload: payload.map_err(|error| Problem::internal(error.to_string()))?,
        })
    });
    Ok(Json(DeadLetterList { items: items.collect::<Outcome<_>>()? }))
}

/// Tries a dead letter again, such as after an update of the program.
#[utoipa::path(
    post,
    path = "/api/v1/dead-letters/{tenant_seq}/retry",
    tag = "dead letters",
    params(("tenant_seq" = u64, Path, description = "The entry's position")),
    responses((status = 200, description = "It was tried.", body = Retried), (status = 404, description = "There is none."))
)]
pub(crate) async fn retry(
    granted: Authorised,
    State(app): State<Arc<App>>,
    part: Part,
) -> Outcome<Json<Retried>> {
    let applied = app.engine.retry_dead_letter(granted.org(), part.position()?).await?;
    Ok(Json(Retried { applied }))
}

/// Leaves a dead letter out for good.
#[utoipa::path(
    delete,
    path = "/api/v1/dead-letters/{tenant_seq}",
    tag = "dead letters",
    params(("tenant_seq" = u64, Path, description = "The entry's position")),
    responses((status = 204, description = "It is done."), (status = 404, description = "There is none."))
)]
pub(crate) async fn drop_letter(
    granted: Authorised,
    State(app): State<Arc<App>>,
    part: Part,
) -> Outcome<StatusCode> {
    app.engine.drop_dead_letter(granted.org(), part.position()?).await?;
    Ok(StatusCode::NO_CONTENT)
}
