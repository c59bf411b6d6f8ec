//! News or repetition: the decision by which a statement is journaled once, whatever its source repeats or reorders.
//!
//! Pure: whoever takes statements in looks up the last accepted one about the same key, and keeps what comes out.

use crate::{Basis, Identity, Payload, Version};
use serde::{Deserialize, Serialize};

/// What is kept of the last accepted statement about a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Last {
    /// Of an object.
    Object {
        /// The version's number.
        number: i64,
        /// The version's sequence.
        sequence: u32,
        /// The hash of what was said, in the form [`crate::content::CONTENT_HASH_FORM`].
        content: u128,
    },
    /// Of a fact.
    Fact {
        /// Its revision.
        revision: u32,
    },
}

/// A statement, as far as its repetition is told by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement {
    /// What it is about: [`Payload::identity_hash`].
    pub key: u128,
    claim: Claim,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Claim {
    Object { version: Version, content: u128 },
    Fact { revision: u32 },
}

impl Statement {
    /// What `payload` states; nothing for a control entry, which is always news.
    #[must_use]
    pub fn of(payload: &Payload) -> Option<Self> {
        let identity = payload.identity();
        let claim = match identity {
            Identity::Object { version, .. } => Claim::Object { version, content: payload.content_hash() },
            Identity::Fact { revision, .. } => Claim::Fact { revision },
            Identity::Control => return None,
        };
        identity.hash().map(|key| Self { key, claim })
    }

    /// What is kept once it is accepted.
    #[must_use]
    pub fn as_last(&self) -> Last {
        match self.claim {
            Claim::Object { version, content } => {
                let (number, sequence) = version.order();
                Last::Object { number, sequence, content }
            }
            Claim::Fact { revision } => Last::Fact { revision },
        }
    }

    /// Whether it says anything after `before`, the last accepted statement about the same key.
    #[must_use]
    pub fn is_news(&self, before: Option<&Last>) -> bool {
        match (self.claim, before) {
            (_, None) => true,
            (Claim::Object { version, content }, Some(Last::Object { number, sequence, content: said })) => {
                let order = (*number, *sequence);
                let says_other = match version.basis {
                    Basis::Stated => true,
                    Basis::Timed => version.order() > order || content != *said,
                    Basis::Snapshot => content != *said,
                };
                version.supersedes(order) && says_other
            }
            (Claim::Fact { revision }, Some(Last::Fact { revision: last })) => revision > *last,
            (Claim::Object { .. }, Some(Last::Fact { .. }))
            | (Claim::Fact { .. }, Some(Last::Object { .. })) => {
                unreachable!("a kind is either of objects or of facts, and a key is of one kind")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(basis: Basis, number: i64, content: u128) -> Statement {
        let version = Version { basis, number, sequence: 0 };
        Statement { key: 7, claim: Claim::Object { version, content } }
    }

    #[test]
    fn only_what_is_newer_or_says_something_else_is_news() {
        let last = statement(Basis::Stated, 5, 1).as_last();
        let news = |basis, number, content| statement(basis, number, content).is_news(Some(&last));
        // Columns: older, equal and newer; each with the same and with other content.
        let table = [
            (Basis::Stated, [(false, false), (false, false), (true, true)]),
            (Basis::Timed, [(false, false), (false, true), (true, true)]),
            (Basis::Snapshot, [(false, false), (false, true), (false, true)]),
        ];
        for (basis, columns) in table {
            for (number, (same, other)) in (4..).zip(columns) {
                assert_eq!(news(basis, number, 1), same, "{basis:?} {number} same");
                assert_eq!(news(basis, number, 2), other, "{basis:?} {number} other");
                assert!(statement(basis, number, 1).is_news(None));
            }
        }
    }

    #[test]
    fn a_fact_is_news_by_its_revision_alone() {
        let json = |revision: u32| {
            format!(
                r#"{{"activity":{{"source":"s","event_id":"e","revision":{revision},"occurred_at":5,"kind":"call"}}}}"#
            )
        };
        let of = |revision| Statement::of(&serde_json::from_str(&json(revision)).unwrap()).unwrap();
        assert_eq!(of(1).key, of(2).key);
        assert!(of(2).is_news(Some(&of(1).as_last())));
        assert!(!of(1).is_news(Some(&of(1).as_last())) && !of(0).is_news(Some(&of(1).as_last())));
    }
}
