//! Coming back: folding the journal after a checkpoint, around entries that crash the fold.
//!
//! Pure but for the panics that it catches. The result is a function of the journal alone: an entry counts unless the net effect of
//! all control entries says otherwise, wherever those stand. An entry that turns out to be put aside, or released, after it was
//! folded in (or left out) makes the fold start again, from a state that does not know it yet. Where history begins with a baseline,
//! that cannot be for entries before it: what control entries say about those after it was made has no effect.

use super::controls::{Control, Controls};
use super::intake::{Index, index_entry};
use super::poison::{Crash, try_apply};
use salescope_domain::Entry;
use salescope_kpi::Engine;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

/// A state on its way up.
pub(crate) struct Fold {
    pub(crate) engine: Engine,
    pub(crate) index: Index,
    /// The last entry that was read, skipped ones included.
    pub(crate) read_to: u64,
}

/// What folding some entries came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// They are in.
    Folded,
    /// The state is of no use: start again, from one that [`Replay::start`] accepts.
    Restart,
}

/// What is learned along the way and kept over restarts.
pub(crate) struct Replay {
    controls: Controls,
    /// The last entry in the baseline that history begins with, and the control entries that it knows.
    base: Option<(u64, BTreeMap<u64, Control>)>,
    /// Entries that crash and are not put aside by any control entry yet, with the reason.
    crashing: BTreeMap<u64, String>,
    tries: BTreeMap<u64, u32>,
    tries_max: u32,
    /// Entries to be folded one by one, since one of them crashed the fold.
    suspects: Option<RangeInclusive<u64>>,
}

impl Replay {
    pub(crate) fn new(tries_max: u32) -> Self {
        Self {
            controls: Controls::default(),
            base: None,
            crashing: BTreeMap::new(),
            tries: BTreeMap::new(),
            tries_max,
            suspects: None,
        }
    }

    /// History begins after `tenant_seq`, with a state that knows `controls`.
    pub(crate) fn begin_after(&mut self, tenant_seq: u64, controls: &Controls) {
        self.base = Some((tenant_seq, controls.seen().clone()));
        let mut seen = controls.seen().clone();
        let known =
            self.controls.seen().iter().filter(|(by_seq, control)| !self.is_too_late(**by_seq, control));
        seen.extend(known.map(|(by_seq, control)| (*by_seq, control.clone())));
        self.controls = Controls::from_seen(seen);
        self.crashing.retain(|seq, _| *seq > tenant_seq);
    }

    /// Learns what control entries say that are further on.
    pub(crate) fn foresee(&mut self, entries: &[Entry]) {
        for entry in entries {
            if let Some(control) = Control::of(&entry.payload) {
                self.learn(entry.tenant_seq, control);
            }
        }
    }

    /// Whether a control entry is about an entry that is gone, and came after the baseline was made.
    fn is_too_late(&self, by_seq: u64, control: &Control) -> bool {
        self.base
            .as_ref()
            .is_some_and(|(base, seen)| control.target() <= *base && !seen.contains_key(&by_seq))
    }

    fn learn(&mut self, by_seq: u64, control: Control) -> BTreeSet<u64> {
        if self.is_too_late(by_seq, &control) {
            BTreeSet::new()
        } else {
            self.controls.learn(by_seq, control)
        }
    }

    /// Learns what a checkpoint at `tenant_seq` knew. Answers whether it may be started from: not where it left out, or took in,
    /// an entry about which more is known by now.
    pub(crate) fn start(&mut self, tenant_seq: u64, controls: &Controls) -> bool {
        for (by_seq, control) in controls.seen() {
            self.learn(*by_seq, control.clone());
        }
        let upto = |controls: &Controls| {
            controls.aside().keys().copied().take_while(|seq| *seq <= tenant_seq).collect::<Vec<_>>()
        };
        upto(controls) == upto(&self.controls)
    }

