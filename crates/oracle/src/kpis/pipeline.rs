//! Sums over open deals, and over created ones.

use super::{Figures, by_group};
use crate::{
    Context,
    facts::{created, keys, of, open, sum},
    figure::{Figure, Unit},
    print::Exact,
    split::Piece,
};

/// The sum of open amounts.
pub(super) fn open_pipeline(context: &Context) -> Figures {
    let open = open::open(context);
    by_group(context, keys(&open), |key| {
        let open = of(&open, key);
        let sum = sum::open_sum(context, &open);
        Figure::new(sum.value, Unit::Money, open.len())
            .count_part("without_amount", sum.without)
            .with_notes(sum.notes)
    })
}

/// The sum of amount x probability over open deals with both.
pub(super) fn weighted_pipeline(context: &Context) -> Figures {
    let open = open::open(context);
    by_group(context, keys(&open), |key| {
        let open = of(&open, key);
        let both = open.iter().filter(|fact| fact.piece.has_amount());
        let both: Vec<(&Piece, Exact)> =
            both.filter_map(|fact| Some((&fact.piece, fact.probability.clone()?))).collect();
        let sum = sum::weighted_sum(context, &both);
        let notes = sum.as_ref().err().into_iter().flatten().map(sum::rate_missing).collect::<Vec<_>>();
        let value = sum.ok().filter(|_| open.is_empty() || !both.is_empty());
        let lacks_probability = open.iter().filter(|fact| fact.probability.is_none());
        let lacks_amount = open.iter().filter(|fact| !fact.piece.has_amount());
        Figure::new(value, Unit::Money, open.len())
            .count_part("without_amount", lacks_amount.count())
            .count_part("without_probability", lacks_probability.count())
            .with_notes(notes)
            .with_notes(open::summing_notes(&open))
    })
}

/// The sum of initial amounts of created deals.
pub(super) fn pipeline_created(context: &Context) -> Figures {
    let created = created::created(context);
    by_group(context, keys(&created), |key| {
        let sum = sum::created_sum(context, &of(&created, key));
        Figure::new(sum.value, Unit::Money, sum.with)
            .count_part("without_amount", sum.without)
            .with_notes(sum.notes)
    })
}
