//! One kept-alive connection with one request in flight. A failed exchange drops the connection; the next one opens
//! another.

use super::{HttpError, Response, head};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A response that is not whole by then is given up. Longer than any stall that a server under test should have, so that a
/// stall shows as latency and not as an error.
pub(crate) const RESPONSE_TIMEOUT: Duration = Duration::from_secs(60);

/// A larger response is an error: the answer to 10,000 items is below 1 MiB.
const RESPONSE_BYTES_MAX: usize = 64 << 20;

/// What is read at once at least.
const READ_BYTES_MIN: usize = 8 << 10;

/// A connection to one address.
#[derive(Debug)]
pub(crate) struct Connection {
    address: SocketAddr,
    timeout: Duration,
    stream: Option<TcpStream>,
    input: Vec<u8>,
}

impl Connection {
    /// Not open yet: the first exchange opens it.
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address, timeout: RESPONSE_TIMEOUT, stream: None, input: Vec::new() }
    }

    /// Opens the connection unless it is open.
    pub(crate) async fn open(&mut self) -> Result<(), HttpError> {
        if self.stream.is_none() {
            let stream = TcpStream::connect(self.address).await?;
            stream.set_nodelay(true)?;
            self.stream = Some(stream);
        }
        Ok(())
    }

    /// Sends a whole request and reads the whole response.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> Result<Response<'_>, HttpError> {
        let timeout = self.timeout;
        let result = tokio::time::timeout(timeout, self.send_and_read(request)).await;
        let head = match result.unwrap_or(Err(HttpError::TimedOut(timeout))) {
            Ok(head) => head,
            Err(error) => {
                self.stream = None;
                return Err(error);
            }
        };
        if head.closes {
            self.stream = None;
        }
        let body = &self.input[head.head_bytes..head.head_bytes + head.body_bytes];
        Ok(Response { status: head.status, retry_after: head.retry_after, body })
    }

    async fn send_and_read(&mut self, request: &[u8]) -> Result<head::Head, HttpError> {
        self.open().await?;
        let stream = self.stream.as_mut().expect("it was opened above");
        stream.write_all(request).await?;
        self.input.clear();
        let head = loop {
            read_some(stream, &mut self.input, READ_BYTES_MIN).await?;
            if let Some(head) = head::parse(&self.input)? {
                break head;
            }
        };
        let total = head.head_bytes.saturating_add(head.body_bytes);
        if total > RESPONSE_BYTES_MAX {
            return Err(HttpError::Unreadable("it is too long"));
        }
        while self.input.len() < total {
            let missing = total - self.input.len();
            read_some(stream, &mut self.input, missing).await?;
        }
        Ok(head)
    }
}

async fn read_some(stream: &mut TcpStream, input: &mut Vec<u8>, room_bytes: usize) -> Result<(), HttpError> {
    input.reserve(room_bytes);
    if stream.read_buf(input).await? == 0 { Err(HttpError::Closed) } else { Ok(()) }
}
