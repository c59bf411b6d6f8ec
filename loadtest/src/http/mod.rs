//! HTTP/1.1 as far as a load generator needs it: requests made by appending bytes, one kept-alive connection, responses
//! with a stated length. What it saves in CPU time is the server's to use.

mod connection;
mod head;
mod request;
mod rest;
mod target;

pub(crate) use connection::Connection;
pub(crate) use request::{post_head, write_get, write_post};
pub(crate) use rest::Rest;
pub(crate) use target::Target;

use std::time::Duration;
use thiserror::Error;

/// Why an exchange has no response. Whether the server acted on the request is then unknown.
#[derive(Debug, Error)]
pub(crate) enum HttpError {
    /// Connecting, writing or reading failed.
    #[error("the connection failed: {0}")]
    Io(#[from] std::io::Error),
    /// The server closed the connection before the response was whole.
    #[error("the server closed the connection in mid-response")]
    Closed,
    /// No whole response in time.
    #[error("no response within {} s", .0.as_secs())]
    TimedOut(Duration),
    /// Not what this client can read.
    #[error("the response cannot be read: {0}")]
    Unreadable(&'static str),
}

/// A response; its body lies in the connection's buffer.
#[derive(Debug)]
pub(crate) struct Response<'a> {
    /// The status code.
    pub(crate) status: u16,
    /// When to try again, as the server says.
    pub(crate) retry_after: Option<Duration>,
    /// The body.
    pub(crate) body: &'a [u8],
}
