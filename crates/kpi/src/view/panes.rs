//! Daily panes: what every group holds on every day, by fact; and the days on which deals closed and were created first.
//!
//! Invariant: the panes are a sum over deals: retracting what a deal brought leaves them as if it had never been there.

use super::cell::{Cell, Turn};
use crate::definition::Input;
use crate::facts::{Fact, FactRow, Sink};
use crate::query::run::{GroupAcc, Key, Run};
use crate::state::row::Row;
use crate::world::dims::Dims;
use crate::world::money::Amount;
use hashbrown::HashMap;
use salescope_domain::Date;
use std::collections::BTreeMap;

/// What a group holds on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Held {
    /// Facts that some input counted.
    facts: u32,
    /// By input of the fact.
    cells: Box<[Cell]>,
}

/// One fact's panes.
#[derive(Debug, Clone)]
struct OfFact {
    fact: Fact,
    /// Which of the plan's inputs count it.
    inputs: Vec<usize>,
    days: BTreeMap<Date, HashMap<Key, Held, foldhash::fast::FixedState>>,
}

/// How many deals lie on each date.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Dates(BTreeMap<Date, u32>);

impl Dates {
    fn change(&mut self, date: Date, turn: Turn) {
        let count = self.0.entry(date).or_insert(0);
        turn.count(count, 1);
        if *count == 0 {
            self.0.remove(&date);
        }
    }

    fn any_before(&self, date: Date) -> bool {
        self.0.first_key_value().is_some_and(|(first, _)| *first < date)
    }
}

/// All panes of a view.
#[derive(Debug, Clone)]
pub(super) struct Panes {
    facts: Vec<OfFact>,
    /// Facts by group, over all days.
    groups: HashMap<Key, u64, foldhash::fast::FixedState>,
    /// Close dates of closed deals, watched or not.
    closed: Dates,
    /// Creation dates of deals that are not gone, watched or not.
    created: Dates,
}

impl Panes {
    /// Empty panes for a plan's inputs.
    pub(super) fn new(facts: &[Fact], inputs: &[Input]) -> Self {
        let of = |fact: &Fact| OfFact {
            fact: *fact,
            inputs: (0..inputs.len()).filter(|at| inputs[*at].fact == *fact).collect(),
            days: BTreeMap::new(),
        };
        Self {
            facts: facts.iter().map(of).collect(),
            groups: HashMap::default(),
            closed: Dates::default(),
            created: Dates::default(),
        }
    }

    /// How many groups hold anything on any day.
    pub(super) fn groups(&self) -> usize {
        self.groups.len()
    }

    /// A deal's dates, whether it is watched or not.
    pub(super) fn dates(&mut self, head: &Row, turn: Turn) {
        let state = head.state();
        if let Some(close) = head.close().filter(|_| state.is_closed()) {
            self.closed.change(close, turn);
        }
        if let Some(created) = head.created().filter(|_| !state.is_gone()) {
            self.created.change(created, turn);
        }
    }

    /// Whether deals are known that are older than `from`, and none that closed before it.
    pub(super) fn closings_begin_late(&self, from: Date) -> bool {
        !self.closed.any_before(from) && self.created.any_before(from)
    }

    fn change(&mut self, fact: Fact, day: Date, brought: &GroupAcc, turn: Turn) {
        let Some(of) = self.facts.iter_mut().find(|of| of.fact == fact) else { return };
        let pane = of.days.entry(day).or_default();
        let blank = || Held { facts: 0, cells: vec![Cell::default(); of.inputs.len()].into() };
        let held = pane.entry(brought.key).or_insert_with(blank);
        turn.count(&mut held.facts, 1);
        for (cell, input) in held.cells.iter_mut().zip(&of.inputs) {
            cell.change(&brought.accs[*input], turn);
        }
        if held.facts == 0 {
            pane.remove(&brought.key);
            if pane.is_empty() {
                of.days.remove(&day);
            }
        }
        let facts = self.groups.entry(brought.key).or_insert(0);
        match turn {
            Turn::Add => *facts += 1,
            Turn::Retract => *facts -= 1,
        }
        if *facts == 0 {
            self.groups.remove(&brought.key);
        }
    }

    /// Adds a fact's panes from `from` until before `to` to a question's pass.
    pub(super) fn pour(&self, fact: Fact, from: Date, to: Date, run: &mut Run<'_>, inputs: &[Input]) {
        let Some(of) = self.facts.iter().find(|of| of.fact == fact).filter(|_| from < to) else { return };
        let float_date = run.world.clock.float_date();
        for (key, held) in of.days.range(from..to).flat_map(|(_, pane)| pane) {
            let group = run.group_with(*key, fact, u64::from(held.facts));
            for (cell, at) in held.cells.iter().zip(&of.inputs) {
                cell.pour(&mut group.accs[*at], inputs[*at].measure, float_date);
            }
        }
    }
}

/// Folds a deal's facts into panes, by way of a pass that filters and groups them.
pub(super) struct Folding<'r, 'a> {
    pub run: &'r mut Run<'a>,
    pub panes: &'r mut Panes,
    pub turn: Turn,
}

impl Sink for Folding<'_, '_> {
    fn row(&mut self, row: &FactRow) {
        let day = row.day.expect("a view keeps only facts that lie on a day");
        self.run.row(row);
        for brought in self.run.drain() {
            self.panes.change(row.fact, day, &brought, self.turn);
        }
    }

    fn blind(&mut self, fact: Fact, _: &Dims, _: Amount) {
        unreachable!("a view keeps no fact that needs history, but {fact:?} does");
    }
}
