//! The pipeline waterfall: what came into the range's pipeline, what left it, and why.
//!
//! Invariant: along a deal's path the signed steps sum to what is in at the end, in every group.

use super::schema::{FIRST, STEPS};
use super::{Ask, Deal, Fact, FactRow, Sink};
use crate::state::row::{Row, State};
use crate::world::dims::{Dim, Dims};
use crate::world::money::{Amount, Converted};
use crate::world::World;
use salescope_domain::{Currency, Date};

/// A version's amount by product label (one piece when products do not matter), or the currency that has no rate.
type Pieces = Result<Vec<(u32, i64)>, Currency>;

fn code(step: &str) -> u8 {
    let at = STEPS.iter().position(|name| *name == step);
    at.and_then(|at| u8::try_from(at).ok()).expect("every step is in the list")
}

struct Walk<'a, 'w, S> {
    deal: &'a Deal<'w>,
    world: &'a World<'w>,
    ask: &'a Ask,
    sink: &'a mut S,
}

impl<S: Sink> Walk<'_, '_, S> {
    fn is_in(&self, row: &Row) -> bool {
        row.state() == State::Open && row.close().is_some_and(|due| self.world.clock.range.contains(due))
    }

    fn pieces(&self, row: &Row, date: Date) -> Pieces {
        let minor = row.amount().unwrap_or(0);
        let currency = row.currency().unwrap_or(self.world.settings.currency);
        let amount = Amount::Fixed { minor, currency, home: row.home, date };
        let home = |amount: Amount| match self.world.convert(amount) {
            Some(Converted::Home(minor)) => Ok(minor),
            Some(Converted::NoRate(currency) | Converted::Floating(currency, _)) => Err(currency),
            None => Ok(0),
        };
        if row.amount().is_none() {
            let lines = self.world.product_pieces(row.products, Amount::Absent);
            return Ok(lines.into_iter().map(|(label, _)| (label, 0)).collect());
        }
        if !self.ask.by_product {
            return Ok(vec![(0, home(amount)?)]);
        }
        let lines = self.world.product_pieces(row.products, amount);
        lines.into_iter().map(|(label, piece)| Ok((label, home(piece)?))).collect()
    }

    fn emit(&mut self, step: &str, sign: i64, row: &Row, pieces: &Pieces) {
        let dims = Dims::of(self.deal.source, row);
        let mut fact = FactRow::new(Fact::PipelineStep, self.deal.slot + 1, dims);
        fact.code = code(step);
        fact.flags = if step == "end" { FIRST } else { 0 };
        match pieces {
            Err(currency) => {
                fact.amount = Amount::NoRate(*currency);
                fact.dims.product = Some(0);
                self.sink.row(&fact);
            }
            Ok(pieces) => {
                for (label, amount) in pieces {
                    fact.amount = Amount::Home(sign * amount);
                    fact.dims.product = Some(*label);
                    self.sink.row(&fact);
                }
            }
        }
    }

    /// Increases and decreases between two states of a deal that stays in.
    fn emit_changes(&mut self, row: &Row, before: &Pieces, after: &Pieces) {
        let (Ok(before), Ok(after)) = (before, after) else {
            let missing = if before.is_err() { before } else { after };
            self.emit("increased", 1, row, missing);
            return;
        };
        let mut labels: Vec<u32> = before.iter().chain(after).map(|(label, _)| *label).collect();
        labels.sort_unstable();
        labels.dedup();
        let of = |pieces: &[(u32, i64)], label| pieces.iter().find(|(l, _)| *l == label).map_or(0, |(_, a)| *a);
        for label in labels {
            let change = of(after, label) - of(before, label);
            if change != 0 {
                let step = if change > 0 { "increased" } else { "decreased" };
                self.emit(step, 1, row, &Ok(vec![(label, change)]));
            }
        }
    }

    fn transferred(&self, before: &Row, after: &Row) -> bool {
        let (before, after) = (Dims::of(self.deal.source, before), Dims::of(self.deal.source, after));
        let differs = |dim: &Dim| self.world.value(*dim, &before) != self.world.value(*dim, &after);
        self.ask.transfer_dims.iter().any(differs)
    }

    fn step(&mut self, before: Option<&Row>, after: &Row) {
        let date = self.world.clock.float_date();
        let was_in = before.filter(|row| self.is_in(row));
        match (was_in, self.is_in(after)) {
            (None, false) => {}
            (None, true) => {
                let step = match before.map(Row::state) {
                    None | Some(State::Deleted | State::Merged) => "new",
                    Some(State::Won | State::Lost) => "reopened",
                    Some(State::Open) => "pulled_in",
                };
                self.emit(step, 1, after, &self.pieces(after, date));
            }
            (Some(before), false) => {
                let step = match after.state() {
                    State::Won => "won",
                    State::Lost => "lost",
                    State::Deleted | State::Merged => "removed",
                    State::Open => "pushed_out",
                };
                self.emit(step, -1, before, &self.pieces(before, date));
            }
            (Some(before), true) => {
                let (old, new) = (self.pieces(before, date), self.pieces(after, date));
                if self.transferred(before, after) {
                    self.emit("transferred_out", -1, before, &old);
                    self.emit("transferred_in", 1, after, &old);
                }
                self.emit_changes(after, &old, &new);
            }
        }
    }
}

impl Deal<'_> {
    pub(super) fn waterfall(&self, ask: &Ask, sink: &mut impl Sink) {
        let clock = &self.world.clock;
        let first = self.versions.count_before(clock.from_start.min(clock.as_of));
        let start = first.checked_sub(1).map(|at| &self.versions.rows[at]);
        if start.is_none() && self.begins_too_late() {
            if self.blind_since(clock.from_start, clock.range.from) && self.may_be_due(clock.range.from) {
                sink.blind(Fact::PipelineStep, self.slot + 1, &self.head_dims());
            }
            return;
        }
        let mut walk = Walk { deal: self, world: self.world, ask, sink };
        if let Some(row) = start.filter(|row| walk.is_in(row)) {
            let (then, now) = (walk.pieces(row, clock.range.from), walk.pieces(row, clock.float_date()));
            walk.emit("start", 1, row, &then);
            let revalued = then.and_then(|then| {
                let pairs = now?.into_iter().zip(then);
                Ok(pairs.map(|((label, now), (_, then))| (label, now - then)).collect())
            });
            walk.emit("currency", 1, row, &revalued);
        }
        let last = self.versions.count_before(clock.as_of).max(first);
        let mut before = start;
        for after in &self.versions.rows[first..last] {
            walk.step(before, after);
            before = Some(after);
        }
        if let Some(row) = before.filter(|row| walk.is_in(row)) {
            let pieces = walk.pieces(row, clock.float_date());
            walk.emit("end", 1, row, &pieces);
        }
    }

    /// Whether the deal existed before the range although its versions begin later.
    fn begins_too_late(&self) -> bool {
        let from = self.world.clock.range.from;
        !self.versions.rows[0].is_creation() && self.head.created().is_none_or(|created| created < from)
    }
}
