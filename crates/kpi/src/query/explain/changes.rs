//! What changed a figure between two times: signed lines that sum to the change exactly.
//!
//! Invariant: each line is the difference of two printed figures, so the lines telescope whatever the formula is.

use super::{Explainer, View, slot_number};
use crate::query::answer::Figures;
use crate::query::print;
use crate::query::run::GroupAcc;
use num_bigint::BigInt;
use salescope_domain::{ChangeLine, ChangeReport, Instant, Query};

/// A deal whose versions differ between two times.
struct Changed {
    slot: usize,
    seq: u64,
    before: GroupAcc,
    after: GroupAcc,
}

/// What is known of a figure at two times: everything then, and now what did not change and what did.
struct Between<'a> {
    explainer: &'a Explainer<'a>,
    now: &'a View<'a>,
    before: Figures,
    unchanged: GroupAcc,
    /// In the order of the journal.
    changed: Vec<Changed>,
}

/// What changed a figure since a time: first the world with the deals as they were, then deal by deal.
pub(super) fn changes(explainer: &Explainer<'_>, now: &View<'_>, since: Instant) -> ChangeReport {
    let then = explainer.view(&Query { as_known: Some(since), ..explainer.query.clone() });
    let filters = &explainer.query.filters;
    let mut unchanged = explainer.of_others(now);
    let mut before_total = explainer.of_others(&then);
    let mut changed = Vec::new();
    for slot in 0..explainer.state.deals.len() {
        let all = explainer.state.deals.versions(slot);
        let (old, new) = (all.known_at(then.world.known), all.known_at(now.world.known));
        explainer.merge(&mut before_total, &explainer.of_deal(&then, slot, old, filters));
        let before = explainer.of_deal(now, slot, old, filters);
        if old.rows.len() == new.rows.len() {
            explainer.merge(&mut unchanged, &before);
            continue;
        }
        let seq = new.head().or(old.head()).map_or(0, |head| head.seq);
        changed.push(Changed { slot, seq, before, after: explainer.of_deal(now, slot, new, filters) });
    }
    changed.sort_by_key(|changed| (changed.seq, changed.slot));
    let before = explainer.figures(&then, &mut before_total);
    let before_text = explainer.print(&then, before.value.as_ref());
    let between = Between { explainer, now, before, unchanged, changed };
    let (after, lines) = between.lines();
    let change = between.units(&after) - between.units(&between.before);
    ChangeReport {
        since,
        before: before_text,
        after: explainer.print(now, after.value.as_ref()),
        change: print::fixed(&change, between.digits()),
        lines,
    }
}

impl Between<'_> {
    fn digits(&self) -> u32 {
        print::digits(self.explainer.plan().unit, self.now.world.settings.currency)
    }

    /// A figure in its last printed digit; one that cannot be told stands as 0.
    fn units(&self, figures: &Figures) -> BigInt {
        let unit = self.explainer.plan().unit;
        figures.value.as_ref().map_or_else(BigInt::default, |value| print::units(value, unit, self.digits()))
    }

    /// What the changed deals from `at` on brought before they changed, for every `at`.
    fn rests(&self) -> Vec<GroupAcc> {
        let mut rests = vec![self.unchanged.blank()];
        for deal in self.changed.iter().rev() {
            let mut sum = rests.last().expect("the list begins with one").clone();
            self.explainer.merge(&mut sum, &deal.before);
            rests.push(sum);
        }
        rests.reverse();
        rests
    }

    /// The figure as asked, and the lines that lead there.
    fn lines(&self) -> (Figures, Vec<ChangeLine>) {
        let rests = self.rests();
        let mut done = self.unchanged.clone();
        let mut last = self.units(&self.before);
        let mut lines = Vec::new();
        let mut step = |done: &GroupAcc, at: usize, deal: Option<&Changed>| {
            let mut sum = done.clone();
            self.explainer.merge(&mut sum, &rests[at]);
            let figures = self.explainer.figures(self.now, &mut sum);
            let units = self.units(&figures);
            let change = &units - std::mem::replace(&mut last, units.clone());
            if change != BigInt::default() {
                lines.push(self.line(&change, deal));
            }
            figures
        };
        let mut after = step(&done, 0, None);
        for (at, deal) in self.changed.iter().enumerate() {
            self.explainer.merge(&mut done, &deal.after);
            after = step(&done, at + 1, Some(deal));
        }
        (after, lines)
    }

    fn line(&self, change: &BigInt, deal: Option<&Changed>) -> ChangeLine {
        let state = self.explainer.state;
        let number = deal.map(|deal| slot_number(deal.slot) + 1);
        ChangeLine {
            deal: number.map(|number| state.deal_ids.text(number).to_owned()),
            source: number.map(|number| state.texts.text(state.deal_ids.space(number)).to_owned()),
            tenant_seq: deal.map(|deal| deal.seq),
            change: print::fixed(change, self.digits()),
        }
    }
}
