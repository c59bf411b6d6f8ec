//! The waterfall (section 7 of the contract): what was in the pipeline of a range, what came and went, what is in it.

mod steps;

use super::{Figures, by_group, tell_blind};
use crate::{
    Context,
    facts::{Placed, blind, keys, of, sum::rate_missing},
    figure::{Figure, Unit},
    print::{Exact, whole},
};
use num_bigint::BigInt;
use salescope_domain::Currency;
use std::collections::BTreeSet;
use steps::{Move, Step};

const STEPS: [(Step, &str); 11] = [
    (Step::New, "new"),
    (Step::Reopened, "reopened"),
    (Step::PulledIn, "pulled_in"),
    (Step::Increased, "increased"),
    (Step::Decreased, "decreased"),
    (Step::TransferredIn, "transferred_in"),
    (Step::TransferredOut, "transferred_out"),
    (Step::Won, "won"),
    (Step::Lost, "lost"),
    (Step::PushedOut, "pushed_out"),
    (Step::Removed, "removed"),
];

/// What is in at the end, with the steps that lead there.
pub(super) fn pipeline_waterfall(context: &Context) -> Figures {
    let moves: Vec<Placed<Move>> =
        context.world.deals.values().flat_map(|deal| steps::moves(context, deal)).collect();
    let blind = blind::due_at_start(context);
    by_group(context, [keys(&moves), blind.clone()].concat(), |key| {
        let moves = of(&moves, key);
        let unseen = blind.contains(key) && moves.is_empty();
        let total = |moves: &[&Move], step| total(moves, step).filter(|_| !unseen);
        let ends = moves.iter().filter(|step| step.step == Step::End);
        let end = ends.map(|step| &step.deal).collect::<BTreeSet<_>>().len();
        let start = total(&moves, Step::Start);
        let revalued = total(&moves, Step::StartAtEndRate);
        let currency = revalued.zip(start.clone()).map(|(after, before)| after - before);
        let mut figure = Figure::new(total(&moves, Step::End), Unit::Money, end)
            .part("start", start, Unit::Money)
            .part("currency", currency, Unit::Money)
            .with_notes(moves.iter().filter_map(|step| step.amount.as_ref().err()).map(rate_missing))
            .note_if(moves.iter().any(|step| step.lacks_amount), "amount_missing");
        for (step, name) in STEPS {
            figure = figure.part(name, total(&moves, step), Unit::Money);
        }
        tell_blind(figure, &blind, key, !moves.is_empty())
    })
}

fn total(moves: &[&Move], step: Step) -> Option<Exact> {
    let those = moves.iter().filter(|other| other.step == step);
    let sum: Result<BigInt, Currency> = those.map(|step| step.amount.clone()).sum();
    sum.ok().map(whole)
}
