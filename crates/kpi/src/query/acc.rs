//! Accumulators: what one input holds for one group.

use super::reps::REPEATED;
use crate::definition::{Input, Measure};
use crate::facts::schema::FieldKind;
use crate::facts::{Fact, FactRow};
use crate::world::World;
use crate::world::money::{Amount, Converted};
use hashbrown::HashSet;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Zero;
use salescope_domain::{Currency, Date};
use std::collections::{BTreeMap, BTreeSet};

const MS_PER_DAY: i64 = 86_400_000;
/// Digits of a probability in millionths.
const PROBABILITY_DIGITS: u32 = 6;

/// What an input holds for a group.
#[derive(Debug, Clone, Default)]
pub(crate) struct Acc {
    /// Facts that counted, or that had the field.
    pub count: u64,
    /// Facts that lacked the amount.
    pub absent: u64,
    /// Facts whose amount cannot be told, for want of history.
    pub untold: u64,
    /// Currencies without a rate.
    pub no_rate: BTreeSet<Currency>,
    /// Facts without a probability.
    unweighted: u64,
    pub sum: i128,
    /// Squares of the values of a sum (for intervals).
    pub squares: Squares,
    /// Foreign sums that convert at read, with [`PROBABILITY_DIGITS`] more digits where weighted.
    pub floats: BTreeMap<(Currency, Date), i128>,
    /// Values of a median.
    pub values: Vec<i64>,
    pub distinct: HashSet<u32, foldhash::fast::FixedState>,
    exact: Option<BigRational>,
}

/// A sum of squares in two parts, of the squares' upper and lower 64 bits: exact, and what was added can be taken away.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Squares {
    upper: i128,
    lower: i128,
}

impl Squares {
    /// Takes a value in.
    pub(crate) fn add(&mut self, value: i64) {
        let magnitude = u128::from(value.unsigned_abs());
        let square = magnitude * magnitude;
        self.upper += i128::from((square >> 64) as u64);
        self.lower += i128::from(square as u64);
    }

    /// Takes another sum in.
    pub(crate) fn merge(&mut self, other: Self) {
        self.upper += other.upper;
        self.lower += other.lower;
    }

    /// Takes another sum away, which was taken in before.
    pub(crate) fn retract(&mut self, other: Self) {
        self.upper -= other.upper;
        self.lower -= other.lower;
    }

    fn total(self) -> BigInt {
        (BigInt::from(self.upper) << 64_u32) + self.lower
    }
}

fn decimal(mantissa: i64, scale: i64) -> BigRational {
    let scale = u32::try_from(scale).unwrap_or(0);
    BigRational::new(mantissa.into(), BigInt::from(10).pow(scale))
}

fn whole(value: i128) -> BigRational {
    BigRational::from_integer(value.into())
}

impl Acc {
    /// Takes a fact in, with its amount in this group.
    pub(crate) fn add(&mut self, input: &Input, world: &World<'_>, row: &FactRow, amount: Amount) {
        let measure = input.measure;
        match measure {
            Measure::Count if row.is_spoilt() && !input.is_unconditional() => self.spoil(amount),
            Measure::Count if row.is_spoilt() => self.count += u64::from(row.extra != REPEATED),
            Measure::Count => self.count += 1,
            Measure::CountField(kind) => self.count += u64::from(has_field(row, amount, kind)),
            Measure::Missing(kind) => self.count += u64::from(!has_field(row, amount, kind)),
            Measure::CountDeals => self.count += u64::from(row.deal != 0),
            Measure::DistinctDeals if row.deal != 0 => drop(self.distinct.insert(row.deal)),
            Measure::DistinctOwners if row.dims.owner != 0 => drop(self.distinct.insert(row.dims.owner)),
            Measure::DistinctDeals | Measure::DistinctOwners => {}
            Measure::Sum(FieldKind::Amount) if row.fact == Fact::Quota => self.add_quota(row, amount),
            Measure::Sum(FieldKind::Amount) => self.add_amount(world, amount),
            Measure::Sum(FieldKind::Weighted) => self.add_weighted(world, row, amount),
            Measure::Sum(FieldKind::Days | FieldKind::Milliseconds) => {
                if let Some(number) = row.number {
                    self.add_value(number);
                }
            }
            Measure::Median(FieldKind::Amount) => match world.alone(amount) {
                Some(Ok(minor)) => self.values.push(minor),
                Some(Err(currency)) => drop(self.no_rate.insert(currency)),
                None => {}
            },
            Measure::Median(_) => self.values.extend(row.number),
            Measure::Sum(FieldKind::Number) | Measure::Last | Measure::Min | Measure::Max => {
                let Some(mantissa) = row.number else { return };
                let value = decimal(mantissa, row.extra);
                self.count += 1;
                self.exact = Some(match (self.exact.take(), measure) {
                    (Some(old), Measure::Sum(_)) => old + value,
                    (Some(old), Measure::Min) => old.min(value),
                    (Some(old), Measure::Max) => old.max(value),
                    (_, _) => value,
                });
            }
        }
    }

    /// A fact that may or may not count.
    fn spoil(&mut self, amount: Amount) {
        match amount {
            Amount::NoRate(currency) => drop(self.no_rate.insert(currency)),
            _ => self.absent += 1,
        }
    }

    fn add_value(&mut self, value: i64) {
        self.count += 1;
        self.sum += i128::from(value);
        self.squares.add(value);
    }

    fn add_amount(&mut self, world: &World<'_>, amount: Amount) {
        match world.convert(amount) {
            Some(Converted::Home(minor)) => self.add_value(minor),
            Some(Converted::Floating { minor, currency, date }) => {
                self.count += 1;
                *self.floats.entry((currency, date)).or_insert(0) += i128::from(minor);
            }
            Some(Converted::NoRate(currency)) => drop(self.no_rate.insert(currency)),
            None if amount == Amount::Untold => self.untold += 1,
            None => self.absent += 1,
        }
    }

