//! The versions of objects, each with the time from which it is known.

use salescope_domain::Instant;
use std::collections::BTreeMap;

/// A version of an object.
#[derive(Debug, Clone)]
pub(super) struct Stamped<V> {
    pub(super) known: Instant,
    pub(super) seq: u64,
    pub(super) value: V,
}

/// The versions of every object of one kind.
#[derive(Debug, Clone)]
pub(super) struct Timeline<K, V>(BTreeMap<K, Vec<Stamped<V>>>);

impl<K, V> Default for Timeline<K, V> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord + Clone, V: Clone> Timeline<K, V> {
    /// Adds the next version of an object: known no earlier than the one before it.
    pub(super) fn push(&mut self, key: K, known_at: Instant, seq: u64, value: V) {
        let versions = self.0.entry(key).or_default();
        let known = versions.last().map_or(known_at, |last| last.known.max(known_at));
        versions.push(Stamped { known, seq, value });
    }

    /// The last version of each object that is known at `at`, with its position in the journal.
    pub(super) fn at(&self, at: Instant) -> Vec<(K, u64, V)> {
        let mut known = Vec::new();
        for (key, versions) in &self.0 {
            if let Some(last) = versions.iter().rfind(|version| version.known <= at) {
                known.push((key.clone(), last.seq, last.value.clone()));
            }
        }
        known
    }

    /// The same as a map.
    pub(super) fn map_at(&self, at: Instant) -> BTreeMap<K, V> {
        self.at(at).into_iter().map(|(key, _, value)| (key, value)).collect()
    }
}
