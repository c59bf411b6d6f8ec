//! Additive facts: activities and metric points, each revision once.
//!
//! Invariant: of one fact at most one revision stands at any time known: a revision's `until` is the `known` of the next.

use super::held::Held;
use super::intern::Interner;
use serde::{Deserialize, Serialize};

/// "Stands for good."
pub(crate) const FOREVER: i64 = i64::MAX;

/// A fact's revision and the times between which it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Standing<T> {
    pub known: i64,
    pub until: i64,
    pub seq: u64,
    pub value: T,
}

impl<T> Standing<T> {
    /// Whether it stands as known at `at`.
    pub(crate) fn stands(&self, at: i64) -> bool {
        self.known <= at && (self.until == FOREVER || at < self.until)
    }
}

/// The last revision of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Last {
    revision: u32,
    known: i64,
    /// Index of the standing row, if the last revision did not retract.
    row: Option<u32>,
}

/// Facts of one kind.
#[derive(Debug, Clone)]
pub(crate) struct Ledger<T> {
    ids: Interner,
    lasts: Vec<Last>,
    rows: Vec<Standing<T>>,
    /// Bytes that the rows' values hold.
    held: usize,
}

impl<T> Default for Ledger<T> {
    fn default() -> Self {
        let nothing = Last { revision: 0, known: 0, row: None };
        Self { ids: Interner::default(), lasts: vec![nothing], rows: Vec::new(), held: 0 }
    }
}

/// What a statement says about a fact.
pub(crate) struct Statement<'a, T> {
    /// The source's text.
    pub space: u32,
    pub event_id: &'a str,
    pub revision: u32,
    pub known: i64,
    pub seq: u64,
    /// Absent when the fact is only retracted.
    pub value: Option<T>,
}

impl<T: Held> Ledger<T> {
    /// Takes a statement in, unless it is old news.
    pub(crate) fn push(&mut self, statement: Statement<'_, T>) -> bool {
        let Statement { space, event_id, revision, known, seq, value } = statement;
        let (number, new) = self.ids.intern(space, event_id);
        if new {
            self.lasts.push(Last { revision, known, row: None });
        }
        let last = &mut self.lasts[number as usize];
        if !new && revision <= last.revision {
            return false;
        }
        let known = known.max(last.known);
        if let Some(row) = last.row {
            self.rows[row as usize].until = known;
        }
        let row = value.map(|value| {
            self.held += value.held();
            self.rows.push(Standing { known, until: FOREVER, seq, value });
            u32::try_from(self.rows.len() - 1).expect("an organisation has fewer than 2^32 additive facts")
        });
        *last = Last { revision, known, row };
        true
    }

    /// The last revision of a fact that was taken in, if any was; it may be one that retracts.
    pub(crate) fn revision(&self, space: u32, event_id: &str) -> Option<u32> {
        self.ids.find(space, event_id).map(|number| self.lasts[number as usize].revision)
    }

    /// Every revision, in the order of the journal.
    pub(crate) fn rows(&self) -> &[Standing<T>] {
        &self.rows
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        self.ids.bytes()
            + self.lasts.capacity() * size_of::<Last>()
            + self.rows.capacity() * size_of::<Standing<T>>()
            + self.held
    }
}

impl<T> Ledger<T> {
    /// What a snapshot keeps: ids, the last revision of each, and all rows.
    pub(crate) fn parts(&self) -> (&Interner, &[Last], &[Standing<T>]) {
        (&self.ids, &self.lasts, &self.rows)
    }
}

impl<T: Held> Ledger<T> {
    /// The inverse of [`Self::parts`]; `None` when they do not fit together.
    pub(crate) fn from_parts(ids: Interner, lasts: Vec<Last>, rows: Vec<Standing<T>>) -> Option<Self> {
        let fits = lasts.len() == ids.len()
            && lasts.iter().all(|last| last.row.is_none_or(|row| (row as usize) < rows.len()));
        let held = rows.iter().map(|row| row.value.held()).sum();
        fits.then_some(Self { ids, lasts, rows, held })
    }
}
