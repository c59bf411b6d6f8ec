//! Requests as bytes. The part of a POST's head that never changes is made once for each organisation.

use super::Target;
use std::io::Write;

/// The head of a POST of JSON up to the value of its last header, `Content-Length`.
pub(crate) fn post_head(target: &Target, path: &str, key: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: ",
        target.host
    )
    .into_bytes()
}

/// Replaces `request` by the POST of `body`.
pub(crate) fn write_post(request: &mut Vec<u8>, head: &[u8], body: &[u8]) {
    request.clear();
    request.reserve(head.len() + 16 + body.len());
    request.extend_from_slice(head);
    write!(request, "{}\r\n\r\n", body.len()).expect("a vector takes all bytes");
    request.extend_from_slice(body);
}

/// Replaces `request` by a GET.
pub(crate) fn write_get(request: &mut Vec<u8>, target: &Target, path: &str, key: Option<&str>) {
    request.clear();
    let authorization = key.map(|key| format!("Authorization: Bearer {key}\r\n")).unwrap_or_default();
    write!(request, "GET {path} HTTP/1.1\r\nHost: {}\r\n{authorization}\r\n", target.host)
        .expect("a vector takes all bytes");
}
