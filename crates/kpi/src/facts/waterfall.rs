//! The pipeline waterfall: what came into the range's pipeline, what left it, and why.
//!
//! Invariant: along a deal's path the signed steps sum to what is in at the end, in every group.

use super::schema::{FIRST, Step};
use super::{Ask, Deal, Fact, FactRow, Sink};
use crate::state::row::{Row, State};
use crate::world::World;
use crate::world::dims::{Dim, Dims};
use crate::world::money::{Amount, Converted};
use salescope_domain::{Currency, Date, FxPolicy};
use smallvec::{SmallVec, smallvec};

/// A version's amount by product label (one piece when products do not matter), or the currency that has no rate.
type Pieces = SmallVec<[(u32, Result<i64, Currency>); 2]>;

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

    /// A version's pieces, converted at a date.
    fn pieces(&self, row: &Row, date: Date) -> Pieces {
        let currency = row.currency().unwrap_or(self.world.settings.currency);
        let amount = match row.amount() {
            Some(minor) => Amount::Fixed { minor, currency, home: row.home, date },
            None => Amount::Absent,
        };
        let parts = if self.ask.by_product {
            self.world.product_pieces(row.products, amount)
        } else {
            smallvec![(0, amount)]
        };
        let home = |amount| match self.world.convert(amount) {
            Some(Converted::Home(minor)) => Ok(minor),
            Some(Converted::NoRate(currency) | Converted::Floating { currency, .. }) => Err(currency),
            None => Ok(0),
        };
        parts.into_iter().map(|(label, amount)| (label, home(amount))).collect()
    }

    fn emit(&mut self, step: Step, sign: i64, row: &Row, pieces: &Pieces) {
        self.emit_noted(step, sign, row, pieces, row.amount().is_none().then_some("amount_missing"));
    }

    fn emit_noted(&mut self, step: Step, sign: i64, row: &Row, pieces: &Pieces, note: Option<&'static str>) {
        let dims = Dims::of(self.deal.source, row);
        let mut fact = FactRow::new(Fact::PipelineStep, self.deal.slot + 1, dims);
        fact.code = step as u8;
        fact.flags = if step == Step::End { FIRST } else { 0 };
        fact.note = note;
        for (label, amount) in pieces {
            fact.amount = match amount {
                Ok(minor) => Amount::Home(sign * minor),
                Err(currency) => Amount::NoRate(*currency),
            };
            fact.dims.product = Some(*label);
            self.sink.row(&fact);
        }
    }

    /// Whether two versions bring the same amount in the same pieces.
    fn same_amount(&self, before: &Row, after: &Row) -> bool {
        let crm = self.world.settings.fx_policy == FxPolicy::Crm;
        let of = |row: &Row| {
            let currency = row.amount().and(row.currency());
            let home = if crm && row.amount().is_some() { row.home } else { 0 };
            let products = if self.ask.by_product { row.products } else { 0 };
            (row.amount(), currency, home, products)
        };
        of(before) == of(after)
    }

    /// Increases and decreases between two states of a deal that stays in; where an amount cannot be converted, neither
    /// is known.
    fn emit_changes(&mut self, row: &Row, before: &Pieces, after: &Pieces) {
        let mut labels: Vec<u32> = before.iter().chain(after).map(|(label, _)| *label).collect();
        labels.sort_unstable();
        labels.dedup();
        let of = |pieces: &Pieces, label| pieces.iter().find(|(l, _)| *l == label).map_or(Ok(0), |(_, a)| *a);
        for label in labels {
            let change = of(after, label).and_then(|after| of(before, label).map(|before| after - before));
            let steps: &[Step] = match change {
                Ok(0) => &[],
                Ok(change) if change > 0 => &[Step::Increased],
                Ok(_) => &[Step::Decreased],
                Err(_) => &[Step::Increased, Step::Decreased],
            };
            for step in steps {
                self.emit_noted(*step, 1, row, &smallvec![(label, change)], None);
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
                    None | Some(State::Deleted | State::Merged) => Step::New,
                    Some(State::Won | State::Lost) => Step::Reopened,
                    Some(State::Open) => Step::PulledIn,
                };
                self.emit(step, 1, after, &self.pieces(after, date));
            }
            (Some(before), false) => {
                let step = match after.state() {
                    State::Won => Step::Won,
                    State::Lost => Step::Lost,
                    State::Deleted | State::Merged => Step::Removed,
                    State::Open => Step::PushedOut,
                };
                self.emit(step, -1, before, &self.pieces(before, date));
            }
            (Some(before), true) => {
                let (old, new) = (self.pieces(before, date), self.pieces(after, date));
                if self.transferred(before, after) {
                    self.emit(Step::TransferredOut, -1, before, &old);
                    let note = before.amount().is_none().then_some("amount_missing");
                    self.emit_noted(Step::TransferredIn, 1, after, &old, note);
                }
                if !self.same_amount(before, after) {
                    self.emit_changes(after, &old, &new);
                }
            }
        }
    }
}

impl Deal<'_> {
    pub(super) fn waterfall(&self, ask: &Ask, sink: &mut impl Sink) {
        let clock = &self.world.clock;
        let first = self.versions.count_before(clock.from_start.min(clock.as_of));
        let start = self.versions.before(clock.from_start.min(clock.as_of));
        if self.blind_since(clock.from_start, clock.range.from) && self.may_be_due() {
            self.blind(Fact::PipelineStep, sink);
        }
        let mut walk = Walk { deal: self, world: self.world, ask, sink };
        if let Some(row) = start.filter(|row| walk.is_in(row)) {
            let (then, now) = (walk.pieces(row, clock.range.from), walk.pieces(row, clock.float_date()));
            walk.emit(Step::Start, 1, row, &then);
            let difference = |now: Result<i64, Currency>, then: Result<i64, Currency>| Ok(now? - then?);
            let revalued =
                now.into_iter().zip(then).map(|((label, now), (_, then))| (label, difference(now, then)));
            let revalued: Pieces = revalued.collect();
            walk.emit(Step::Currency, 1, row, &revalued);
        }
        let last = self.versions.count_before(clock.as_of).max(first);
        let mut before = start;
        for after in &self.versions.rows[first..last] {
            walk.step(before, after);
            before = Some(after);
        }
        if let Some(row) = before.filter(|row| walk.is_in(row)) {
            let pieces = walk.pieces(row, clock.float_date());
            walk.emit(Step::End, 1, row, &pieces);
        }
    }
}
