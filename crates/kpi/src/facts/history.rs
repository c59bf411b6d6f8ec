//! Moves of an open deal's close date.

use super::schema::FIRST;
use super::{Deal, Fact, Sink};
use crate::state::row::State;
use salescope_domain::Instant;

impl Deal<'_> {
    pub(super) fn close_date_moves(&self, sink: &mut impl Sink) {
        if self.gone() {
            return;
        }
        let clock = &self.world.clock;
        if self.blind_since(clock.from_start, clock.end) {
            self.blind(Fact::CloseDateMoved, sink);
        }
        let any_state = crate::sabotage::on("push_from_closed_deals");
        for at in self.versions.between(clock.from_start, clock.as_of) {
            let Some(before) = at.checked_sub(1).map(|before| &self.versions.rows[before]) else { continue };
            let after = &self.versions.rows[at];
            let open = before.state() == State::Open && after.state() == State::Open || any_state;
            let moved = before.close().zip(after.close()).map(|(old, new)| new.days_since(old));
            let Some(days) = moved.filter(|days| *days != 0 && open) else { continue };
            let occurred = Instant::from_ms(self.versions.times[at].occurred);
            let mut row = self.row(Fact::CloseDateMoved, self.head_dims());
            row.day = Some(self.world.settings.time_zone.local_date(occurred));
            row.flags = if days > 0 { FIRST } else { 0 };
            row.number = Some(i64::from(days));
            row.amount = self.amount(self.head);
            sink.row(&row);
        }
    }
}
