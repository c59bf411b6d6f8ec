//! Decimals of documents: a text or a JSON number, read from its digits.

use salescope_domain::Decimal;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// A decimal, exactly as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exact(pub(crate) Decimal);

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        let text = raw.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(raw);
        text.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_is_read_from_its_digits_in_either_form() {
        for text in ["0.1234567890123456", "\"0.1234567890123456\""] {
            assert_eq!(serde_json::from_str::<Exact>(text).unwrap().0.to_string(), "0.1234567890123456");
        }
        for text in ["null", "\"NaN\"", "[]", "true", "1e400"] {
            assert!(serde_json::from_str::<Exact>(text).is_err(), "{text}");
        }
    }
}
