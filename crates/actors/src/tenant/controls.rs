//! Entries put aside: the net effect of an organisation's control entries.
//!
//! Invariant: a pure fold of `Quarantine` and `Release` entries in the order of the journal.

use super::messages::Aside;
use salescope_domain::Payload;
use salescope_engine_api::DeadLetterState;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A control entry, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Control {
    Quarantine { tenant_seq: u64, reason: String, dropped: bool },
    Release { tenant_seq: u64 },
}

impl Control {
    /// The entry that it is about.
    pub(crate) fn target(&self) -> u64 {
        match self {
            Self::Quarantine { tenant_seq, .. } | Self::Release { tenant_seq } => *tenant_seq,
        }
    }

    /// The control that a payload is, if it is one.
    pub(crate) fn of(payload: &Payload) -> Option<Self> {
        match payload {
            Payload::Quarantine(entry) => Some(Self::Quarantine {
                tenant_seq: entry.tenant_seq,
                reason: entry.reason.clone(),
                dropped: entry.dropped,
            }),
            Payload::Release(entry) => Some(Self::Release { tenant_seq: entry.tenant_seq }),
            _ => None,
        }
    }
}

/// All control entries so far, and what they come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Controls {
    seen: BTreeMap<u64, Control>,
    aside: Arc<BTreeMap<u64, Aside>>,
}

impl Controls {
    /// From a checkpoint or a baseline.
    pub(crate) fn from_seen(seen: BTreeMap<u64, Control>) -> Self {
        let aside = Arc::new(net(&seen));
        Self { seen, aside }
    }

    /// Every control entry, by position.
    pub(crate) fn seen(&self) -> &BTreeMap<u64, Control> {
        &self.seen
    }

    /// Takes a control entry in; answers the entries whose part in the state changes by it.
    pub(crate) fn learn(&mut self, by_seq: u64, control: Control) -> BTreeSet<u64> {
        if self.seen.insert(by_seq, control).is_some() {
            return BTreeSet::new();
        }
        let before = std::mem::replace(&mut self.aside, Arc::new(net(&self.seen)));
        let (before, after): (BTreeSet<_>, BTreeSet<_>) =
            (before.keys().copied().collect(), self.aside.keys().copied().collect());
        before.symmetric_difference(&after).copied().collect()
    }

    /// Whether an entry is put aside.
    pub(crate) fn skips(&self, tenant_seq: u64) -> bool {
        self.aside.contains_key(&tenant_seq)
    }

    /// What is put aside.
    pub(crate) fn aside(&self) -> &Arc<BTreeMap<u64, Aside>> {
        &self.aside
    }
}

fn net(seen: &BTreeMap<u64, Control>) -> BTreeMap<u64, Aside> {
    let mut aside = BTreeMap::new();
    for (by_seq, control) in seen {
        match control {
            Control::Quarantine { tenant_seq, reason, dropped } => {
                let state = if *dropped { DeadLetterState::Dropped } else { DeadLetterState::Quarantined };
                aside.insert(*tenant_seq, Aside { reason: reason.clone(), state, by_seq: *by_seq });
            }
            Control::Release { tenant_seq } => {
                aside.remove(tenant_seq);
            }
        }
    }
    aside
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(tenant_seq: u64) -> Control {
        Control::Quarantine { tenant_seq, reason: "crashes".into(), dropped: false }
    }

    #[test]
    fn what_is_put_aside_is_skipped_until_it_is_released_and_a_repetition_changes_nothing() {
        let mut controls = Controls::default();
        assert_eq!(controls.learn(9, put(5)), [5].into());
        assert_eq!(controls.learn(9, put(5)), [].into());
        assert!(controls.skips(5) && !controls.skips(6));
        assert_eq!(controls.learn(11, Control::Release { tenant_seq: 5 }), [5].into());
        assert!(!controls.skips(5));
        assert_eq!(controls.learn(12, put(5)), [5].into());
        assert_eq!(Controls::from_seen(controls.seen().clone()), controls);
    }
}
