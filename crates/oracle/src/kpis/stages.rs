//! Moves through stages: which stages lead on, and how long deals stay in them.

use super::{Figures, by_group, tell_blind};
use crate::{
    Context,
    dims::Described,
    facts::{
        Placed, blind, keys, of,
        stays::{self, Stay},
    },
    figure::{Figure, Unit, mean, median, share},
    print::whole,
    split,
    world::{Deal, Stand},
};
use num_bigint::BigInt;
use salescope_domain::{StageId, instant::DAY_MS};
use std::collections::BTreeMap;

/// Pairs (deal, stage entered in the range) that moved on / pairs.
pub(super) fn stage_conversion(context: &Context) -> Figures {
    let mut pairs = Vec::new();
    for deal in context.world.deals.values().filter(|deal| !deal.is_gone()) {
        let mut first_entries: BTreeMap<StageId, usize> = BTreeMap::new();
        for stay in stays::stays(context, deal) {
            if context.span.contains(deal.versions[stay.entered].occurred) {
                first_entries.entry(stay.stage).or_insert(stay.entered);
            }
        }
        for (stage, entered) in first_entries {
            place(context, deal, &stage, moved_on(context, deal, &stage, entered), &mut pairs);
        }
    }
    let blind = blind::in_range(context);
    by_group(context, [keys(&pairs), blind.clone()].concat(), |key| {
        let pairs = of(&pairs, key);
        let moved = pairs.iter().filter(|moved| ***moved).count();
        let figure = Figure::new(share(moved, pairs.len()), Unit::Ratio, pairs.len()).share_interval(moved);
        tell_blind(figure, &blind, key, !pairs.is_empty())
    })
}

/// Whether a later version is won, or open further on in the same pipeline.
fn moved_on(context: &Context, deal: &Deal, stage: &StageId, entered: usize) -> bool {
    let record = |stage: &StageId| context.world.stage(&deal.key.0, stage);
    let further = |later: &StageId| match (record(stage), record(later)) {
        (Some(stage), Some(later)) => later.pipeline == stage.pipeline && later.position > stage.position,
        _ => false,
    };
    deal.versions[entered + 1..].iter().any(|version| match version.state.stand {
        Stand::Won => true,
        Stand::Open => version.state.stage.as_ref().is_some_and(further),
        _ => false,
    })
}

/// The mean days between entering and leaving, of stages left in the range.
pub(super) fn time_in_stage(context: &Context) -> Figures {
    let mut leavings = Vec::new();
    for deal in context.world.deals.values().filter(|deal| !deal.is_gone()) {
        for Stay { stage, entered, left } in stays::stays(context, deal) {
            let Some(left) = left.map(|left| deal.versions[left].occurred) else { continue };
            if context.span.contains(left) {
                let stayed_ms = left.ms() - deal.versions[entered].occurred.ms();
                place(context, deal, &stage, BigInt::from(stayed_ms), &mut leavings);
            }
        }
    }
    let blind = blind::in_range(context);
    by_group(context, [keys(&leavings), blind.clone()].concat(), |key| {
        let stays: Vec<BigInt> = of(&leavings, key).into_iter().cloned().collect();
        let days = |ms| ms / whole(DAY_MS);
        let figure = Figure::new(mean(&stays).map(days), Unit::Days, stays.len())
            .part("median", median(&stays).map(days), Unit::Days)
            .mean_interval(Some(&stays), DAY_MS);
        tell_blind(figure, &blind, key, !stays.is_empty())
    })
}

/// The fact in its groups: the head's dimensions, with the stage in question and its pipeline.
pub(super) fn place<T: Clone>(
    context: &Context,
    deal: &Deal,
    stage: &StageId,
    fact: T,
    facts: &mut Vec<Placed<T>>,
) {
    let described = Described::head(context, deal).in_stage(context, stage);
    for (key, _) in split::placed(context, &described, deal.head().amount()) {
        facts.push(Placed { key, fact: fact.clone() });
    }
}
