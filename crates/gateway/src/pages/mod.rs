//! Pages for people: the API's reference, and what each code means. Served from the binary; nothing is loaded from elsewhere.

mod markdown;

use crate::code::{CODES, Code};
use crate::problem::{Outcome, Problem};
use crate::rest::Part;
use axum::response::{Html, IntoResponse, Response};
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use std::fmt::Write;
use std::sync::LazyLock;

/// Scripts and styles of the page itself, requests to this server, and nothing else.
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; \
    img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

static OPENAPI: LazyLock<String> = LazyLock::new(crate::openapi);

/// The OpenAPI document.
pub(crate) async fn openapi() -> Response {
    let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-cache")];
    (headers, OPENAPI.as_str()).into_response()
}

/// The reference page.
pub(crate) async fn reference() -> Response {
    page(include_str!("reference.html").to_owned())
}

/// Every code.
pub(crate) async fn errors() -> Response {
    let mut list = String::from("# Errors\n\n");
    for code in CODES {
        let (name, status, title) = (code.name(), code.status().as_u16(), code.title());
        writeln!(list, "* [{name}](/errors/{name}) ({status}): {title}").expect("a string takes every line");
    }
    page(frame("Errors", &markdown::render(&list)))
}

/// What a code means.
pub(crate) async fn error(part: Part) -> Outcome<Response> {
    let code = Code::named(&part.0).ok_or_else(|| Problem::new(Code::NotFound, "there is no such code"))?;
    Ok(page(frame(code.title(), &markdown::render(code.page()))))
}

fn frame(title: &str, body: &str) -> String {
    include_str!("frame.html").replace("{{title}}", &markdown::escape(title)).replace("{{body}}", body)
}

fn page(html: String) -> Response {
    let mut response = Html(html).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
