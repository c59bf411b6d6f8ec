//! What a forecast consisted of when it was frozen: the deals as they stood then, those that are gone since included.

use super::{Placed, open};
use crate::{
    Context,
    dims::{Described, credited_owner},
    split::{self, Piece},
    world::{Deal, Stand},
};
use salescope_domain::{Date, ForecastCategory, Instant};

/// A deal that was won, or committed, when the forecast was frozen.
#[derive(Debug, Clone)]
pub(crate) struct Frozen {
    /// The close date of a won deal.
    pub(crate) won_on: Option<Date>,
    pub(crate) piece: Piece,
}

/// The facts of the forecast as it stood just before `at`.
pub(crate) fn frozen(context: &Context, at: Instant) -> Vec<Placed<Frozen>> {
    let mut facts = Vec::new();
    for deal in context.world.deals.values() {
        let versions = deal.before(at).to_vec();
        if versions.is_empty() {
            continue;
        }
        let then = Deal { key: deal.key.clone(), versions };
        let state = then.head();
        let Some(date) = state.close_date.filter(|date| context.span.range.contains(*date)) else { continue };
        let committed =
            state.is_open() && open::category(context, &deal.key.0, state) == Some(ForecastCategory::Commit);
        if state.stand != Stand::Won && !committed {
            continue;
        }
        let owner = credited_owner(context, &then);
        let described = Described { owner, ..Described::state(context, &deal.key.0, state) };
        let won_on = (state.stand == Stand::Won).then_some(date);
        for (key, piece) in split::placed(context, &described, state.amount()) {
            facts.push(Placed { key, fact: Frozen { won_on, piece } });
        }
    }
    facts
}
