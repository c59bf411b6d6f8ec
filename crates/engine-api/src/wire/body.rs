//! What messages carry: bodies as JSON of the domain's types, and checked words. Nothing that does not decode gets past here.

use crate::EngineError;
use serde::{Serialize, de::DeserializeOwned};
use std::fmt::Display;
use tonic::Status;

/// A message that the other end should not have sent: it is of another version, or no Salescope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} cannot be sent or read: {detail}")]
pub(super) struct Malformed {
    what: &'static str,
    detail: String,
}

impl Malformed {
    pub(super) fn new(what: &'static str, detail: impl Display) -> Self {
        Self { what, detail: detail.to_string() }
    }

    /// A field that has to be there.
    pub(super) fn missing(what: &'static str) -> Self {
        Self::new(what, "it is missing")
    }
}

impl From<Malformed> for Status {
    fn from(malformed: Malformed) -> Self {
        Self::invalid_argument(malformed.to_string())
    }
}

impl From<Malformed> for EngineError {
    fn from(malformed: Malformed) -> Self {
        Self::Internal { detail: malformed.to_string() }
    }
}

/// A body of a message.
pub(super) fn encode<T: Serialize>(what: &'static str, value: &T) -> Result<Vec<u8>, Malformed> {
    serde_json::to_vec(value).map_err(|error| Malformed::new(what, error))
}

/// What a body says.
pub(super) fn decode<T: DeserializeOwned>(what: &'static str, body: &[u8]) -> Result<T, Malformed> {
    serde_json::from_slice(body).map_err(|error| Malformed::new(what, error))
}

/// Several bodies.
pub(super) fn encode_all<'a, T: Serialize + 'a>(
    what: &'static str,
    values: impl IntoIterator<Item = &'a T>,
) -> Result<Vec<Vec<u8>>, Malformed> {
    values.into_iter().map(|value| encode(what, value)).collect()
}

/// What several bodies say.
pub(super) fn decode_all<T: DeserializeOwned>(
    what: &'static str,
    bodies: &[Vec<u8>],
) -> Result<Vec<T>, Malformed> {
    bodies.iter().map(|body| decode(what, body)).collect()
}

/// An id, or another checked text.
pub(super) fn id<T, E: Display>(
    what: &'static str,
    new: impl FnOnce(&str) -> Result<T, E>,
    text: &str,
) -> Result<T, Malformed> {
    new(text).map_err(|error| Malformed::new(what, format_args!("it {error}")))
}

/// A count of this machine; what does not fit is more than anything that is counted.
pub(super) fn count(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
