//! Bodies of requests that are one document.

use crate::app::App;
use crate::body::{self, BodyMax};
use crate::code::Code;
use crate::ingest::text;
use crate::problem::{Outcome, Problem};
use axum::body::Body;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Request};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Reads a document as text; its media type has to be one of `kinds`, or absent.
pub(crate) async fn document(app: &App, request: Request<Body>, kinds: &[&str]) -> Outcome<String> {
    let (parts, body) = request.into_parts();
    check_kind(&parts.headers, kinds)?;
    let read = body::read(app, &parts.headers, body, BodyMax::document(&app.options.limits)).await?;
    let text = text(&read.bytes)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(Problem::new(Code::EmptyBody, format!("send a document of type {}", kinds[0])));
    }
    Ok(text.to_owned())
}

/// Reads a JSON document.
pub(crate) async fn json<T: DeserializeOwned>(app: &App, request: Request<Body>) -> Outcome<T> {
    read(&document(app, request, &["application/json"]).await?)
}

/// A JSON document's text as what it says.
pub(crate) fn read<'t, T: Deserialize<'t>>(text: &'t str) -> Outcome<T> {
    serde_json::from_str(text).map_err(|error| {
        let code = if error.is_data() { Code::InvalidBody } else { Code::InvalidJson };
        Problem::new(code, error.to_string())
    })
}

fn check_kind(headers: &HeaderMap, kinds: &[&str]) -> Outcome<()> {
    let Some(stated) = headers.get(CONTENT_TYPE) else { return Ok(()) };
    let kind = stated.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if kinds.iter().any(|known| known.eq_ignore_ascii_case(kind)) {
        return Ok(());
    }
    Err(Problem::new(Code::UnsupportedMediaType, format!("send {}", kinds.join(" or "))))
}

/// A member of a body that cannot be.
pub(crate) fn wrong(pointer: &'static str, detail: impl Into<String>) -> Problem {
    Problem::new(Code::InvalidBody, detail.into()).at(pointer)
}
