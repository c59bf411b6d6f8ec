//! Rarely changing parts of a deal, each distinct value kept once: attribute sets, product lines, home amounts.

use super::held::Held;
use hashbrown::HashMap;
use salescope_domain::HomeAmount;
use serde::{Deserialize, Serialize};
use std::hash::Hash;

/// The texts that a deal states beside its stage, owner and account. Numbers are texts; 0 is none.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub(crate) struct Attrs {
    pub team: u32,
    pub region: u32,
    pub lead_source: u32,
    /// Object of the pipeline table.
    pub pipeline: u32,
    /// Field and value, sorted by field.
    pub own: Vec<(u32, u32)>,
}

impl Attrs {
    /// The value of an own field, 0 when there is none.
    pub(crate) fn own(&self, field: u32) -> u32 {
        self.own.binary_search_by_key(&field, |(field, _)| *field).map_or(0, |at| self.own[at].1)
    }

    /// Sets or clears an own field.
    pub(crate) fn set_own(&mut self, field: u32, value: u32) {
        match (self.own.binary_search_by_key(&field, |(field, _)| *field), value) {
            (Ok(at), 0) => drop(self.own.remove(at)),
            (Ok(at), value) => self.own[at].1 = value,
            (Err(_), 0) => {}
            (Err(at), value) => self.own.insert(at, (field, value)),
        }
    }
}

/// A product line: object of the product table, and the line's total in the deal's minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Line {
    pub product: u32,
    pub total: Option<i64>,
}

/// Distinct values by number; number 0 is the default value.
#[derive(Debug, Clone)]
pub(crate) struct Distinct<T> {
    values: Vec<T>,
    index: HashMap<T, u32, foldhash::fast::FixedState>,
    /// Bytes that the values hold, there and in the index.
    held: usize,
}

impl<T: Default + Clone + Eq + Hash + Held> Default for Distinct<T> {
    fn default() -> Self {
        Self::from_values(vec![T::default()])
    }
}

impl<T: Clone + Eq + Hash + Held> Distinct<T> {
    /// The value of a number.
    pub(crate) fn get(&self, number: u32) -> &T {
        &self.values[number as usize]
    }

    /// The number of a value.
    pub(crate) fn number(&mut self, value: T) -> u32 {
        if let Some(number) = self.index.get(&value) {
            return *number;
        }
        let number = u32::try_from(self.values.len()).expect("fewer than 2^32 distinct values");
        self.values.push(value.clone());
        self.held += 2 * value.held();
        self.index.insert(value, number);
        number
    }

    /// All values by number.
    pub(crate) fn values(&self) -> &[T] {
        &self.values
    }

    /// The inverse of [`Self::values`].
    pub(crate) fn from_values(values: Vec<T>) -> Self {
        let index = values.iter().cloned().zip(0..).collect();
        let held = values.iter().map(|value| 2 * value.held()).sum();
        Self { values, index, held }
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        self.values.capacity() * size_of::<T>() + self.index.allocation_size() + self.held
    }
}

/// The tables of a deal's rarely changing parts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sets {
    pub attrs: Distinct<Attrs>,
    pub lines: Distinct<Vec<Line>>,
    pub home: Distinct<Option<HomeAmount>>,
}

impl Sets {
    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        self.attrs.bytes() + self.lines.bytes() + self.home.bytes()
    }
}
