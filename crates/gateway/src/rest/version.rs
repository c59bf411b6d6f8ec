//! Versions of statements by REST.

use salescope_domain::{Instant, Version};
use serde::Deserialize;
use utoipa::ToSchema;

/// A version that a sender states: a counter, or the time of the change at the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum StatedVersion {
    /// A counter.
    Number(i64),
    /// A time, as RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    Time(#[serde(deserialize_with = "time")] Instant),
}

fn time<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Instant, D::Error> {
    let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
    text.parse().map_err(serde::de::Error::custom)
}

/// The version of a statement: the stated one; else the statement counts as read now, and the same content is no news.
pub(crate) fn version(stated: Option<StatedVersion>, now: Instant) -> Version {
    match stated {
        Some(StatedVersion::Number(number)) => Version::stated(number),
        Some(StatedVersion::Time(at)) => Version::stated(at.ms()),
        None => Version::snapshot(now.ms()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_a_number_or_a_time() {
        let read = |text: &str| serde_json::from_str::<StatedVersion>(text).ok();
        let now = Instant::from_ms(9);
        assert_eq!(version(read("7"), now), Version::stated(7));
        assert_eq!(version(read("\"1970-01-01T00:00:01Z\""), now), Version::stated(1000));
        assert_eq!(version(None, now), Version::snapshot(9));
        assert_eq!(read("\"seven\""), None);
    }
}
