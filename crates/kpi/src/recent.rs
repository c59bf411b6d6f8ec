//! What the last slices changed: kept while somebody follows the engine, so that a view catches up without a pass over all deals.
//!
//! Invariant: the slices that are kept lie end to end, and the last of them ends at the engine's position.

use crate::state::Changes;
use std::collections::VecDeque;

/// Deals of all slices that are kept, at most: beyond it the oldest go. A view that is further behind is built anew, which is a
/// pass over all deals; following so many changed ones costs about as much.
const RECENT_DEALS_MAX: usize = 65_536;

/// Slices that are kept, at most.
const RECENT_SLICES_MAX: usize = 4_096;

/// The last slices.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recent {
    /// Each with the position before it.
    slices: VecDeque<(u64, Changes)>,
    deals: usize,
}

impl Recent {
    /// Takes note of a slice that was applied at `before`.
    pub(crate) fn push(&mut self, before: u64, changes: &Changes) {
        self.deals += changes.deals.len();
        self.slices.push_back((before, changes.clone()));
        while self.deals > RECENT_DEALS_MAX || self.slices.len() > RECENT_SLICES_MAX {
            let Some((_, oldest)) = self.slices.pop_front() else { return };
            self.deals -= oldest.deals.len();
        }
    }

    /// What changed after `position`, as one slice; `None` where that is not kept any more.
    pub(crate) fn since(&self, position: u64) -> Option<Changes> {
        let first = self.slices.partition_point(|(_, changes)| changes.position <= position);
        let mut slices = self.slices.range(first..).peekable();
        if slices.peek().is_none_or(|(before, _)| *before > position) {
            return None;
        }
        let mut all = Changes::default();
        for (_, changes) in slices {
            let Changes { deals, world, additive, definitions, position } = changes;
            all.deals.extend_from_slice(deals);
            all.world |= world;
            all.additive |= additive;
            all.definitions |= definitions;
            all.position = *position;
        }
        all.deals.sort_unstable();
        all.deals.dedup();
        Some(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changes(deals: &[u32], position: u64) -> Changes {
        Changes { deals: deals.to_vec(), position, ..Changes::default() }
    }

    #[test]
    fn slices_since_a_position_are_one() {
        let mut recent = Recent::default();
        recent.push(0, &changes(&[1, 5], 3));
        recent.push(3, &Changes { world: true, ..changes(&[2, 5], 7) });
        assert_eq!(recent.since(0), Some(Changes { world: true, ..changes(&[1, 2, 5], 7) }));
        assert_eq!(recent.since(3), Some(Changes { world: true, ..changes(&[2, 5], 7) }));
        // Inside of a slice: what is seen twice changes nothing.
        assert_eq!(recent.since(5), Some(Changes { world: true, ..changes(&[2, 5], 7) }));
        assert_eq!(recent.since(7), None);
    }

    #[test]
    fn what_is_too_old_is_not_told_half() {
        let mut recent = Recent::default();
        let many: Vec<u32> = (0..40_000).collect();
        recent.push(0, &changes(&many, 40_000));
        recent.push(40_000, &changes(&many, 80_000));
        assert_eq!(recent.since(0), None);
        assert_eq!(recent.since(40_000).map(|changes| changes.position), Some(80_000));
        recent.push(80_000, &changes(&(0..70_000).collect::<Vec<_>>(), 90_000));
        assert_eq!(recent.since(80_000), None);
    }
}
