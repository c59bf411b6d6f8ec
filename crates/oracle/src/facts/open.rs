//! Open facts: deals that are open at a date, as they stood then.

use super::Placed;
use crate::{
    Context,
    dims::Described,
    money,
    print::Exact,
    split::{self, Piece},
    world::{Deal, DealKey, DealState, DealVersion},
};
use salescope_domain::{Date, ForecastCategory, Instant, SourceId};
use std::collections::BTreeSet;

/// An open deal, or its piece of one product.
#[derive(Debug, Clone)]
pub(crate) struct Open {
    pub(crate) deal: DealKey,
    pub(crate) created: Option<Date>,
    pub(crate) due: Option<Date>,
    pub(crate) probability: Option<Exact>,
    pub(crate) category: Option<ForecastCategory>,
    pub(crate) piece: Piece,
    /// What it means that there is no amount.
    without_amount: &'static str,
}

/// The open facts at the end of the range.
pub(crate) fn open(context: &Context) -> Vec<Placed<Open>> {
    open_at(context, context.span.end, context.span.as_of)
}

/// The open facts at `end`, as of `as_of`.
pub(crate) fn open_at(context: &Context, end: Date, as_of: Instant) -> Vec<Placed<Open>> {
    let mut facts = Vec::new();
    for deal in context.world.deals.values().filter(|deal| is_there(deal, end)) {
        match deal.before(as_of).last() {
            Some(version) if version.state.is_open() => with_history(context, deal, version, &mut facts),
            Some(_) => {}
            None => without_history(context, deal, &mut facts),
        }
    }
    facts
}

/// Whether the deal is not gone, was created before `end` (if that is known) and did not close before it.
fn is_there(deal: &Deal, end: Date) -> bool {
    let head = deal.head();
    let closed_later = || head.close_date.is_some_and(|date| date >= end);
    !deal.is_gone() && head.created_on.is_none_or(|date| date < end) && (!head.is_closed() || closed_later())
}

fn with_history(context: &Context, deal: &Deal, version: &DealVersion, facts: &mut Vec<Placed<Open>>) {
    let state = &version.state;
    let described = Described::state(context, &deal.key.0, state);
    for (key, piece) in split::placed(context, &described, state.amount()) {
        let fact = Open {
            deal: deal.key.clone(),
            created: deal.head().created_on,
            due: state.close_date,
            probability: probability(context, &deal.key.0, state),
            category: category(context, &deal.key.0, state),
            piece,
            without_amount: "amount_missing",
        };
        facts.push(Placed { key, fact });
    }
}

/// The deal counts as open, but only what its first version says of its dimensions is known.
fn without_history(context: &Context, deal: &Deal, facts: &mut Vec<Placed<Open>>) {
    let first = &deal.first().state;
    let mut described = Described::state(context, &deal.key.0, first);
    if !first.is_open() {
        described = described.with_stage(context, None);
    }
    let plainly_without = first.is_open() && first.amount().is_none();
    for (key, piece) in split::placed(context, &described, None) {
        let fact = Open {
            deal: deal.key.clone(),
            created: deal.head().created_on,
            due: None,
            probability: None,
            category: None,
            piece,
            without_amount: if plainly_without { "amount_missing" } else { "history_absent" },
        };
        facts.push(Placed { key, fact });
    }
}

/// The deal's own probability, else its stage's.
fn probability(context: &Context, source: &SourceId, state: &DealState) -> Option<Exact> {
    let stage = state.stage.as_ref().and_then(|stage| context.world.stage(source, stage));
    state.probability.or(stage.and_then(|stage| stage.probability)).map(money::exact)
}

/// The deal's own forecast category, else its stage's.
pub(crate) fn category(context: &Context, source: &SourceId, state: &DealState) -> Option<ForecastCategory> {
    let stage = state.stage.as_ref().and_then(|stage| context.world.stage(source, stage));
    state.category.or(stage.and_then(|stage| stage.forecast_category))
}

/// Only those that are due in the range.
pub(crate) fn due_in_range(context: &Context) -> Vec<Placed<Open>> {
    let range = context.span.range;
    open(context)
        .into_iter()
        .filter(|placed| placed.fact.due.is_some_and(|due| range.contains(due)))
        .collect()
}

/// The notes of facts that are counted.
pub(crate) fn counting_notes(facts: &[&Open]) -> BTreeSet<String> {
    let unknown = facts.iter().any(|fact| fact.created.is_none());
    unknown.then(|| "creation_unknown".to_owned()).into_iter().collect()
}

/// The notes of facts that are counted and summed.
pub(crate) fn summing_notes(facts: &[&Open]) -> BTreeSet<String> {
    let lacking = facts.iter().filter(|fact| !fact.piece.has_amount());
    counting_notes(facts).into_iter().chain(lacking.map(|fact| fact.without_amount.to_owned())).collect()
}
