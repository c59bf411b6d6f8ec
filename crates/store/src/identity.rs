//! News or repetition: the decision by which a statement is journaled once, whatever its source repeats or reorders.
//!
//! Pure: a backend looks up the last accepted statement of each key and keeps what comes out.

use crate::content::{ContentHash, hash_content};
use salescope_domain::{Basis, Identity, Payload, Version};

/// What a statement is about, within an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) kind: &'static str,
    /// Empty for what the organisation itself states.
    pub(crate) source: String,
    /// An object's id, or a fact's event id.
    pub(crate) id: String,
}

/// What is kept of the last accepted statement about a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Last {
    /// Of an object: the version's order, and what was said.
    Object { order: (i64, u32), content: ContentHash },
    /// Of a fact.
    Fact { revision: u32 },
}

/// A statement, as far as its repetition is told by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement {
    pub(crate) key: Key,
    claim: Claim,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Claim {
    Object { version: Version, content: ContentHash },
    Fact { revision: u32 },
}

impl Statement {
    /// What `payload` states.
    pub(crate) fn of(payload: &Payload) -> Self {
        match payload.identity() {
            Identity::Object { kind, source, id, version } => {
                let key = Key { kind, source: source.to_owned(), id: id.into_owned() };
                Self { key, claim: Claim::Object { version, content: hash_content(payload) } }
            }
            Identity::Fact { kind, source, event_id, revision } => {
                let key = Key { kind, source: source.as_str().to_owned(), id: event_id.as_str().to_owned() };
                Self { key, claim: Claim::Fact { revision } }
            }
        }
    }

    /// What is kept once it is accepted.
    pub(crate) fn as_last(&self) -> Last {
        match self.claim {
            Claim::Object { version, content } => Last::Object { order: version.order(), content },
            Claim::Fact { revision } => Last::Fact { revision },
        }
    }

    /// Whether it says anything after `before`, the last accepted statement about the same key.
    pub(crate) fn is_news(&self, before: Option<&Last>) -> bool {
        match (self.claim, before) {
            (_, None) => true,
            (Claim::Object { version, content }, Some(Last::Object { order, content: said })) => {
                let says_other = match version.basis {
                    Basis::Stated => true,
                    Basis::Timed => version.order() > *order || content != *said,
                    Basis::Snapshot => content != *said,
                };
                version.supersedes(*order) && says_other
            }
            (Claim::Fact { revision }, Some(Last::Fact { revision: last })) => revision > *last,
            (Claim::Object { .. }, Some(Last::Fact { .. }))
            | (Claim::Fact { .. }, Some(Last::Object { .. })) => {
                unreachable!("a kind is either of objects or of facts")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement(basis: Basis, number: i64, content: u8) -> Statement {
        let key = Key { kind: "deal", source: "csv".to_owned(), id: "A1".to_owned() };
        let version = Version { basis, number, sequence: 0 };
        Statement { key, claim: Claim::Object { version, content: [content; 16] } }
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
}
