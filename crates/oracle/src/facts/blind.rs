//! Blind deals: they were there before their history begins, so figures about history cannot tell of them.

use crate::{Context, dims::Described, figure::Key, split, world::Deal};
use salescope_domain::{Date, Instant};

/// Whether the deal's history begins at or after `start`, though it was there then and had not closed before `from`.
fn is_blind(deal: &Deal, start: Instant, from: Date, created_before: Date) -> bool {
    let head = deal.head();
    let closed_before = deal.is_closed() && head.close_date.is_some_and(|date| date < from);
    deal.first().occurred >= start
        && !deal.first().exact_creation
        && !deal.is_gone()
        && head.created_on.is_none_or(|date| date < created_before)
        && !closed_before
}

fn groups(context: &Context, blind: impl Fn(&Deal) -> bool) -> Vec<Key> {
    let mut keys = Vec::new();
    for deal in context.world.deals.values().filter(|deal| blind(deal)) {
        let described = Described::head(context, deal);
        let placed = split::placed(context, &described, deal.head().amount());
        keys.extend(placed.into_iter().map(|(key, _)| key));
    }
    keys
}

/// Whether the deal is blind in the range.
pub(crate) fn is_blind_in_range(context: &Context, deal: &Deal) -> bool {
    let span = &context.span;
    is_blind(deal, span.start, span.range.from, span.end)
}

/// The groups with deals that are blind in the range.
pub(crate) fn in_range(context: &Context) -> Vec<Key> {
    let span = &context.span;
    groups(context, |deal| is_blind(deal, span.start, span.range.from, span.end))
}

/// Only those created in the range.
pub(crate) fn created_in_range(context: &Context) -> Vec<Key> {
    let span = &context.span;
    let created = |deal: &Deal| deal.head().created_on.is_some_and(|date| span.range.contains(date));
    groups(context, |deal| created(deal) && is_blind(deal, span.start, span.range.from, span.end))
}

/// Only those that were there at the start, and were due in the range or still without a due date.
pub(crate) fn due_at_start(context: &Context) -> Vec<Key> {
    let span = &context.span;
    let due = |deal: &Deal| deal.first().state.close_date.is_none_or(|date| span.range.contains(date));
    groups(context, |deal| due(deal) && is_blind(deal, span.start, span.range.from, span.range.from))
}

/// Those that were there at the freeze, which is the start of this date.
pub(crate) fn at_freeze(context: &Context, freeze: Date) -> Vec<Key> {
    let span = &context.span;
    groups(context, |deal| is_blind(deal, span.start_of_day(freeze), span.range.from, freeze))
}
