//! What one input holds for one group on one day.
//!
//! Invariants: a cell is a sum over facts, so what was added can be taken away, in any order; a cell from which everything
//! was taken away equals an empty one. Nothing in it depends on a question's range or clock: floating amounts stay sums
//! per currency, to be converted when the cell is read.

use crate::definition::Measure;
use crate::query::acc::{Acc, Squares};
use salescope_domain::{Currency, Date};

/// Whether a fact comes or goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    Add,
    Retract,
}

impl Turn {
    /// Changes a count by this many.
    pub(super) fn count(self, count: &mut u32, by: u64) {
        let by = u32::try_from(by).expect("one deal brings fewer than 2^32 facts");
        let changed = if self == Self::Add { count.checked_add(by) } else { count.checked_sub(by) };
        *count = changed.expect("only what was added is retracted, and there are fewer than 2^32 deals");
    }

    fn sum(self, sum: &mut i128, by: i128) {
        *sum = if self == Self::Add { *sum + by } else { *sum - by };
    }
}

/// Amounts of a currency that do not convert by themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Foreign {
    currency: Currency,
    /// Deals whose amounts are summed in `units`.
    floating: u32,
    units: i128,
    /// Deals whose amounts have no rate.
    without_rate: u32,
}

/// What sums and multisets need beside counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct More {
    sum: i128,
    squares: Squares,
    /// A sorted multiset: the values of a median, or the numbers of distinct deals or owners.
    values: Vec<i64>,
    /// By currency.
    foreign: Vec<Foreign>,
}

/// What one input holds for one group on one day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Cell {
    count: u32,
    absent: u32,
    more: Option<Box<More>>,
}

impl More {
    fn value(&mut self, value: i64, turn: Turn) {
        let at = self.values.partition_point(|known| *known < value);
        match turn {
            Turn::Add => self.values.insert(at, value),
            Turn::Retract => {
                let found = self.values.get(at) == Some(&value);
                assert!(found, "only what was added is retracted");
                self.values.remove(at);
            }
        }
    }

    fn foreign(&mut self, currency: Currency, change: impl FnOnce(&mut Foreign)) {
        let at = self.foreign.partition_point(|known| known.currency < currency);
        if self.foreign.get(at).is_none_or(|known| known.currency != currency) {
            self.foreign.insert(at, Foreign { currency, floating: 0, units: 0, without_rate: 0 });
        }
        change(&mut self.foreign[at]);
        if self.foreign[at].floating + self.foreign[at].without_rate == 0 {
            self.foreign.remove(at);
        }
    }
}

impl Cell {
    /// Adds or takes away what one deal brought.
    pub(super) fn change(&mut self, brought: &Acc, turn: Turn) {
        turn.count(&mut self.count, brought.count);
        turn.count(&mut self.absent, brought.absent);
        // A sum without squares is a sum of zeros.
        let plain = brought.squares == Squares::default()
            && brought.values.is_empty()
            && brought.distinct.is_empty()
            && brought.floats.is_empty()
            && brought.no_rate.is_empty();
        if plain {
            return;
        }
        let more = self.more.get_or_insert_default();
        turn.sum(&mut more.sum, brought.sum);
        match turn {
            Turn::Add => more.squares.merge(brought.squares),
            Turn::Retract => more.squares.retract(brought.squares),
        }
        let distinct = brought.distinct.iter().map(|number| i64::from(*number));
        for value in brought.values.iter().copied().chain(distinct) {
            more.value(value, turn);
        }
        for ((currency, _), units) in &brought.floats {
            more.foreign(*currency, |foreign| {
                turn.count(&mut foreign.floating, 1);
                turn.sum(&mut foreign.units, *units);
            });
        }
        for currency in &brought.no_rate {
            more.foreign(*currency, |foreign| turn.count(&mut foreign.without_rate, 1));
        }
        if **more == More::default() {
            self.more = None;
        }
    }

