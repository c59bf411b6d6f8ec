//! Moves of close dates.

use super::{Figures, by_group, tell_blind};
use crate::{
    Context,
    dims::Described,
    facts::{Placed, blind, keys, of, open},
    figure::{Figure, Unit, count, quotient, share},
    print::whole,
    split,
    world::{Deal, DealKey},
};

/// Slipped / open at the start and due in the range.
pub(super) fn slip_rate(context: &Context) -> Figures {
    let span = &context.span;
    let mut due = open::open_at(context, span.range.from, span.start.min(span.as_of));
    due.retain(|placed| placed.fact.due.is_some_and(|due| span.range.contains(due)));
    let blind = blind::due_at_start(context);
    by_group(context, [keys(&due), blind.clone()].concat(), |key| {
        let due = of(&due, key);
        let slipped = due.iter().filter(|fact| has_slipped(context, &fact.deal)).count();
        let figure = Figure::new(share(slipped, due.len()), Unit::Ratio, due.len())
            .share_interval(slipped)
            .with_notes(open::counting_notes(&due));
        tell_blind(figure, &blind, key, !due.is_empty())
    })
}

/// Whether the deal is still open by the end, and due at or after it.
fn has_slipped(context: &Context, deal: &DealKey) -> bool {
    let last = context.world.deals[deal].before(context.span.as_of).last();
    last.is_some_and(|version| {
        version.state.is_open() && version.state.close_date.is_some_and(|due| due >= context.span.range.to)
    })
}

/// Moves of the close date to a later date, while open.
pub(super) fn push_count(context: &Context) -> Figures {
    let mut pushed: Vec<Placed<usize>> = Vec::new();
    for deal in context.world.deals.values().filter(|deal| !deal.is_gone()) {
        let pushes = pushes(context, deal);
        if pushes > 0 {
            let described = Described::head(context, deal);
            let placed = split::placed(context, &described, deal.head().amount());
            pushed.extend(placed.into_iter().map(|(key, _)| Placed { key, fact: pushes }));
        }
    }
    let blind = blind::in_range(context);
    by_group(context, [keys(&pushed), blind.clone()].concat(), |key| {
        let pushed = of(&pushed, key);
        let moves = whole(count(pushed.iter().copied().sum()));
        let per_deal = quotient(Some(moves.clone()), Some(whole(count(pushed.len()))));
        let figure =
            Figure::new(Some(moves), Unit::Count, pushed.len()).part("per_deal", per_deal, Unit::Rate);
        tell_blind(figure, &blind, key, !pushed.is_empty())
    })
}

fn pushes(context: &Context, deal: &Deal) -> usize {
    let moves = deal.versions.windows(2).filter(|pair| {
        let [before, after] = pair else { unreachable!("a window of two") };
        let later = match (before.state.close_date, after.state.close_date) {
            (Some(before), Some(after)) => after > before,
            _ => false,
        };
        later && before.state.is_open() && after.state.is_open() && context.span.contains(after.occurred)
    });
    moves.count()
}
