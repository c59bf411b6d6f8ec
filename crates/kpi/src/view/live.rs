//! A watched question whose facts live in panes.
//!
//! Invariants: the panes hold exactly what the versions made by entries up to the view's position bring; a deal is folded
//! in and out by the same pure functions that a scan calls, so a view cannot mean something else than a query.

use super::cell::Turn;
use super::needs::{self, Needs};
use super::panes::{Folding, Panes};
use crate::definition::Input;
use crate::engine::Engine;
use crate::facts::{Ask, Deal, Fact};
use crate::query::answer::Context;
use crate::query::run::Run;
use crate::query::{Prepared, complete, reads_closings};
use crate::state::State;
use crate::state::deals::Versions;
use crate::world::World;
use salescope_domain::{Answer, Date, DateRange, Filters, Query};
use std::ops::Range;

/// A watched question whose facts live in panes.
#[derive(Debug, Clone)]
pub(super) struct Live {
    prepared: Prepared,
    /// The plan's inputs as panes keep them.
    inputs: Vec<Input>,
    /// The paned facts that the plan reads.
    ask: Ask,
    filters: Filters,
    needs: Needs,
    stamp: u64,
    panes: Panes,
}

/// A pass over all time: close and creation dates lie where they lie whatever the clock says.
fn timeless_world<'a>(state: &'a State, query: &Query) -> World<'a> {
    let mut world = World::new(state, query);
    world.clock.range = DateRange { from: Date::MIN, to: Date::MAX };
    world
}

impl Live {
    /// Folds all deals in; stops where there are more groups than `groups_max`.
    pub(super) fn build(
        engine: &Engine,
        prepared: Prepared,
        query: &Query,
        groups_max: usize,
    ) -> Option<Self> {
        let facts = prepared.ask.facts.iter().copied().filter(|fact| fact.has_day());
        let ask = Ask { facts: facts.collect(), ..Ask::default() };
        let inputs = needs::timeless(&prepared.plan.inputs);
        let needs = Needs::new(&inputs, &prepared.group_by, &query.filters);
        let mut live = Self {
            panes: Panes::new(&ask.facts, &inputs),
            stamp: needs.stamp(&engine.state),
            filters: query.filters.clone(),
            prepared,
            inputs,
            ask,
            needs,
        };
        let deals = 0..u32::try_from(engine.state.deals.len()).expect("fewer than 2^32 deals");
        live.fold(engine, query, deals, 0..engine.state.position, groups_max).then_some(live)
    }

    /// Whether anything that the panes depend on, beside deals, changed since they were built.
    pub(super) fn is_outdated(&self, state: &State) -> bool {
        self.needs.stamp(state) != self.stamp
    }

    /// Takes away what the deals brought as of the first position and adds what they bring as of the second. `false`, with
    /// the panes in no particular state, once there are more groups than `groups_max`.
    pub(super) fn fold(
        &mut self,
        engine: &Engine,
        query: &Query,
        slots: impl IntoIterator<Item = u32>,
        positions: Range<u64>,
        groups_max: usize,
    ) -> bool {
        let state = &engine.state;
        let world = timeless_world(state, query);
        let mut run = Run::new(&world, &self.inputs, &self.prepared.group_by, &self.filters);
        run.drain();
        for slot in slots {
            let versions = state.deals.versions(slot as usize);
            for (turn, position) in [(Turn::Retract, positions.start), (Turn::Add, positions.end)] {
                if turn == Turn::Retract && crate::sabotage::on("view_keeps_retracted") {
                    continue;
                }
                if let Some(deal) = Deal::of(&world, slot, made_by(versions, position)) {
                    self.panes.dates(deal.head, turn);
                    deal.emit(&self.ask, &mut Folding { run: &mut run, panes: &mut self.panes, turn });
                }
            }
            if self.panes.groups() > groups_max {
                return false;
            }
        }
        true
    }

    /// Answers for a range from the panes.
    pub(super) fn answer(&self, state: &State, query: &Query) -> Answer {
        let Prepared { plan, group_by, .. } = &self.prepared;
        let world = World::new(state, query);
        let mut run = Run::new(&world, &plan.inputs, group_by, &query.filters);
        let mut ask = self.prepared.ask.clone();
        complete(&mut ask, &world, &run, plan);
        run.scan_others(&ask);
        for fact in &self.ask.facts {
            let DateRange { mut from, mut to } = query.range;
            let closed =
                plan.inputs.iter().find(|input| input.fact == Fact::DealClosed && *fact == input.fact);
            let (before, after) = closed.map_or((false, false), needs::before_end);
            if before {
                to = to.min(world.clock.end);
            }
            if after {
                from = from.max(world.clock.end);
            }
            self.panes.pour(*fact, from, to, &mut run, &plan.inputs);
        }
        let late = reads_closings(&ask) && self.panes.closings_begin_late(query.range.from);
        let context = Context { world: &world, plan, ask: &ask, closings_begin_late: late };
        context.answer(run, &self.prepared, query)
    }
}

/// The versions that entries up to a position made.
fn made_by(versions: Versions<'_>, position: u64) -> Versions<'_> {
    match versions.head() {
        Some(head) if head.seq > position => {
            versions.first(versions.rows.partition_point(|row| row.seq <= position))
        }
        _ => versions,
    }
}
