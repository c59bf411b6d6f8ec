//! The outermost layer: request ids, the guard against panics, problem documents, metrics and the access log.
//!
//! Invariant: every request is answered, counted once and carries its id; no log line holds a key or a body.

use crate::app::App;
use crate::auth::Asker;
use crate::ingest;
use crate::options::AccessLog;
use crate::problem::Problem;
use crate::request_id::{RequestId, X_REQUEST_ID};
use crate::route::Route;
use axum::Router;
use axum::body::{Body, HttpBody};
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use http::header::{ALLOW, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, StatusCode};
use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::time::Instant;
use tower::ServiceExt;

/// The gateway as a service.
#[derive(Clone)]
pub(crate) struct Edge {
    app: Arc<App>,
    /// Everything but ingest, which goes past it.
    router: Router,
}

impl Edge {
    pub(crate) fn new(app: Arc<App>, router: Router) -> Self {
        Self { app, router }
    }

    pub(crate) fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Answers a request.
    pub(crate) async fn answer(&self, request: Request<Body>) -> Response {
        let start = Instant::now();
        let app = &*self.app;
        let id = app.request_ids.of(request.headers());
        let method = request.method().clone();
        let route = Route::of(request.uri().path());
        let asker = Asker::default();
        let answered = AssertUnwindSafe(self.dispatch(route, request, &asker)).catch_unwind().await;
        let response =
            answered.unwrap_or_else(|panic| Problem::internal(panic_text(&*panic)).into_response());
        let (mut response, secret) = finish(response, &id);
        response.headers_mut().insert(X_REQUEST_ID, id.to_header());
        let took = start.elapsed();
        app.metrics.answered(route, response.status(), took);
        if let Some(secret) = secret {
            tracing::error!(request = id.as_str(), route = route.template(), detail = %secret, "request failed");
        }
        let is_logged = match app.options.access_log {
            AccessLog::All => true,
            AccessLog::Errors => !response.status().is_success(),
            AccessLog::Off => false,
        };
        if is_logged {
            log(&Line {
                method: &method,
                route,
                response: &response,
                ms: took.as_secs_f64() * 1000.0,
                id: &id,
                asker: &asker,
            });
        }
        response
    }

    async fn dispatch(&self, route: Route, mut request: Request<Body>, asker: &Asker) -> Response {
        if matches!(route, Route::Events | Route::MetricPoints) {
            if request.method() == Method::POST {
                return match route {
                    Route::Events => ingest::events(&self.app, request, asker).await,
                    _ => ingest::metrics(&self.app, request, asker).await,
                };
            }
            let mut problem = Problem::of_status(StatusCode::METHOD_NOT_ALLOWED);
            problem.allow = Some(HeaderValue::from_static("POST"));
            return problem.into_response();
        }
        request.extensions_mut().insert(asker.clone());
        let answered: Result<Response, Infallible> = self.router.clone().oneshot(request).await;
        match answered {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

/// Writes the problem document where there is one to write; what only the log may know comes beside it.
fn finish(mut response: Response, id: &RequestId) -> (Response, Option<String>) {
    let (mut problem, allow) = match response.extensions_mut().remove::<Problem>() {
        Some(problem) => (problem, None),
        None => {
            let status = response.status();
            let is_told = response.headers().contains_key(CONTENT_TYPE) && !is_plain(&response);
            if is_told || !(status.is_client_error() || status.is_server_error()) {
                return (response, None);
            }
            (Problem::of_status(status), response.headers_mut().remove(ALLOW))
        }
    };
    problem.allow = problem.allow.take().or(allow);
    let secret = problem.secret.take();
    (problem.into_document(id), secret)
}

/// Whether an answer is one of axum's own refusals, which are plain text.
fn is_plain(response: &Response) -> bool {
    response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"))
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("panicked: {}", text.as_deref().unwrap_or("without a message"))
}

/// A line of the access log.
struct Line<'a> {
    method: &'a Method,
    route: Route,
    response: &'a Response,
    ms: f64,
    id: &'a RequestId,
    asker: &'a Asker,
}

fn log(line: &Line<'_>) {
    tracing::info!(
        target: "salescope::access",
        method = line.method.as_str(),
        route = line.route.template(),
        status = line.response.status().as_u16(),
        ms = format_args!("{:.3}", line.ms),
        bytes = line.response.body().size_hint().exact(),
        org = line.asker.told().map_or("-", |granted| granted.org().as_str()),
        request = line.id.as_str(),
    );
}

impl tower::Service<Request<Body>> for Edge {
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let edge = self.clone();
        Box::pin(async move { Ok(edge.answer(request).await) })
    }
}
