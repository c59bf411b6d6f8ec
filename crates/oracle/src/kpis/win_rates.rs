//! Shares of deals won.

use super::{Figures, by_group};
use crate::{
    Context,
    facts::{
        closed::{self, Closed},
        created, keys, of, open, sum,
    },
    figure::{Figure, Unit, quotient, share},
    print::whole,
    world::Stand,
};

/// Won / closed.
pub(super) fn win_rate(context: &Context) -> Figures {
    let closed = closed::closed(context);
    by_group(context, keys(&closed), |key| win_rate_of(context, &of(&closed, key)))
}

/// The same over the closed deals of one group.
pub(super) fn win_rate_of(context: &Context, closed: &[&Closed]) -> Figure {
    let won = closed.iter().filter(|fact| fact.won).count();
    Figure::new(share(won, closed.len()), Unit::Ratio, closed.len())
        .share_interval(won)
        .note_if(closed::history_is_absent(context), "history_absent")
}

/// Won amounts / closed amounts.
pub(super) fn by_value(context: &Context) -> Figures {
    let closed = closed::closed(context);
    by_group(context, keys(&closed), |key| {
        let closed = of(&closed, key);
        let (won, lost): (Vec<&Closed>, Vec<&Closed>) = closed.into_iter().partition(|fact| fact.won);
        let (won, lost) = (sum::closed_sum(context, &won), sum::closed_sum(context, &lost));
        let both = won.value.clone().zip(lost.value.clone()).map(|(won, lost)| won + lost);
        Figure::new(quotient(won.value.clone(), both), Unit::Ratio, won.with + lost.with)
            .part("won", won.value, Unit::Money)
            .part("lost", lost.value, Unit::Money)
            .with_notes(won.notes)
            .with_notes(lost.notes)
            .note_if(closed::history_is_absent(context), "history_absent")
    })
}

/// 1 / win rate by value.
pub(super) fn required_coverage(context: &Context) -> Figures {
    let mut figures = by_value(context);
    for figure in figures.values_mut() {
        figure.value = quotient(Some(whole(1)), figure.value.take());
    }
    figures
}

/// Won / (closed and overdue).
pub(super) fn strict(context: &Context) -> Figures {
    let closed = closed::closed(context);
    let mut overdue = open::due_in_range(context);
    overdue.retain(|placed| placed.fact.due.is_some_and(|due| due < context.span.past));
    let all_keys = [keys(&closed), keys(&overdue)].concat();
    by_group(context, all_keys, |key| {
        let (closed, overdue) = (of(&closed, key), of(&overdue, key));
        let won = closed.iter().filter(|fact| fact.won).count();
        let n = closed.len() + overdue.len();
        Figure::new(share(won, n), Unit::Ratio, n)
            .count_part("overdue", overdue.len())
            .share_interval(won)
            .with_notes(open::counting_notes(&overdue))
            .note_if(closed::history_is_absent(context), "history_absent")
    })
}

/// Won / created, of the deals created in the range.
pub(super) fn cohort(context: &Context) -> Figures {
    let created = created::created(context);
    by_group(context, keys(&created), |key| {
        let created = of(&created, key);
        let those = |stand| created.iter().filter(|fact| fact.stand == stand).count();
        let won = those(Stand::Won);
        Figure::new(share(won, created.len()), Unit::Ratio, created.len())
            .part("open_share", share(those(Stand::Open), created.len()), Unit::Ratio)
            .share_interval(won)
    })
}
