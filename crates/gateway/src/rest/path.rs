//! Variable parts of addresses.

use crate::code::Code;
use crate::problem::{Outcome, Problem};
use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use salescope_domain::IdError;

/// The one variable part of an address.
pub(crate) struct Part(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Part {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Outcome<Self> {
        let read = Path::<String>::from_request_parts(parts, state).await;
        read.map(|Path(text)| Self(text)).map_err(|error| Problem::new(Code::InvalidPath, error.body_text()))
    }
}

impl Part {
    /// It as an id.
    pub(crate) fn id<T>(&self, make: impl Fn(&str) -> Result<T, IdError>) -> Outcome<T> {
        make(&self.0).map_err(|error| Problem::new(Code::InvalidPath, format!("the id in the path {error}")))
    }

    /// It as a position.
    pub(crate) fn position(&self) -> Outcome<u64> {
        let wrong = |_| Problem::new(Code::InvalidPath, format!("{:?} is no position of an entry", self.0));
        self.0.parse().map_err(wrong)
    }
}
