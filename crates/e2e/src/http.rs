//! One connection to the server, with the one question that matters: was an answer read whole?

use anyhow::{Context, Result};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// An answer takes no longer, or it is taken for lost: well above what a commit on a slow disk takes.
pub const ANSWER_MAX: Duration = Duration::from_secs(60);

/// An answer, read whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Bytes,
}

/// Who is asked, and as whom.
#[derive(Debug, Clone)]
pub struct Target {
    /// Where the server listens.
    pub address: SocketAddr,
    /// An organisation's API key.
    pub key: String,
}

/// A connection, opened when it is first needed and again after it broke.
#[derive(Debug)]
pub struct Connection {
    target: Target,
    sender: Option<SendRequest<Full<Bytes>>>,
}

impl Connection {
    /// Of nobody yet.
    #[must_use]
    pub fn new(target: Target) -> Self {
        Self { target, sender: None }
    }

    /// Posts a JSON body.
    ///
    /// # Errors
    /// When no whole answer came: whether the server did what it was asked is unknown.
    pub async fn post(&mut self, path: &str, body: String) -> Result<Reply> {
        self.ask(Method::POST, path, body.into()).await
    }

    /// Gets an address.
    ///
    /// # Errors
    /// When no whole answer came.
    pub async fn get(&mut self, path: &str) -> Result<Reply> {
        self.ask(Method::GET, path, Bytes::new()).await
    }

    async fn ask(&mut self, method: Method, path: &str, body: Bytes) -> Result<Reply> {
        let reply = timeout(ANSWER_MAX, self.exchange(method, path, body)).await;
        let reply = reply.context("no answer came in time").flatten();
        if reply.is_err() {
            self.sender = None;
        }
        reply
    }

    async fn exchange(&mut self, method: Method, path: &str, body: Bytes) -> Result<Reply> {
        if self.sender.as_ref().is_none_or(SendRequest::is_closed) {
            self.sender = Some(connect(self.target.address).await?);
        }
        let sender = self.sender.as_mut().expect("a connection was just made");
        sender.ready().await?;
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, "localhost")
            .header(AUTHORIZATION, format!("Bearer {}", self.target.key))
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(body))?;
        let answer = sender.send_request(request).await?;
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await?.to_bytes();
        Ok(Reply { status, body })
    }
}

async fn connect(address: SocketAddr) -> Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // It ends with the sender, or with the server; whoever waits for an answer hears of it.
    tokio::spawn(connection);
    Ok(sender)
}
