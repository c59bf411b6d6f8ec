//! Merges: of two or three deals, in chains, of deals never seen, of a deal into itself.

use super::{Plan, life::DealName, moments};
use crate::make;
use salescope_domain::{DealMerge, Payload};

/// Merges in half of the histories.
pub(super) fn plan(plan: &mut Plan, deals: &[DealName]) {
    if plan.rng.chance(50) {
        return;
    }
    let mut chain: Option<DealName> = None;
    for count in 1..=plan.rng.below(4) {
        let mut survivor = plan.rng.pick_ref(deals).clone();
        let mut losers = Vec::new();
        for _ in 0..=plan.rng.below(2) {
            let loser = plan.rng.pick_ref(deals);
            losers.push(if loser.0 == survivor.0 { loser.1.clone() } else { "unseen".to_owned() });
        }
        if let Some(before) = chain.take_if(|_| plan.rng.chance(60)) {
            if plan.rng.chance(50) {
                losers.retain(|_| before.0 == survivor.0);
                losers.push(before.1.clone());
                survivor.0 = before.0;
            } else {
                survivor = before;
            }
        }
        let at = moments::edge_instant(&mut plan.rng);
        let version = plan.version(at, i64::try_from(count).expect("a small number fits"));
        let merge = DealMerge {
            source: make::source(survivor.0),
            survivor: make::deal(&survivor.1),
            losers: losers.iter().map(|loser| make::deal(loser)).collect(),
            version,
            occurred_at: at,
        };
        plan.say(at, Payload::from(merge));
        chain = Some(survivor);
    }
}
