//! Taking in events and metric points: the road that nearly all requests take.
//!
//! Invariant: an item is called accepted only when the engine says that it is on durable storage; what is wrong with one
//! item never keeps its neighbours out.

mod answer;
mod items;
mod media;

use crate::app::App;
use crate::auth::{Asker, Authorised};
use crate::body::{self, BodyMax};
use crate::code::Code;
use crate::problem::{Outcome, Problem};
pub(crate) use answer::{IngestAnswer, ItemResult};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request};
use items::{Items, Reader};
use media::Media;
use salescope_connectors::canonical::{self, Malformed, Parsed};
use salescope_engine_api::Slice;
use std::pin::pin;
use std::time::Duration;
use tokio::time::timeout;

/// Takes in events: deal events, activities, quotas, merges and additive facts.
///
/// A JSON array, a single object, or NDJSON; packed with gzip or zstd if you like. Each item has its own outcome, in order. The
/// answer comes when everything that it calls accepted is on durable storage and questions see it. Sending the same again is
/// always safe: what is known already is a duplicate.
#[utoipa::path(
    post,
    path = "/api/v1/events",
    tag = "intake",
    params(("content-encoding" = Option<String>, Header, description = "gzip or zstd")),
    request_body(
        content(
            (Vec<Object> = "application/json", example = json!([{
                "event_id": "e-1", "timestamp": "2026-11-20T09:41:07Z", "event_type": "deal_closed_won", "user_id": "u17",
                "deal_id": "d-204", "amount": "25000.00", "properties": {"currency": "EUR", "region": "EMEA"}
            }])),
            (String = "application/x-ndjson")
        )
    ),
    responses(
        (status = 200, description = "What became of each item.", body = IngestAnswer),
        (status = 400, description = "The body is no list of items."),
        (status = 401, description = "No valid key."),
        (status = 408, description = "The body came too slowly."),
        (status = 413, description = "The body is too large, or holds too many items."),
        (status = 415, description = "The media type or encoding is not read here."),
        (status = 429, description = "No room right now: come again after Retry-After seconds."),
        (status = 503, description = "Nothing can be stored right now: send it again later.")
    )
)]
pub(crate) async fn events(app: &App, request: Request<Body>, asker: &Asker) -> Response {
    handle(app, request, asker).await
}

/// Takes in metric points. Items of any kind are taken at either address; what they are is told by their members.
#[utoipa::path(
    post,
    path = "/api/v1/metrics",
    tag = "intake",
    params(("content-encoding" = Option<String>, Header, description = "gzip or zstd")),
    request_body(
        content(
            (Vec<Object> = "application/json", example = json!([{
                "event_id": "m-1", "time": "2026-11-20T09:41:07Z", "metric_type": "demo_minutes", "value": 45,
                "dimensions": {"user_id": "u17", "region": "EMEA"}
            }])),
            (String = "application/x-ndjson")
        )
    ),
    responses((status = 200, description = "What became of each item.", body = IngestAnswer))
)]
pub(crate) async fn metrics(app: &App, request: Request<Body>, asker: &Asker) -> Response {
    handle(app, request, asker).await
}

async fn handle(app: &App, request: Request<Body>, asker: &Asker) -> Response {
    let (parts, body) = request.into_parts();
    let granted = match Authorised::of(app, &parts.headers).await {
        Ok(granted) => granted,
        Err(problem) => return problem.closing().into_response(),
    };
    asker.tell(&granted);
    match take_in(app, &granted, &parts.headers, body).await {
        Ok(json) => ([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], json).into_response(),
        Err(problem) => problem.into_response(),
    }
}

async fn take_in(app: &App, granted: &Authorised, headers: &http::HeaderMap, body: Body) -> Outcome<Vec<u8>> {
    let (media, org) = (Media::of(headers)?, granted.org());
    let body = body::read(app, headers, body, BodyMax::ingest(&app.options.limits)).await?;
    let context = app.context(org).await?;
    let bytes = body.bytes.len();
    let turn = app.turn(org, bytes).await?;
    let Items { submissions, read, left_out } = {
        let mut reader = Reader::new(app, org, &context, bytes);
        parse(app, media, &body.bytes, |parsed| reader.take(parsed))?;
        reader.finish().await?
    };
    // What waits for the disk waits without its text.
    drop(body);
    let slice = Slice { submissions, bytes: bytes as u64, dry_run: false };
    let mut ingesting = pin!(app.engine.ingest(org, slice));
    let turn_max = Duration::from_millis(app.options.limits.turn_ms_max);
    let ingested = match timeout(turn_max, ingesting.as_mut()).await {
        Ok(ingested) => ingested?,
        Err(_) => {
            // An organisation that is slow, such as one that comes back from the disk, must not hold the others up.
            drop(turn);
            ingesting.await?
        }
    };
    let (json, counts) = answer::write(&ingested, &read, &left_out);
    app.metrics.ingested(bytes, counts);
    Ok(json)
}

fn parse<'a>(app: &App, media: Media, bytes: &'a [u8], take: impl FnMut(Parsed<'a>)) -> Outcome<()> {
    let limits = &app.options.limits;
    let (items_max, item_bytes_max) = (limits.items_max, limits.item_bytes_max);
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Problem::new(Code::EmptyBody, "send one event, a list of them, or one a line"));
    }
    let read = match media {
        Media::Lines => canonical::read_lines(bytes, items_max, item_bytes_max, take),
        Media::Json => canonical::read_all(text(bytes)?, items_max, item_bytes_max, take),
    };
    read.map_err(|malformed| match malformed {
        Malformed::Json { .. } => Problem::new(Code::InvalidJson, malformed.to_string()),
        Malformed::TooMany { max } => Problem::new(
            Code::TooManyItems,
            format!("a request holds at most {max} items; send them in parts"),
        ),
    })
}

/// Bytes as text.
pub(crate) fn text(bytes: &[u8]) -> Outcome<&str> {
    std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
        let detail = format!("byte {} (line {line}) is no UTF-8", error.valid_up_to());
        Problem::new(Code::InvalidUtf8, detail)
    })
}
