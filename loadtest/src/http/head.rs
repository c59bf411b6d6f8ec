//! The head of a response: status, length, and what else this client heeds. Bodies without a stated length are refused:
//! the servers that are measured state it.

use super::HttpError;
use std::time::Duration;

/// A longer head is an error, in bytes: no server that is measured sends as much.
const HEAD_BYTES_MAX: usize = 16 * 1024;

/// What a head says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) status: u16,
    /// With the blank line.
    pub(super) head_bytes: usize,
    pub(super) body_bytes: usize,
    /// Whether the server closes the connection after this response.
    pub(super) closes: bool,
    pub(super) retry_after: Option<Duration>,
}

/// Reads a head from the start of the bytes; `None` where it is not whole yet.
pub(super) fn parse(bytes: &[u8]) -> Result<Option<Head>, HttpError> {
    let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
        return if bytes.len() > HEAD_BYTES_MAX {
            Err(HttpError::Unreadable("its head is too long"))
        } else {
            Ok(None)
        };
    };
    let text =
        std::str::from_utf8(&bytes[..end]).map_err(|_| HttpError::Unreadable("its head is no text"))?;
    let mut lines = text.split("\r\n");
    let status = lines.next().and_then(status_of).ok_or(HttpError::Unreadable("it has no status line"))?;
    let mut head = Head { status, head_bytes: end + 4, body_bytes: 0, closes: false, retry_after: None };
    let mut length = None;
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let value = value.trim();
        if name.eq_ignore_ascii_case("content-length") {
            length = value.parse().ok();
        } else if name.eq_ignore_ascii_case("connection") {
            head.closes = value.eq_ignore_ascii_case("close");
        } else if name.eq_ignore_ascii_case("retry-after") {
            head.retry_after = value.parse().ok().map(Duration::from_secs);
        }
    }
    head.body_bytes = match length {
        Some(bytes) => bytes,
        None if status == 204 || status == 304 => 0,
        None => return Err(HttpError::Unreadable("it states no length")),
    };
    Ok(Some(head))
}

fn status_of(line: &str) -> Option<u16> {
    line.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_whatever_the_case_of_its_names() {
        let bytes = b"HTTP/1.1 429 Too Many Requests\r\ncontent-length: 12\r\nRetry-After: 2\r\nConnection: close\r\n\r\n{}";
        let expected = Head {
            status: 429,
            head_bytes: bytes.len() - 2,
            body_bytes: 12,
            closes: true,
            retry_after: Some(Duration::from_secs(2)),
        };
        assert_eq!(parse(bytes).unwrap(), Some(expected));
    }

    #[test]
    fn every_beginning_of_a_head_asks_for_more() {
        let bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        for end in 0..bytes.len() {
            assert_eq!(parse(&bytes[..end]).unwrap(), None, "{end}");
        }
        assert!(parse(bytes).unwrap().is_some());
    }

    #[test]
    fn a_body_without_a_length_and_an_endless_head_are_refused() {
        assert!(parse(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").is_err());
        assert!(parse(b"SSH-2.0\r\n\r\n").is_err());
        assert!(parse(&vec![b'x'; HEAD_BYTES_MAX + 1]).is_err());
    }
}
