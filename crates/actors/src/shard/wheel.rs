//! A timer wheel: many deadlines, one tick. Pure.
//!
//! Invariant: what was set comes out once, at the tick that it was set for, or at the first after it.

/// Deadlines that are ticks apart.
#[derive(Debug)]
pub(crate) struct Wheel<T> {
    now: u64,
    /// Items by their tick, modulo the number of slots, each with the tick itself.
    slots: Vec<Vec<(u64, T)>>,
}

/// Ticks until an item comes round: longer waits go round more than once.
const SLOTS: usize = 128;

impl<T> Wheel<T> {
    pub(crate) fn new() -> Self {
        Self { now: 0, slots: (0..SLOTS).map(|_| Vec::new()).collect() }
    }

    /// Ticks so far.
    pub(crate) fn now(&self) -> u64 {
        self.now
    }

    /// Lets `item` come out `ticks` from now, at least one.
    pub(crate) fn set(&mut self, ticks: u64, item: T) {
        let due = self.now + ticks.max(1);
        self.slots[slot(due)].push((due, item));
    }

    /// Turns by one; gives what is due.
    pub(crate) fn turn(&mut self) -> Vec<T> {
        self.now += 1;
        let at = slot(self.now);
        let (due, later): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.slots[at]).into_iter().partition(|(tick, _)| *tick <= self.now);
        self.slots[at] = later;
        due.into_iter().map(|(_, item)| item).collect()
    }
}

fn slot(tick: u64) -> usize {
    usize::try_from(tick % SLOTS as u64).expect("there are few slots")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_item_comes_out_once_at_its_tick(waits in proptest::collection::vec(0_u64..400, 0..60)) {
            let mut wheel = Wheel::new();
            for (item, wait) in waits.iter().enumerate() {
                wheel.set(*wait, item);
            }
            let mut seen = vec![0; waits.len()];
            for _ in 0..400 {
                for item in wheel.turn() {
                    prop_assert_eq!(wheel.now(), waits[item].max(1));
                    seen[item] += 1;
                }
            }
            prop_assert!(seen.iter().all(|count| *count == 1));
        }
    }
}
