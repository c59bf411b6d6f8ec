//! Entries put aside: an organisation's own control entries, and what they come to.
//!
//! An entry that crashes the fold is named by a later [`Quarantine`] entry and is then skipped by whoever folds the journal,
//! until a [`Release`] names it. Invariant: what is skipped is a pure fold of the control entries in the order of the
//! journal, so that the engine and its verifier skip the same.

use crate::{Entry, Payload};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Puts an entry of the same journal aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quarantine {
    /// The entry that is skipped from now on.
    pub tenant_seq: u64,
    /// Why, for people.
    pub reason: String,
    /// Whether somebody decided to leave it out for good. It is skipped either way.
    #[serde(default)]
    pub dropped: bool,
}

/// Takes a quarantined entry back: it counts again, in its own place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// The entry that counts again.
    pub tenant_seq: u64,
}

/// Positions of the entries that do not count: those whose last control entry quarantines them.
#[must_use]
pub fn skipped(entries: &[Entry]) -> BTreeSet<u64> {
    let mut skipped = BTreeSet::new();
    for entry in entries {
        match &entry.payload {
            Payload::Quarantine(put) => drop(skipped.insert(put.tenant_seq)),
            Payload::Release(taken) => drop(skipped.remove(&taken.tenant_seq)),
            _ => {}
        }
    }
    skipped
}

/// The entries that count, in order. `entries` is a whole journal up to some position: what is skipped may be told by its end.
#[must_use]
pub fn in_force(entries: &[Entry]) -> Vec<Entry> {
    let skipped = skipped(entries);
    entries.iter().filter(|entry| !skipped.contains(&entry.tenant_seq)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Instant, SettingsChange, Version};

    fn journal(payloads: impl IntoIterator<Item = Payload>) -> Vec<Entry> {
        let at = Instant::from_ms(0);
        let entry = |(tenant_seq, payload)| Entry { tenant_seq, known_at: at, observed_at: at, payload };
        (1..).zip(payloads).map(entry).collect()
    }

    fn plain() -> Payload {
        Payload::from(SettingsChange::empty(Version::stated(1)))
    }

    fn put(tenant_seq: u64) -> Payload {
        Payload::from(Quarantine { tenant_seq, reason: "crashes".to_owned(), dropped: false })
    }

    fn take(tenant_seq: u64) -> Payload {
        Payload::Release(Release { tenant_seq })
    }

    #[test]
    fn an_entry_is_skipped_while_its_last_control_entry_quarantines_it() {
        let skips = |payloads: Vec<Payload>| skipped(&journal(payloads)).into_iter().collect::<Vec<_>>();
        assert_eq!(skips(vec![plain(), plain()]), [0; 0]);
        assert_eq!(skips(vec![plain(), plain(), put(2)]), [2]);
        assert_eq!(skips(vec![plain(), plain(), put(2), put(1), take(2)]), [1]);
        assert_eq!(skips(vec![plain(), put(1), take(1), put(1)]), [1]);
        assert_eq!(skips(vec![plain(), take(1)]), [0; 0]);
    }

    #[test]
    fn one_that_was_dropped_is_skipped_and_can_be_released_too() {
        let dropped = Quarantine { tenant_seq: 1, reason: "not ours".to_owned(), dropped: true };
        let mut entries = journal([plain(), put(1), Payload::from(dropped)]);
        assert_eq!(skipped(&entries), BTreeSet::from([1]));
        entries = journal(entries.into_iter().map(|entry| entry.payload).chain([take(1)]));
        assert_eq!(in_force(&entries), entries);
    }

    #[test]
    fn what_is_in_force_keeps_its_positions_and_the_control_entries() {
        let entries = journal([plain(), plain(), put(1)]);
        let positions: Vec<u64> = in_force(&entries).iter().map(|entry| entry.tenant_seq).collect();
        assert_eq!(positions, [2, 3]);
    }

    #[test]
    fn a_control_entry_says_whether_it_was_a_decision_only_where_it_was() {
        let read: Payload =
            serde_json::from_str(r#"{"quarantine":{"tenant_seq":3,"reason":"crashes"}}"#).unwrap();
        assert_eq!(read, put(3));
    }
}
