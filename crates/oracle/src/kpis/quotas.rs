//! Quotas and how far they are reached.

use super::{Figures, by_group};
use crate::{
    Context,
    facts::{
        closed, keys, of,
        quota::{self, Target},
        sum,
    },
    figure::{Figure, Unit, quotient},
    print::{Exact, whole},
};
use std::collections::BTreeSet;

/// The sum of a group's quotas; `value` is nothing where there are none or a rate is missing.
pub(super) struct Goal {
    pub(super) value: Option<Exact>,
    pub(super) n: usize,
    pub(super) notes: BTreeSet<String>,
}

/// The quota of a group.
pub(super) fn goal(targets: &[&Target]) -> Goal {
    let amounts: Result<Vec<Exact>, _> = targets.iter().map(|target| target.amount.clone()).collect();
    let value = amounts.ok().filter(|amounts| !amounts.is_empty()).map(|amounts| amounts.into_iter().sum());
    let missing = targets.iter().filter_map(|target| target.amount.as_ref().err());
    let mut notes: BTreeSet<String> = missing.map(sum::rate_missing).collect();
    if targets.is_empty() {
        notes.insert("no_quota".to_owned());
    }
    Goal { value, n: targets.len(), notes }
}

/// Wins / quota.
pub(super) fn quota_attainment(context: &Context) -> Figures {
    let (won, quotas) = (closed::won(context), quota::quotas(context));
    let all_keys = [keys(&won), keys(&quotas)].concat();
    by_group(context, all_keys, |key| {
        let wins = sum::closed_sum(context, &of(&won, key));
        let goal = goal(&of(&quotas, key));
        Figure::new(quotient(wins.value.clone(), goal.value.clone()), Unit::Ratio, wins.with)
            .part("won", wins.value, Unit::Money)
            .part("quota", goal.value, Unit::Money)
            .with_notes(wins.notes)
            .with_notes(goal.notes)
            .note_if(closed::history_is_absent(context), "history_absent")
    })
}

/// The quota.
pub(super) fn prorated_goal(context: &Context) -> Figures {
    let quotas = quota::quotas(context);
    by_group(context, keys(&quotas), |key| {
        let goal = goal(&of(&quotas, key));
        Figure::new(goal.value, Unit::Money, goal.n).with_notes(goal.notes)
    })
}

/// Wins until now / the share of the quota that the elapsed days stand for.
pub(super) fn pace(context: &Context) -> Figures {
    let span = &context.span;
    let mut won = closed::won(context);
    won.retain(|placed| placed.fact.close < span.end);
    let quotas = quota::quotas(context);
    let elapsed = whole(span.end.days_since(span.range.from).max(0));
    let elapsed_share = elapsed / whole(span.range.days());
    let all_keys = [keys(&won), keys(&quotas)].concat();
    by_group(context, all_keys, |key| {
        let wins = sum::closed_sum(context, &of(&won, key));
        let goal = goal(&of(&quotas, key));
        let so_far = goal.value.map(|value| value * elapsed_share.clone());
        Figure::new(quotient(wins.value.clone(), so_far.clone()), Unit::Ratio, wins.with)
            .part("won", wins.value, Unit::Money)
            .part("goal", so_far, Unit::Money)
            .with_notes(wins.notes)
            .with_notes(goal.notes)
            .note_if(closed::history_is_absent(context), "history_absent")
    })
}
