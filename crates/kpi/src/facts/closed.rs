//! Closed and created deals: the flows that hang on a deal's own dates.

use super::schema::{CLOSED_BEFORE_END, OUTCOME_LOST, OUTCOME_OPEN, OUTCOME_WON};
use super::{Deal, Fact, Sink};
use crate::state::row::State;
use crate::world::money::Amount;

impl Deal<'_> {
    pub(super) fn closed(&self, sink: &mut impl Sink) {
        let clock = &self.world.clock;
        let state = self.closing_state();
        let Some(date) = self.head.close().filter(|_| state.is_closed()) else { return };
        let inside =
            clock.range.contains(date) || date == clock.range.to && crate::sabotage::on("off_by_one_day");
        if !inside {
            return;
        }
        let mut row = self.row(Fact::DealClosed, self.head_dims());
        row.day = Some(date);
        row.amount = self.amount(self.head);
        row.code = if state == State::Won { OUTCOME_WON } else { OUTCOME_LOST };
        row.flags = if date < clock.end { CLOSED_BEFORE_END } else { 0 };
        row.number = self.head.created().map(|created| i64::from(date.days_since(created)));
        sink.row(&row);
    }

    /// The head's state; a planted fault forgets that a win was taken back.
    fn closing_state(&self) -> State {
        let state = self.head.state();
        if crate::sabotage::on("lost_retraction") && state == State::Open {
            let won = self.versions.rows.iter().any(|row| row.state() == State::Won);
            return if won { State::Won } else { state };
        }
        if crate::sabotage::on("deleted_deal_counted") && state == State::Deleted {
            let before =
                self.versions.rows.iter().rev().map(|row| row.state()).find(|state| !state.is_gone());
            return before.unwrap_or(state);
        }
        state
    }

    pub(super) fn created(&self, sink: &mut impl Sink) {
        let state = self.head.state();
        let Some(date) = self.head.created().filter(|_| !state.is_gone()) else { return };
        if !self.world.clock.range.contains(date) {
            return;
        }
        let mut row = self.row(Fact::DealCreated, self.head_dims());
        row.day = Some(date);
        let first = self.versions.rows.iter().find(|row| row.amount().is_some());
        row.amount = first.map_or(Amount::Absent, |first| self.amount(first));
        row.code = match state {
            State::Won => OUTCOME_WON,
            State::Lost => OUTCOME_LOST,
            _ => OUTCOME_OPEN,
        };
        sink.row(&row);
    }
}
