//! A small server for tests: it keeps what it accepts, once for each event id, and misbehaves when it is told to.

use crate::http::Target;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io;
use std::rc::Rc;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// How a request is treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// As it should be.
    Good,
    /// 429, nothing kept.
    Overloaded,
    /// 503, but everything was kept.
    UnavailableAfterCommit,
    /// Everything is kept, then the connection breaks.
    BreaksAfterCommit,
}

/// What the server holds: by API key, events by id.
pub(crate) type Kept = HashMap<String, HashMap<String, Value>>;

/// A running server; it ends with the test's runtime.
#[derive(Debug)]
pub(crate) struct FakeServer {
    pub(crate) target: Target,
    state: Rc<State>,
    gate: watch::Sender<bool>,
}

#[derive(Debug)]
struct State {
    kept: RefCell<Kept>,
    requests: Cell<usize>,
    manner: fn(usize) -> Manner,
    open: watch::Receiver<bool>,
}

impl FakeServer {
    /// Serves on a free port; `manner` decides by the number of the request, not
    /// counting those that were sent again. Answers wait while the gate is shut.
    pub(crate) async fn start(manner: fn(usize) -> Manner, gate_open: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let target = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let (gate, open) = watch::channel(gate_open);
        let state = Rc::new(State { kept: RefCell::default(), requests: Cell::new(0), manner, open });
        let accepting = state.clone();
        tokio::task::spawn_local(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = accepting.clone();
                let service = service_fn(move |request| answer(state.clone(), request));
                // A connection that is broken on purpose ends with an error.
                tokio::task::spawn_local(
                    http1::Builder::new().serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        Self { target, state, gate }
    }

    /// Lets all answers go.
    pub(crate) fn open_gate(&self) {
        self.gate.send_replace(true);
    }

    /// What it holds.
    pub(crate) fn kept(&self) -> Kept {
        self.state.kept.borrow().clone()
    }
}

async fn answer(state: Rc<State>, request: Request<Incoming>) -> io::Result<Response<Full<Bytes>>> {
    let key =
        request.headers()["authorization"].to_str().unwrap().strip_prefix("Bearer ").unwrap().to_owned();
    let body = request.into_body().collect().await.map_err(io::Error::other)?.to_bytes();
    state.open.clone().wait_for(|open| *open).await.map_err(io::Error::other)?;
    let manner = if is_repeat(&state.kept.borrow(), &key, &body) {
        Manner::Good
    } else {
        (state.manner)(state.requests.replace(state.requests.get() + 1))
    };
    if manner == Manner::Overloaded {
        return Ok(response(429, &json!({})));
    }
    let results = keep(&mut state.kept.borrow_mut(), &key, &body);
    match manner {
        Manner::UnavailableAfterCommit => Ok(response(503, &json!({}))),
        Manner::BreaksAfterCommit => Err(io::Error::other("broken on purpose")),
        Manner::Good | Manner::Overloaded => Ok(response(200, &results)),
    }
}

/// Whether the body's first item is held already: what was sent again is answered as it should be.
fn is_repeat(kept: &Kept, key: &str, body: &[u8]) -> bool {
    let first = items_of(body).remove(0);
    kept.get(key).is_some_and(|held| held.contains_key(first["event_id"].as_str().unwrap()))
}

fn items_of(body: &[u8]) -> Vec<Value> {
    let body: Value = serde_json::from_slice(body).unwrap();
    if let Value::Array(items) = body { items } else { vec![body] }
}

fn keep(kept: &mut Kept, key: &str, body: &[u8]) -> Value {
    let journal = kept.entry(key.to_owned()).or_default();
    let mut results = Vec::new();
    for item in items_of(body) {
        let id = item["event_id"].as_str().unwrap().to_owned();
        let status = if journal.insert(id, item).is_none() { "accepted" } else { "duplicate" };
        results.push(json!({ "status": status }));
    }
    let count = |status| results.iter().filter(|result| result["status"] == status).count();
    let (accepted, duplicates) = (count("accepted"), count("duplicate"));
    json!({ "accepted": accepted, "duplicates": duplicates, "rejected": 0, "results": results })
}

fn response(status: u16, body: &Value) -> Response<Full<Bytes>> {
    Response::builder().status(status).body(Full::new(Bytes::from(body.to_string()))).unwrap()
}