    fn add_weighted(&mut self, world: &World<'_>, row: &FactRow, amount: Amount) {
        let Some(probability) = row.number else {
            self.unweighted += 1;
            self.absent += u64::from(amount == Amount::Absent);
            self.untold += u64::from(amount == Amount::Untold);
            return;
        };
        let ((currency, date), minor) = match world.convert(amount) {
            Some(Converted::Home(minor)) => ((world.settings.currency, world.clock.float_date()), minor),
            Some(Converted::Floating { minor, currency, date }) => ((currency, date), minor),
            Some(Converted::NoRate(currency)) => {
                self.no_rate.insert(currency);
                return;
            }
            None if amount == Amount::Untold => return self.untold += 1,
            None => return self.absent += 1,
        };
        self.count += 1;
        *self.floats.entry((currency, date)).or_insert(0) += i128::from(minor) * i128::from(probability);
    }

    fn add_quota(&mut self, row: &FactRow, amount: Amount) {
        self.count += 1;
        match amount {
            Amount::NoRate(currency) => drop(self.no_rate.insert(currency)),
            Amount::Home(minor) => {
                let (overlap, period) = (row.number.unwrap_or(0), row.extra.max(1));
                let share = BigRational::new(overlap.into(), period.into());
                let sum = self.exact.take().unwrap_or_else(BigRational::zero);
                self.exact = Some(sum + share * whole(i128::from(minor)));
            }
            _ => {}
        }
    }

    /// Takes another group's holdings in: aggregates of disjoint facts merge.
    pub(crate) fn merge(&mut self, other: &Self, measure: Measure) {
        self.count += other.count;
        self.absent += other.absent;
        self.untold += other.untold;
        self.unweighted += other.unweighted;
        self.no_rate.extend(&other.no_rate);
        self.sum += other.sum;
        for (of, units) in &other.floats {
            *self.floats.entry(*of).or_insert(0) += units;
        }
        self.squares.merge(other.squares);
        self.values.extend(&other.values);
        self.distinct.extend(&other.distinct);
        self.exact = match (self.exact.take(), other.exact.clone()) {
            (Some(a), Some(b)) => Some(match measure {
                Measure::Min => a.min(b),
                Measure::Max => a.max(b),
                Measure::Last => b,
                _ => a + b,
            }),
            (a, b) => a.or(b),
        };
    }

    /// What the input comes to; finding a rate missing is noted.
    pub(crate) fn value(&mut self, input: &Input, world: &World<'_>) -> Option<BigRational> {
        let fact = input.fact;
        let value = match input.measure {
            Measure::Count | Measure::CountField(_) | Measure::Missing(_) | Measure::CountDeals => {
                let spoilt = fact == Fact::Rep && self.absent > 0;
                (!spoilt).then(|| whole(i128::from(self.count)))
            }
            Measure::DistinctDeals | Measure::DistinctOwners => Some(whole(self.distinct.len() as i128)),
            Measure::Median(kind) => self.median().map(|median| in_days(median, kind)),
            Measure::Last | Measure::Min | Measure::Max => self.exact.clone(),
            Measure::Sum(FieldKind::Number) => Some(self.exact.clone().unwrap_or_else(BigRational::zero)),
            Measure::Sum(FieldKind::Amount) if fact == Fact::Quota => self.exact.clone(),
            Measure::Sum(kind) => self.total(kind, world),
        };
        value.filter(|_| self.no_rate.is_empty())
    }

    fn total(&mut self, kind: FieldKind, world: &World<'_>) -> Option<BigRational> {
        if self.count == 0 && self.absent + self.untold + self.unweighted > 0 {
            return None;
        }
        let digits = if kind == FieldKind::Weighted { PROBABILITY_DIGITS } else { 0 };
        let mut total = self.sum;
        for ((currency, date), units) in &self.floats {
            match world.at_rate(*units, *currency, *date, digits) {
                Some(home) => total += home,
                None => drop(self.no_rate.insert(*currency)),
            }
        }
        Some(in_days(whole(total), kind))
    }

    fn median(&mut self) -> Option<BigRational> {
        let len = self.values.len();
        let middle = len / 2;
        if len == 0 {
            return None;
        }
        let (lower, upper, _) = self.values.select_nth_unstable(middle);
        let upper = i128::from(*upper);
        if len % 2 == 1 || crate::sabotage::on("upper_median") {
            return Some(whole(upper));
        }
        let lower = lower.iter().max().map_or(upper, |lower| i128::from(*lower));
        Some(BigRational::new((lower + upper).into(), 2.into()))
    }

    /// Number, sum and sum of squares of the values of a sum, in its own units.
    pub(crate) fn moments(&self) -> (u64, BigInt, BigInt) {
        (self.count, BigInt::from(self.sum), self.squares.total())
    }
}

fn has_field(row: &FactRow, amount: Amount, kind: FieldKind) -> bool {
    let has_amount = !matches!(amount, Amount::Absent | Amount::Untold);
    match kind {
        FieldKind::Amount => has_amount,
        FieldKind::Weighted => has_amount && row.number.is_some(),
        FieldKind::Days | FieldKind::Milliseconds | FieldKind::Number => row.number.is_some(),
    }
}

/// Milliseconds become days; everything else stays in its own unit.
pub(crate) fn in_days(value: BigRational, kind: FieldKind) -> BigRational {
    if kind == FieldKind::Milliseconds { value / BigRational::from_integer(MS_PER_DAY.into()) } else { value }
}