    /// Adds what the cell holds to an accumulator; floating amounts convert at the rates of `float_date`.
    pub(super) fn pour(&self, into: &mut Acc, measure: Measure, float_date: Date) {
        into.count += u64::from(self.count);
        into.absent += u64::from(self.absent);
        let Some(more) = self.more.as_deref() else { return };
        into.sum += more.sum;
        into.squares.merge(more.squares);
        if matches!(measure, Measure::DistinctDeals | Measure::DistinctOwners) {
            into.distinct.extend(more.values.iter().filter_map(|number| u32::try_from(*number).ok()));
        } else {
            into.values.extend(&more.values);
        }
        for foreign in &more.foreign {
            if foreign.floating > 0 {
                *into.floats.entry((foreign.currency, float_date)).or_insert(0) += foreign.units;
            }
            if foreign.without_rate > 0 {
                into.no_rate.insert(foreign.currency);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::schema::FieldKind;
    use salescope_testkit::Rng;

    const MEASURES: [Measure; 4] = [
        Measure::Count,
        Measure::Sum(FieldKind::Amount),
        Measure::Median(FieldKind::Days),
        Measure::DistinctOwners,
    ];

    /// What one deal may bring to an input.
    fn brought(rng: &mut Rng, measure: Measure) -> Acc {
        let mut acc = Acc::default();
        (acc.count, acc.absent) = (rng.below(2), rng.below(2));
        let value = rng.between(-3, 3) * (i64::MAX / 3);
        let currency = rng.pick(&["EUR", "JPY", "GBP"]).parse().unwrap();
        match (measure, rng.below(3)) {
            (Measure::Sum(_), 0) => drop(acc.no_rate.insert(currency)),
            (Measure::Sum(_), 1) => drop(acc.floats.insert((currency, Date::MAX), i128::from(value))),
            (Measure::Sum(_), _) => {
                acc.sum = i128::from(value);
                acc.squares.add(value);
            }
            (Measure::Median(_), _) => acc.values.push(value),
            (Measure::DistinctOwners, _) => drop(acc.distinct.insert(u32::try_from(rng.below(4)).unwrap())),
            _ => {}
        }
        acc
    }

    fn shuffled<T: Clone>(rng: &mut Rng, items: &[T]) -> Vec<T> {
        let mut items = items.to_vec();
        for at in (1..items.len()).rev() {
            items.swap(at, rng.index(at + 1));
        }
        items
    }

    #[test]
    fn what_was_added_can_be_taken_away_in_any_order() {
        let mut rng = Rng::new(1);
        for round in 0..500 {
            let measure = MEASURES[round % MEASURES.len()];
            let all: Vec<Acc> = (0..rng.below(20)).map(|_| brought(&mut rng, measure)).collect();
            let kept = rng.index(all.len() + 1);
            let (mut cell, mut expected) = (Cell::default(), Cell::default());
            shuffled(&mut rng, &all).iter().for_each(|acc| cell.change(acc, Turn::Add));
            all[..kept].iter().for_each(|acc| expected.change(acc, Turn::Add));
            shuffled(&mut rng, &all[kept..]).iter().for_each(|acc| cell.change(acc, Turn::Retract));
            assert_eq!(cell, expected);
            shuffled(&mut rng, &all[..kept]).iter().for_each(|acc| cell.change(acc, Turn::Retract));
            assert_eq!(cell, Cell::default());
        }
    }

    #[test]
    fn panes_merge_in_any_order() {
        let mut rng = Rng::new(2);
        for round in 0..500 {
            let measure = MEASURES[round % MEASURES.len()];
            let mut cells: Vec<Cell> = vec![Cell::default(); 1 + rng.index(6)];
            for _ in 0..rng.below(30) {
                let (at, acc) = (rng.index(cells.len()), brought(&mut rng, measure));
                cells[at].change(&acc, Turn::Add);
            }
            let mut merged = |cells: &[Cell]| {
                let mut acc = Acc::default();
                shuffled(&mut rng, cells).iter().for_each(|cell| cell.pour(&mut acc, measure, Date::MAX));
                acc.values.sort_unstable();
                let mut distinct: Vec<u32> = acc.distinct.iter().copied().collect();
                distinct.sort_unstable();
                let sums = (acc.count, acc.absent, acc.sum, acc.moments(), acc.floats, acc.no_rate);
                (sums, acc.values, distinct)
            };
            assert_eq!(merged(&cells), merged(&cells));
        }
    }
}
