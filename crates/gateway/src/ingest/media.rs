//! Which media types ingest reads.

use crate::code::Code;
use crate::problem::{Outcome, Problem};
use http::HeaderMap;
use http::header::CONTENT_TYPE;

/// How items are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Media {
    /// A JSON array, or a single object.
    Json,
    /// An object a line.
    Lines,
}

impl Media {
    /// The stated type; JSON where none is stated.
    pub(super) fn of(headers: &HeaderMap) -> Outcome<Self> {
        let Some(stated) = headers.get(CONTENT_TYPE) else { return Ok(Self::Json) };
        let wrong = || {
            let detail = "send application/json or application/x-ndjson, in UTF-8";
            Problem::new(Code::UnsupportedMediaType, detail)
        };
        let mut parts = stated.to_str().map_err(|_| wrong())?.split(';').map(str::trim);
        let kind = parts.next().unwrap_or_default();
        let charset = parts
            .find_map(|part| part.split_once('=').filter(|(name, _)| name.eq_ignore_ascii_case("charset")));
        let is_utf8 = charset.is_none_or(|(_, name)| {
            let name = name.trim_matches('"');
            name.eq_ignore_ascii_case("utf-8") || name.eq_ignore_ascii_case("us-ascii")
        });
        let is = |known: &str| kind.eq_ignore_ascii_case(known);
        if !is_utf8 {
            return Err(wrong());
        }
        if is("application/json") {
            return Ok(Self::Json);
        }
        if is("application/x-ndjson") || is("application/ndjson") || is("application/jsonl") {
            return Ok(Self::Lines);
        }
        Err(wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_and_lines_of_json_are_read_and_nothing_else() {
        let media = |kind: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, http::HeaderValue::from_static(kind));
            Media::of(&headers).ok()
        };
        assert_eq!(Media::of(&HeaderMap::new()).ok(), Some(Media::Json));
        assert_eq!(media("Application/JSON; charset=UTF-8"), Some(Media::Json));
        assert_eq!(media("application/x-ndjson"), Some(Media::Lines));
        for wrong in
            ["text/plain", "application/json; charset=latin1", "application/x-www-form-urlencoded", ""]
        {
            assert_eq!(media(wrong), None, "{wrong}");
        }
    }
}
