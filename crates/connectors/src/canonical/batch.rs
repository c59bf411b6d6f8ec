//! Many items at once: a JSON array, a single object, or a line for each.
//!
//! Invariant: what is wrong with one item never touches its neighbours; only broken JSON spoils a whole body, and a
//! broken line only itself.

use super::draft::Draft;
use super::reject::Rejection;
use super::scan::Scanned;
use salescope_domain::DealId;
use serde::de::{Deserializer, SeqAccess, Visitor};
use std::fmt;

/// A body that is no list of items.
#[derive(Debug, thiserror::Error)]
pub enum Malformed {
    /// Not JSON.
    #[error("line {line}, column {column}: {reason}")]
    Json {
        /// Line, from 1.
        line: usize,
        /// Byte in the line, from 1.
        column: usize,
        /// What is wrong.
        reason: String,
    },
    /// More items than are taken at once.
    #[error("holds more than {max} items")]
    TooMany {
        /// The most.
        max: usize,
    },
}

impl From<&serde_json::Error> for Malformed {
    fn from(error: &serde_json::Error) -> Self {
        let text = error.to_string();
        let reason = text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _)| reason).to_owned();
        Self::Json { line: error.line(), column: error.column(), reason }
    }
}

/// One item, or why it is none.
pub type Parsed<'a> = Result<Draft<'a>, Rejection>;

fn draft(Scanned(scanned): Scanned<'_>, item_bytes_max: usize) -> Parsed<'_> {
    let members = scanned?;
    if members.bytes > item_bytes_max {
        let message = format!("is larger than {item_bytes_max} bytes");
        return Err(Rejection::whole("item_too_large", message));
    }
    Draft::new(members)
}

fn broken(error: &serde_json::Error) -> Rejection {
    Rejection::whole("invalid_json", Malformed::from(error).to_string())
}

/// One item.
///
/// # Errors
/// When the text is no JSON object, too large, or no kind of item that we know.
pub fn parse(text: &str, item_bytes_max: usize) -> Parsed<'_> {
    draft(serde_json::from_str(text).map_err(|error| broken(&error))?, item_bytes_max)
}

impl<'a> Draft<'a> {
    /// The fields of a deal that is named elsewhere, such as in a path. `deal_json` is its id as a JSON text. The type is
    /// `deal_updated` and the time that of the version, else of arrival, unless the item says otherwise.
    ///
    /// # Errors
    /// When the text is no JSON object, speaks of another deal or of no deal event.
    pub fn for_deal(text: &'a str, deal_json: &'a str, deal: &DealId) -> Parsed<'a> {
        let Scanned(members) = serde_json::from_str(text).map_err(|error| broken(&error))?;
        Self::of_deal(members?, deal_json, deal)
    }
}

/// Reads a JSON array of items, or a single one, and gives each to `take`, in order. When it fails, some were given already.
///
/// # Errors
/// When the text is no JSON, or holds more than `items_max`.
pub fn read_all<'a>(
    text: &'a str,
    items_max: usize,
    item_bytes_max: usize,
    mut take: impl FnMut(Parsed<'a>),
) -> Result<(), Malformed> {
    if !text.trim_start().starts_with('[') {
        let scanned = serde_json::from_str(text).map_err(|error| Malformed::from(&error))?;
        take(draft(scanned, item_bytes_max));
        return Ok(());
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = deserializer.deserialize_seq(Items { items_max, item_bytes_max, take });
    read.map_err(|error| Malformed::from(&error))?.ok_or(Malformed::TooMany { max: items_max })?;
    deserializer.end().map_err(|error| Malformed::from(&error))
}

struct Items<F> {
    items_max: usize,
    item_bytes_max: usize,
    take: F,
}

impl<'de, F: FnMut(Parsed<'de>)> Visitor<'de> for Items<F> {
    /// Nothing when there are too many.
    type Value = Option<()>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of items")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut count = 0;
        while let Some(scanned) = seq.next_element()? {
            if count == self.items_max {
                // The rest is skipped, so that the end of the list is found.
                while seq.next_element::<&'de serde_json::value::RawValue>()?.is_some() {}
                return Ok(None);
            }
            count += 1;
            (self.take)(draft(scanned, self.item_bytes_max));
        }
        Ok(Some(()))
    }
}

/// Reads an item of each line that is not blank, and gives each to `take`, in order. A line that is no UTF-8 or no JSON is refused
/// by itself.
///
/// # Errors
/// When there are more than `items_max`.
pub fn read_lines<'a>(
    bytes: &'a [u8],
    items_max: usize,
    item_bytes_max: usize,
    mut take: impl FnMut(Parsed<'a>),
) -> Result<(), Malformed> {
    let mut count = 0;
    for line in bytes.split(|byte| *byte == b'\n') {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        if count == items_max {
            return Err(Malformed::TooMany { max: items_max });
        }
        count += 1;
        take(match std::str::from_utf8(line) {
            Ok(text) => parse(text, item_bytes_max),
            Err(error) => {
                let message = format!("byte {} of the line is no UTF-8", error.valid_up_to());
                Err(Rejection::whole("invalid_utf8", message))
            }
        });
    }
    Ok(())
}
