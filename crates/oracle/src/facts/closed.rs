//! Closed facts: deals that are won or lost, with a close date in the range.

use super::Placed;
use crate::{
    Context,
    dims::Described,
    split::{self, Piece},
    world::Stand,
};
use salescope_domain::{Date, PersonId};

/// A closed deal, or its piece of one product.
#[derive(Debug, Clone)]
pub(crate) struct Closed {
    pub(crate) won: bool,
    pub(crate) owner: Option<PersonId>,
    pub(crate) close: Date,
    pub(crate) created: Option<Date>,
    pub(crate) piece: Piece,
}

/// The closed facts of the range.
pub(crate) fn closed(context: &Context) -> Vec<Placed<Closed>> {
    let mut facts = Vec::new();
    for deal in context.world.deals.values().filter(|deal| deal.is_closed()) {
        let head = deal.head();
        let Some(close) = head.close_date.filter(|date| context.span.range.contains(*date)) else { continue };
        let described = Described::head(context, deal);
        for (key, piece) in split::placed(context, &described, head.amount()) {
            let won = head.stand == Stand::Won;
            let owner = described.owner.clone();
            facts.push(Placed { key, fact: Closed { won, owner, close, created: head.created_on, piece } });
        }
    }
    facts
}

/// Only the won ones.
pub(crate) fn won(context: &Context) -> Vec<Placed<Closed>> {
    closed(context).into_iter().filter(|placed| placed.fact.won).collect()
}

/// Whether deals older than the range are known, but none that closed before it.
pub(crate) fn history_is_absent(context: &Context) -> bool {
    let from = context.span.range.from;
    let here = || context.world.deals.values().filter(|deal| !deal.is_gone());
    let older = here().any(|deal| deal.head().created_on.is_some_and(|date| date < from));
    let closed_before =
        here().any(|deal| deal.is_closed() && deal.head().close_date.is_some_and(|date| date < from));
    older && !closed_before
}
