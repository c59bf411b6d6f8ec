//! The facts that figures count: each is in a group, and brings a piece of a deal.

pub(crate) mod blind;
pub(crate) mod closed;
pub(crate) mod created;
pub(crate) mod frozen;
pub(crate) mod open;
pub(crate) mod quota;
pub(crate) mod stays;
pub(crate) mod sum;

use crate::figure::Key;

/// A fact in its group.
#[derive(Debug, Clone)]
pub(crate) struct Placed<T> {
    pub(crate) key: Key,
    pub(crate) fact: T,
}

/// The facts of one group.
pub(crate) fn of<'a, T>(facts: &'a [Placed<T>], key: &Key) -> Vec<&'a T> {
    facts.iter().filter(|placed| placed.key == *key).map(|placed| &placed.fact).collect()
}

/// The groups of facts.
pub(crate) fn keys<T>(facts: &[Placed<T>]) -> Vec<Key> {
    facts.iter().map(|placed| placed.key.clone()).collect()
}