    /// Folds entries that follow the state's.
    pub(crate) fn fold(&mut self, fold: &mut Fold, entries: &[Entry]) -> Step {
        let Some(last) = entries.last() else { return Step::Folded };
        for entry in entries {
            let Some(control) = Control::of(&entry.payload) else { continue };
            let quarantined = match &control {
                Control::Quarantine { tenant_seq, .. } => Some(*tenant_seq),
                Control::Release { .. } => None,
            };
            let changed = self.learn(entry.tenant_seq, control);
            // Only when it is new: one that was released later on, and crashes again, stays known as crashing over restarts.
            if let Some(quarantined) = quarantined.filter(|seq| changed.contains(seq)) {
                self.crashing.remove(&quarantined);
            }
            if changed.iter().any(|seq| *seq <= fold.read_to) {
                return Step::Restart;
            }
        }
        let skips = |seq: u64| self.controls.skips(seq) || self.crashing.contains_key(&seq);
        let counted: Vec<Entry> = entries.iter().filter(|entry| !skips(entry.tenant_seq)).cloned().collect();
        let skipped: Vec<bool> = entries.iter().map(|entry| skips(entry.tenant_seq)).collect();
        if let Err(step) = self.apply(&mut fold.engine, &counted) {
            return step;
        }
        for (entry, skipped) in entries.iter().zip(skipped) {
            index_entry(&mut fold.index, &entry.payload, skipped);
        }
        fold.read_to = last.tenant_seq;
        Step::Folded
    }

    fn apply(&mut self, engine: &mut Engine, entries: &[Entry]) -> Result<(), Step> {
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return Ok(()) };
        let range = first.tenant_seq..=last.tenant_seq;
        let suspicious = self
            .suspects
            .as_ref()
            .is_some_and(|suspects| suspects.start() <= range.end() && range.start() <= suspects.end());
        if !suspicious {
            return try_apply(engine, entries).map(|_| ()).map_err(|_| {
                self.suspects = Some(range);
                Step::Restart
            });
        }
        for entry in entries {
            if let Err(Crash { message }) = try_apply(engine, std::slice::from_ref(entry)) {
                let tries = self.tries.entry(entry.tenant_seq).or_insert(0);
                *tries += 1;
                if *tries >= self.tries_max {
                    self.crashing.insert(entry.tenant_seq, message);
                }
                return Err(Step::Restart);
            }
        }
        Ok(())
    }

    /// Whether any entry crashes that no control entry puts aside.
    pub(crate) fn is_crashing(&self) -> bool {
        !self.crashing.is_empty()
    }

    /// All control entries that were learned.
    pub(crate) fn controls(&self) -> &Controls {
        &self.controls
    }

    /// What was learned: all controls, and the entries that crash and are yet to be put aside.
    pub(crate) fn finish(self) -> (Controls, BTreeMap<u64, String>) {
        (self.controls, self.crashing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dropped(tenant_seq: u64) -> Control {
        Control::Quarantine { tenant_seq, reason: "crashes".to_owned(), dropped: true }
    }

    #[test]
    fn what_is_said_about_entries_that_are_gone_has_no_effect_unless_the_baseline_knows_it() {
        let known = Controls::from_seen([(8, dropped(3))].into());
        let mut replay = Replay::new(3);
        let release = Control::Release { tenant_seq: 3 };
        // Learned from a checkpoint, before anybody knew where history begins.
        let ahead = Controls::from_seen([(8, dropped(3)), (12, release.clone()), (13, dropped(11))].into());
        assert!(replay.start(20, &ahead));
        replay.begin_after(10, &known);
        assert!(replay.controls().skips(3) && replay.controls().skips(11));
        assert!(!replay.start(20, &ahead), "that checkpoint has entry 3 in it");
        assert_eq!(replay.learn(14, release), [].into());
        assert_eq!(replay.learn(15, Control::Release { tenant_seq: 11 }), [11].into());
        assert!(replay.controls().skips(3) && !replay.controls().skips(11));
    }
}
