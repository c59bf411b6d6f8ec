//! Typed ids: what a source calls an object, or what Salescope calls a person.
//!
//! Invariant: an id is 1 to 255 bytes of text without control characters and without blanks at its ends.

use compact_str::CompactString;
use serde::{Deserialize, Serialize, Serializer};

/// Longest id or label, in bytes.
pub const ID_BYTES_MAX: usize = 255;

/// Why a text is not an id or label.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing is left after trimming.
    #[error("is empty")]
    Empty,
    /// Longer than [`ID_BYTES_MAX`].
    #[error("is {0} bytes long; the most is {ID_BYTES_MAX}")]
    TooLong(usize),
    /// Holds a control character such as NUL or a line break.
    #[error("holds a control character")]
    Control,
}

fn check(text: &str) -> Result<&str, IdError> {
    // The usual text, in one pass that the compiler turns into a few steps for all of it.
    let is_plain = text.bytes().fold(true, |is_plain, byte| is_plain & matches!(byte, b' '..=b'~'));
    let ends = (text.as_bytes().first(), text.as_bytes().last());
    if is_plain
        && text.len() <= ID_BYTES_MAX
        && matches!(ends, (Some(first), Some(last)) if *first != b' ' && *last != b' ')
    {
        return Ok(text);
    }
    let text = text.trim();
    if text.is_empty() {
        return Err(IdError::Empty);
    }
    if text.len() > ID_BYTES_MAX {
        return Err(IdError::TooLong(text.len()));
    }
    if text.chars().any(char::is_control) {
        return Err(IdError::Control);
    }
    Ok(text)
}

macro_rules! text_ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
        #[serde(try_from = "CompactString")]
        pub struct $name(CompactString);

        impl $name {
            /// Checks and trims `text`.
            ///
            /// # Errors
            /// When it is empty, too long or holds control characters.
            pub fn new(text: &str) -> Result<Self, IdError> {
                check(text).map(|text| Self(text.into()))
            }

            /// The text itself.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<CompactString> for $name {
            type Error = IdError;
            fn try_from(text: CompactString) -> Result<Self, IdError> {
                if check(&text)?.len() == text.len() { Ok(Self(text)) } else { Self::new(&text) }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                encoder: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                encoder.str(&self.0)?.ok()
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(
                decoder: &mut minicbor::Decoder<'b>,
                _: &mut C,
            ) -> Result<Self, minicbor::decode::Error> {
                Self::new(decoder.str()?).map_err(minicbor::decode::Error::custom)
            }
        }

        impl From<$name> for CompactString {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

text_ids! {
    /// An organisation's slug, unique in an installation.
    OrgId;
    /// A connected system, such as `csv` or `salesforce:00D5g`.
    SourceId;
    /// A deal as its source calls it.
    DealId;
    /// A person. Never a name or an address: those live in erasable tables.
    PersonId;
    /// A team. Like a person's, its display name lives in erasable tables.
    TeamId;
    /// An account (customer company).
    AccountId;
    /// A product.
    ProductId;
    /// A stage of a pipeline.
    StageId;
    /// A pipeline (sales process).
    PipelineId;
    /// An additive fact's id at its source.
    EventId;
    /// A quota's id at its source.
    QuotaId;
    /// A KPI definition's id.
    KpiId;
    /// A dimension's value or another short free text.
    Label;
    /// The name of an organisation's own field.
    FieldName;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_trimmed_and_never_empty_long_or_with_control_characters() {
        assert_eq!(DealId::new("  A1 ").unwrap().as_str(), "A1");
        assert_eq!(DealId::new("   "), Err(IdError::Empty));
        assert_eq!(DealId::new("a\u{0}b"), Err(IdError::Control));
        assert_eq!(DealId::new(&"x".repeat(256)), Err(IdError::TooLong(256)));
        assert!(serde_json::from_str::<DealId>("\"\"").is_err());
    }
}
