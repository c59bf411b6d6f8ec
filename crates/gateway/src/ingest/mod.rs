//! Taking in events and metric points: the road that nearly all requests take.
//!
//! Invariant: an item is called accepted only when the engine says that it is on durable storage; what is wrong with one
//! item never keeps its neighbours out.

mod answer;
mod media;
mod submit;

use crate::app::App;
use crate::auth::Authorised;
use crate::body::{self, BodyMax};
use crate::code::Code;
use crate::problem::{Outcome, Problem};
pub(crate) use answer::{IngestAnswer, ItemResult};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Request};
use media::Media;
use salescope_connectors::canonical::{self, Malformed, Parsed};

/// `POST /api/v1/events` and `POST /api/v1/metrics`.
pub(crate) async fn handle(app: &App, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let granted = match Authorised::of(app, &parts.headers).await {
        Ok(granted) => granted,
        Err(problem) => return problem.closing().into_response(),
    };
    let answered = take_in(app, &granted, &parts.headers, body).await;
    let mut response = match answered {
        Ok(json) => ([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], json).into_response(),
        Err(problem) => problem.into_response(),
    };
    response.extensions_mut().insert(granted);
    response
}

async fn take_in(app: &App, granted: &Authorised, headers: &http::HeaderMap, body: Body) -> Outcome<Vec<u8>> {
    let media = Media::of(headers)?;
    let read = body::read(app, headers, body, BodyMax::ingest(&app.options.limits)).await?;
    let bytes = read.bytes.as_ref();
    let parsed = parse(app, media, bytes)?;
    let (items, tenant_seq) = submit::submit(app, granted.org(), &parsed, bytes.len()).await?;
    let (json, counts) = answer::write(tenant_seq, &items, &parsed);
    app.metrics.ingested(bytes.len(), counts);
    Ok(json)
}

fn parse<'a>(app: &App, media: Media, bytes: &'a [u8]) -> Outcome<Vec<Parsed<'a>>> {
    let limits = &app.options.limits;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Problem::new(Code::EmptyBody, "send one event, a list of them, or one a line"));
    }
    let parsed = match media {
        Media::Lines => canonical::parse_lines(bytes, limits.items_max, limits.item_bytes_max),
        Media::Json => canonical::parse_all(text(bytes)?, limits.items_max, limits.item_bytes_max),
    };
    parsed.map_err(|malformed| match malformed {
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
