//! Open pipeline against the quota.

use super::{Figures, by_group, quotas::goal};
use crate::{
    Context,
    facts::{closed, keys, of, open, quota, sum},
    figure::{Figure, Unit, quotient},
};

/// Open due in the range / quota.
pub(super) fn pipeline_coverage(context: &Context) -> Figures {
    let (open, quotas) = (open::due_in_range(context), quota::quotas(context));
    let all_keys = [keys(&open), keys(&quotas)].concat();
    by_group(context, all_keys, |key| {
        let open = of(&open, key);
        let (sum, goal) = (sum::open_sum(context, &open), goal(&of(&quotas, key)));
        Figure::new(quotient(sum.value.clone(), goal.value.clone()), Unit::Ratio, open.len())
            .part("open", sum.value, Unit::Money)
            .part("quota", goal.value, Unit::Money)
            .with_notes(sum.notes)
            .with_notes(goal.notes)
    })
}

/// Open due in the range / what is missing to the quota.
pub(super) fn remaining_coverage(context: &Context) -> Figures {
    let (open, quotas) = (open::due_in_range(context), quota::quotas(context));
    let won = closed::won(context);
    let all_keys = [keys(&open), keys(&quotas), keys(&won)].concat();
    by_group(context, all_keys, |key| {
        let open = of(&open, key);
        let (sum, goal) = (sum::open_sum(context, &open), goal(&of(&quotas, key)));
        let wins = sum::closed_sum(context, &of(&won, key));
        let both = goal.value.clone().zip(wins.value.clone());
        let met = both.as_ref().is_some_and(|(quota, wins)| wins >= quota);
        let remaining = both.filter(|_| !met).map(|(quota, wins)| quota - wins);
        Figure::new(quotient(sum.value.clone(), remaining), Unit::Ratio, open.len())
            .part("open", sum.value, Unit::Money)
            .part("quota", goal.value, Unit::Money)
            .part("won", wins.value, Unit::Money)
            .with_notes(sum.notes)
            .with_notes(goal.notes)
            .with_notes(wins.notes)
            .note_if(met, "quota_met")
            .note_if(closed::history_is_absent(context), "history_absent")
    })
}
