//! Sales velocity: open deals x win rate x average deal size / sales cycle.

use super::{Figures, by_group, win_rates, wins};
use crate::{
    Context,
    facts::{closed, keys, of, open},
    figure::{Figure, Unit, count, quotient},
    print::whole,
};

/// Money per day.
pub(super) fn sales_velocity(context: &Context) -> Figures {
    let (open, closed) = (open::open(context), closed::closed(context));
    let all_keys = [keys(&open), keys(&closed)].concat();
    by_group(context, all_keys, |key| {
        let (open, closed) = (of(&open, key), of(&closed, key));
        let won: Vec<_> = closed.iter().filter(|fact| fact.won).copied().collect();
        let win_rate = win_rates::win_rate_of(context, &closed);
        let size = wins::average_deal_size_of(context, &won);
        let cycle = wins::sales_cycle_of(context, &won);
        let rate_and_size = win_rate.value.clone().zip(size.value.clone());
        let top = rate_and_size.map(|(rate, size)| whole(count(open.len())) * rate * size);
        let mut figure = Figure::new(quotient(top, cycle.value.clone()), Unit::MoneyPerDay, open.len())
            .count_part("open", open.len())
            .part("win_rate", win_rate.value, Unit::Ratio)
            .part("average_deal_size", size.value, Unit::Money)
            .part("sales_cycle", cycle.value, Unit::Days)
            .with_notes([win_rate.notes, size.notes, cycle.notes].into_iter().flatten());
        figure.notes.remove("few_deals");
        figure.with_notes(open::counting_notes(&open))
    })
}
