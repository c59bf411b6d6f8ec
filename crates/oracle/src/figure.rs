//! A figure before it is printed: exact, with its unit, parts and notes.

use crate::print::{self, Exact, whole};
use num_bigint::BigInt;
use salescope_domain::{Currency, Dimension, Group, stats};
use std::collections::{BTreeMap, BTreeSet};

/// The dimension values of a group.
pub(crate) type Key = BTreeMap<Dimension, String>;

/// What a number measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Minor units of the organisation's currency.
    Money,
    /// Minor units of the organisation's currency per day.
    MoneyPerDay,
    Ratio,
    Days,
    Count,
    /// A number with two digits.
    Rate,
    /// A metric's own unit.
    Number,
}

/// One group's figure.
#[derive(Debug, Clone)]
pub(crate) struct Figure {
    pub(crate) value: Option<Exact>,
    pub(crate) unit: Unit,
    pub(crate) n: u64,
    pub(crate) parts: BTreeMap<&'static str, (Option<Exact>, Unit)>,
    pub(crate) notes: BTreeSet<String>,
}

impl Figure {
    pub(crate) fn new(value: Option<Exact>, unit: Unit, n: usize) -> Self {
        Self { value, unit, n: count(n), parts: BTreeMap::new(), notes: BTreeSet::new() }
    }

    pub(crate) fn part(mut self, name: &'static str, value: Option<Exact>, unit: Unit) -> Self {
        self.parts.insert(name, (value, unit));
        self
    }

    pub(crate) fn count_part(self, name: &'static str, number: usize) -> Self {
        self.part(name, Some(whole(count(number))), Unit::Count)
    }

    pub(crate) fn note_if(mut self, condition: bool, note: &str) -> Self {
        if condition {
            self.notes.insert(note.to_owned());
        }
        self
    }

    pub(crate) fn with_notes(mut self, notes: impl IntoIterator<Item = String>) -> Self {
        self.notes.extend(notes);
        self
    }

    /// The interval of a share of `hits` in `n`, where there are few.
    pub(crate) fn share_interval(self, hits: usize) -> Self {
        let known = self.value.is_some();
        let interval = stats::wilson(count(hits), self.n).map(|interval| known.then_some(interval));
        self.interval(interval)
    }

    /// The interval of a mean over `values` (each times `scale`), where there are few; `None` where one is not known.
    pub(crate) fn mean_interval(self, values: Option<&[BigInt]>, scale: i64) -> Self {
        let (sum, squares) = values.map_or_else(
            || (BigInt::from(0), BigInt::from(0)),
            |values| (values.iter().sum(), values.iter().map(|value| value * value).sum()),
        );
        let scaled = |bound: Exact| bound / whole(scale);
        let interval = stats::mean_interval(self.n, &sum, &squares)
            .map(|(low, high)| values.is_some().then(|| (scaled(low), scaled(high))));
        self.interval(interval)
    }

    fn interval(self, interval: Option<Option<(Exact, Exact)>>) -> Self {
        let few = (1..stats::FEW_DEALS).contains(&self.n);
        let unit = self.unit;
        let figure = self.note_if(few, "few_deals");
        let Some(interval) = interval else { return figure };
        let (low, high) = interval.unzip();
        figure.part("interval_low", low, unit).part("interval_high", high, unit)
    }

    pub(crate) fn print(self, key: Key, currency: Currency) -> Group {
        let text = |value: Option<Exact>, unit| value.map(|value| print_value(&value, unit, currency));
        Group {
            key,
            value: text(self.value, self.unit),
            unit: unit_name(self.unit, currency),
            n: self.n,
            parts: self
                .parts
                .into_iter()
                .map(|(name, (value, unit))| (name.to_owned(), text(value, unit)))
                .collect(),
            notes: self.notes,
        }
    }
}

fn print_value(value: &Exact, unit: Unit, currency: Currency) -> String {
    let decimals = u32::from(currency.decimals());
    match unit {
        Unit::Money | Unit::MoneyPerDay => {
            print::decimal(&(value / whole(BigInt::from(10).pow(decimals))), decimals)
        }
        Unit::Ratio => print::decimal(value, 6),
        Unit::Days | Unit::Rate => print::decimal(value, 2),
        Unit::Count => print::decimal(value, 0),
        Unit::Number => print::trimmed(value, 6),
    }
}

fn unit_name(unit: Unit, currency: Currency) -> String {
    match unit {
        Unit::Money => currency.to_string(),
        Unit::MoneyPerDay => format!("{currency}/day"),
        Unit::Ratio => "ratio".to_owned(),
        Unit::Days => "days".to_owned(),
        Unit::Count => "count".to_owned(),
        Unit::Rate | Unit::Number => "number".to_owned(),
    }
}

/// A length as a count.
pub(crate) fn count(number: usize) -> u64 {
    u64::try_from(number).expect("a length fits")
}

/// `top / bottom`, or nothing where either is unknown or the bottom is zero.
pub(crate) fn quotient(top: Option<Exact>, bottom: Option<Exact>) -> Option<Exact> {
    let (top, bottom) = (top?, bottom?);
    (bottom != whole(0)).then(|| top / bottom)
}

/// A share of two counts.
pub(crate) fn share(hits: usize, n: usize) -> Option<Exact> {
    quotient(Some(whole(count(hits))), Some(whole(count(n))))
}

/// The mean of `values`.
pub(crate) fn mean(values: &[BigInt]) -> Option<Exact> {
    quotient(Some(whole(values.iter().sum::<BigInt>())), Some(whole(count(values.len()))))
}

/// The middle value, or the mean of the two middle ones.
pub(crate) fn median(values: &[BigInt]) -> Option<Exact> {
    let mut sorted = values.to_vec();
    sorted.sort();
    let upper = sorted.get(sorted.len() / 2)?.clone();
    let lower = sorted[(sorted.len() - 1) / 2].clone();
    Some(Exact::new(lower + upper, 2.into()))
}
