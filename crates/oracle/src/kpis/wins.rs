//! Figures over won deals alone.

use super::{Figures, by_group};
use crate::{
    Context,
    facts::{
        closed::{self, Closed},
        keys, of, sum,
    },
    figure::{Figure, Unit, count, mean, median, quotient},
    print::whole,
};
use num_bigint::BigInt;

/// The sum of won amounts.
pub(super) fn bookings(context: &Context) -> Figures {
    let won = closed::won(context);
    by_group(context, keys(&won), |key| {
        let wins = sum::closed_sum(context, &of(&won, key));
        Figure::new(wins.value, Unit::Money, wins.with)
            .count_part("without_amount", wins.without)
            .with_notes(wins.notes)
            .note_if(closed::history_is_absent(context), "history_absent")
    })
}

/// The mean of won amounts.
pub(super) fn average_deal_size(context: &Context) -> Figures {
    let won = closed::won(context);
    by_group(context, keys(&won), |key| average_deal_size_of(context, &of(&won, key)))
}

/// The same over the won deals of one group.
pub(super) fn average_deal_size_of(context: &Context, won: &[&Closed]) -> Figure {
    let wins = sum::closed_sum(context, won);
    let amounts: Result<Vec<BigInt>, _> =
        won.iter().filter_map(|fact| fact.piece.convert(context, fact.close)).collect();
    let amounts = amounts.ok();
    let value = quotient(wins.value, Some(whole(count(wins.with))));
    Figure::new(value, Unit::Money, wins.with)
        .part("median", amounts.as_deref().and_then(median), Unit::Money)
        .mean_interval(amounts.as_deref(), 1)
        .with_notes(wins.notes)
        .note_if(closed::history_is_absent(context), "history_absent")
}

/// The mean days from creation to close of won deals.
pub(super) fn sales_cycle(context: &Context) -> Figures {
    let won = closed::won(context);
    by_group(context, keys(&won), |key| sales_cycle_of(context, &of(&won, key)))
}

/// The same over the won deals of one group.
pub(super) fn sales_cycle_of(context: &Context, won: &[&Closed]) -> Figure {
    let cycles = won.iter().filter_map(|fact| fact.created.map(|created| fact.close.days_since(created)));
    let cycles: Vec<BigInt> = cycles.map(BigInt::from).collect();
    Figure::new(mean(&cycles), Unit::Days, cycles.len())
        .part("median", median(&cycles), Unit::Days)
        .mean_interval(Some(&cycles), 1)
        .note_if(closed::history_is_absent(context), "history_absent")
}
