//! What the tests share: an engine in memory, and requests with and without a socket.

pub(crate) mod engine;

use axum::Router;
use axum::body::Body;
use engine::{KEY, State, TestEngine};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use parking_lot::MutexGuard;
use salescope_gateway::{Gateway, GatewayLimits, GatewayOptions};
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tower::ServiceExt;

/// Our clock in every test.
pub(crate) const NOW: &str = "2026-11-24T12:00:00Z";

pub(crate) fn options(limits: GatewayLimits) -> GatewayOptions {
    let now = NOW.parse().unwrap();
    GatewayOptions { limits, ..GatewayOptions::new(Arc::new(move || now), 0xfeed) }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The code of a problem document.
    pub(crate) fn code(&self) -> String {
        assert_eq!(self.headers["content-type"], "application/problem+json", "{}", self.text);
        let document = self.json();
        assert_eq!(document["status"], self.status.as_u16());
        assert_eq!(document["instance"].as_str().unwrap(), self.headers["x-request-id"]);
        document["code"].as_str().unwrap().to_owned()
    }
}

/// The gateway before an engine in memory.
pub(crate) struct Api {
    engine: Arc<TestEngine>,
    router: Router,
}

impl Api {
    pub(crate) fn new() -> Self {
        Self::with(options(GatewayLimits::default()))
    }

    pub(crate) fn with(options: GatewayOptions) -> Self {
        let engine = Arc::new(TestEngine::default());
        let router = Gateway::new(engine.clone(), options).router();
        Self { engine, router }
    }

    pub(crate) fn engine(&self) -> MutexGuard<'_, State> {
        self.engine.0.lock()
    }

    /// Sends a request as it is.
    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Reply {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    /// Sends a request with the valid key.
    pub(crate) async fn call(&self, method: &str, path: &str, kind: &str, body: impl Into<Body>) -> Reply {
        let request = Request::builder().method(method).uri(path);
        let request = request.header("authorization", format!("Bearer {KEY}")).header("content-type", kind);
        self.send(request.body(body.into()).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.call("GET", path, "application/json", Body::empty()).await
    }

    pub(crate) async fn json(&self, method: &str, path: &str, body: Value) -> Reply {
        self.call(method, path, "application/json", body.to_string()).await
    }

    pub(crate) async fn events(&self, body: impl Into<Body>) -> Reply {
        self.call("POST", "/api/v1/events", "application/json", body).await
    }
}

/// A server on a socket.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) engine: Arc<TestEngine>,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(limits: GatewayLimits) -> Self {
        let engine = Arc::new(TestEngine::default());
        let listener = salescope_gateway::listen("127.0.0.1:0".parse().unwrap()).unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let gateway = Gateway::new(engine.clone(), options(limits));
        let serving = tokio::spawn(async move {
            let stopped = async { drop(stopped.await) };
            salescope_gateway::serve(listener, gateway, stopped).await.unwrap();
        });
        Self { address, engine, stop, serving }
    }

    /// Stops the server, and waits until it has ended.
    pub(crate) async fn stop(self) {
        let _ = self.stop.send(());
        self.serving.await.unwrap();
    }
}
