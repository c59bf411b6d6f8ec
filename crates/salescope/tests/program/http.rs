//! The API over a plain socket, byte by byte: what a library would never send can be sent.

use serde_json::Value;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

/// Longer than any answer takes: a server that does not answer fails the test instead of holding it up.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server's API, as whoever holds a key sees it.
#[derive(Clone)]
pub(crate) struct Api {
    address: String,
    key: String,
}

/// An answer: its status, and its body where that is JSON.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Reply {
    /// The status, and the code of a problem.
    pub(crate) fn told(&self) -> (u16, &str) {
        (self.status, self.body["code"].as_str().unwrap_or_default())
    }
}

impl Api {
    pub(crate) fn new(url: &str, key: &str) -> Self {
        Self { address: url.trim_start_matches("http://").to_owned(), key: key.to_owned() }
    }

    /// A request's head. The connection ends with the answer.
    pub(crate) fn head(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> String {
        let more: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        format!(
            "{method} {path} HTTP/1.1\r\nhost: salescope\r\nauthorization: Bearer {}\r\nconnection: close\r\n{more}\r\n",
            self.key
        )
    }

    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    pub(crate) fn get(&self, path: &str) -> Reply {
        let mut stream = self.connect();
        stream.write_all(self.head("GET", path, &[]).as_bytes()).unwrap();
        reply(&mut stream)
    }

    /// Sends events as JSON.
    pub(crate) fn events(&self, body: impl AsRef<[u8]>) -> Reply {
        self.post(&[("content-type", "application/json")], body.as_ref())
    }

    /// Sends a body of events under these headers. A server may answer before it has read all of it.
    pub(crate) fn post(&self, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let length = body.len().to_string();
        let headers = [headers, &[("content-length", &length)]].concat();
        let mut stream = self.connect();
        let sent = stream.write_all(self.head("POST", "/api/v1/events", &headers).as_bytes());
        let _ = sent.and_then(|()| stream.write_all(body));
        reply(&mut stream)
    }

    /// Sends the beginning of a request, and no more.
    pub(crate) fn begin(&self, bytes: &[u8]) -> Reply {
        let mut stream = self.connect();
        stream.write_all(bytes).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        reply(&mut stream)
    }
}

/// Reads to the end of the connection. Status 0 is no answer at all.
fn reply(stream: &mut TcpStream) -> Reply {
    let mut bytes = Vec::new();
    // A reset after the answer is an end as well.
    let _ = stream.read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_default();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
    Reply { status, body: serde_json::from_str(body).unwrap_or_default() }
}
