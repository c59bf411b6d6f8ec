//! The little of an HTTP client that the demonstration needs: JSON to and from one server.

use crate::problem::{problem, usage};
use anyhow::Result;
use http::{Method, Request, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use std::time::Duration;

/// Largest answer, in bytes: the results of a thousand events are some 50 KB.
const ANSWER_BYTES_MAX: usize = 4 << 20;

/// How long the server may take to answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// Requests made again because the server had no room: a minute where it asks for a second.
const TRIES_MAX: u32 = 60;

/// A server's API with one organisation's key.
pub(super) struct Api {
    base: String,
    key: String,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Api {
    /// The API of the server at `url`.
    pub(super) fn new(url: &str, key: String) -> Result<Self> {
        let base = url.trim_end_matches('/').to_owned();
        let uri: Uri =
            base.parse().map_err(|_| usage(format!("{url:?} is not a URL such as http://127.0.0.1:8080")))?;
        if uri.scheme_str() != Some("http") || uri.host().is_none() {
            return Err(usage(format!(
                "{url:?} is not a URL such as http://127.0.0.1:8080; https is not spoken here"
            )));
        }
        Ok(Self { base, key, client: Client::builder(TokioExecutor::new()).build_http() })
    }

    /// What the server says at `path`.
    pub(super) async fn get(&self, path: &str) -> Result<Value> {
        self.call(Method::GET, path, Bytes::new()).await
    }

    /// Puts a document.
    pub(super) async fn put(&self, path: &str, body: &Value) -> Result<Value> {
        self.call(Method::PUT, path, serde_json::to_vec(body)?.into()).await
    }

    /// Posts events.
    pub(super) async fn post(&self, path: &str, body: &[Value]) -> Result<Value> {
        self.call(Method::POST, path, serde_json::to_vec(body)?.into()).await
    }

    async fn call(&self, method: Method, path: &str, body: Bytes) -> Result<Value> {
        let mut tries = 1;
        loop {
            let request = Request::builder()
                .method(method.clone())
                .uri(format!("{}/api/v1{path}", self.base))
                .header(header::AUTHORIZATION, format!("Bearer {}", self.key))
                .header(header::CONTENT_TYPE, "application/json")
                .body(Full::new(body.clone()))?;
            let answer = tokio::time::timeout(ANSWER_TIMEOUT, self.client.request(request));
            let failed = |reason: String| {
                problem("server_not_answering", format!("{} does not answer: {reason}", self.base))
            };
            let answer = answer.await.map_err(|_| failed("it takes too long".to_owned()))?;
            let answer = answer.map_err(|error| failed(error.to_string()))?;
            let status = answer.status();
            let wait =
                answer.headers().get(header::RETRY_AFTER).and_then(|wait| wait.to_str().ok()?.parse().ok());
            let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX).collect().await;
            let body = body.map_err(|error| failed(error.to_string()))?.to_bytes();
            if let Some(seconds) = wait
                && tries < TRIES_MAX
            {
                tries += 1;
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                continue;
            }
            if !status.is_success() {
                let told = serde_json::from_slice::<Value>(&body).unwrap_or_default();
                let detail =
                    told["detail"].as_str().or(told["title"].as_str()).unwrap_or("no reason is given");
                let code = told["code"].as_str().unwrap_or("request_refused");
                return Err(problem(code, format!("{method} {path} was refused ({status}): {detail}")));
            }
            return Ok(if body.is_empty() { Value::Null } else { serde_json::from_slice(&body)? });
        }
    }
}
