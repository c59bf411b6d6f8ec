//! Created facts: deals that are not gone, with a creation date in the range, and their initial amounts.

use super::Placed;
use crate::{
    Context,
    dims::Described,
    split::{self, Piece},
    world::Stand,
};
use salescope_domain::Date;

/// A created deal, or its piece of one product.
#[derive(Debug, Clone)]
pub(crate) struct Created {
    pub(crate) stand: Stand,
    /// The date whose rate converts it: the close date of a closed deal; it floats where there is none.
    pub(crate) closed_on: Option<Date>,
    /// Of the initial amount.
    pub(crate) piece: Piece,
}

/// The created facts of the range.
pub(crate) fn created(context: &Context) -> Vec<Placed<Created>> {
    let mut facts = Vec::new();
    for deal in context.world.deals.values().filter(|deal| !deal.is_gone()) {
        let head = deal.head();
        if !head.created_on.is_some_and(|date| context.span.range.contains(date)) {
            continue;
        }
        let closed_on = head.close_date.filter(|_| head.is_closed());
        let described = Described::head(context, deal);
        for (key, piece) in split::placed(context, &described, deal.initial_amount()) {
            facts.push(Placed { key, fact: Created { stand: head.stand, closed_on, piece } });
        }
    }
    facts
}
