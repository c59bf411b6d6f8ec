//! The id of a request: the sender's own where it is sane, else one of ours.

use http::{HeaderMap, HeaderName, HeaderValue};
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

/// The header that carries it, both ways.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest id of a sender, in bytes: a UUID takes 36.
const BYTES_MAX: usize = 64;

/// Letters, digits and `-_.`, at most 64 of them: safe in any log and any header.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(HeaderValue);

impl RequestId {
    pub(crate) fn as_str(&self) -> &str {
        self.0.to_str().expect("a request id is ASCII")
    }

    pub(crate) fn to_header(&self) -> HeaderValue {
        self.0.clone()
    }
}

/// Gives out ids: a random number of the process, then a counter.
pub(crate) struct RequestIds {
    random: u64,
    next: AtomicU64,
}

impl RequestIds {
    pub(crate) fn new(random: u64) -> Self {
        Self { random, next: AtomicU64::new(1) }
    }

    pub(crate) fn of(&self, headers: &HeaderMap) -> RequestId {
        if let Some(stated) = headers.get(X_REQUEST_ID)
            && is_sane(stated.as_bytes())
        {
            return RequestId(stated.clone());
        }
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let mut id = String::with_capacity(33);
        write!(id, "{:016x}-{number:x}", self.random).expect("a string takes every digit");
        RequestId(
            HeaderValue::from_maybe_shared(bytes::Bytes::from(id)).expect("hex digits are a header value"),
        )
    }
}

fn is_sane(id: &[u8]) -> bool {
    (1..=BYTES_MAX).contains(&id.len())
        && id.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sane_id_of_the_sender_is_kept_and_any_other_replaced() {
        let ids = RequestIds::new(7);
        let mut headers = HeaderMap::new();
        assert_eq!(ids.of(&headers).as_str(), "0000000000000007-1");
        headers.insert(X_REQUEST_ID, HeaderValue::from_static("a-1_b.c"));
        assert_eq!(ids.of(&headers).as_str(), "a-1_b.c");
        for bad in ["", "a b", "x\"y", &"x".repeat(65)] {
            headers.insert(X_REQUEST_ID, HeaderValue::from_str(bad).unwrap());
            assert!(ids.of(&headers).as_str().starts_with("0000000000000007-"), "{bad:?}");
        }
    }
}
