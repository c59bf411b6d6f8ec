//! The hash of what a payload says, apart from when and under which version it says it; and the hash of what it is about.
//!
//! Invariants: equal content gives equal hashes on every machine and in every build, as nothing of memory layout enters; what
//! is fed is unambiguous, as every text and list begins with its length and every choice with its code. 128 bits, so that two
//! different contents never meet by chance. The keys are fixed: a source that makes two of its own statements collide deceives
//! itself alone.

mod feed;
mod payload;

use crate::{Identity, Payload};
use feed::{Feed, Sink};

/// Counts the ways in which hashes were ever computed. Raise it when [`Payload::content_hash`] or [`Payload::identity_hash`]
/// answers otherwise for some payload than before (the golden test fails then): hashes of another form that were kept are
/// rebuilt from the journal.
pub const CONTENT_HASH_FORM: u32 = 2;

impl Payload {
    /// The hash of everything but version, business time and event id: equal ones say the same thing again.
    #[must_use]
    pub fn content_hash(&self) -> u128 {
        let mut sink = Sink::default();
        self.feed(&mut sink);
        sink.hash()
    }

    /// The hash of what is spoken of, as of [`Identity::hash`].
    #[must_use]
    pub fn identity_hash(&self) -> Option<u128> {
        self.identity().hash()
    }
}

impl Identity<'_> {
    /// The hash of kind, source, and the object's or fact's id there. None of a control entry.
    #[must_use]
    pub fn hash(&self) -> Option<u128> {
        let mut sink = Sink::default();
        match self {
            Self::Object { kind, source, id, version: _ } => (kind, source, id.as_ref()).feed(&mut sink),
            Self::Fact { kind, source, event_id, revision: _ } => {
                (kind, source.as_str(), event_id.as_str()).feed(&mut sink);
            }
            Self::Control => return None,
        }
        Some(sink.hash())
    }
}

#[cfg(test)]
mod tests;
