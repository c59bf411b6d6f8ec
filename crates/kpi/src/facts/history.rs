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
        for (pair, times) in self.versions.rows.windows(2).zip(&self.versions.times[1..]) {
            let open = pair.iter().all(|row| row.state() == State::Open) || any_state;
            let moved = pair[0].close().zip(pair[1].close()).map(|(old, new)| new.days_since(old));
            let Some(days) = moved.filter(|days| *days != 0 && open && clock.contains(times.occurred)) else {
                continue;
            };
            let mut row = self.row(Fact::CloseDateMoved, self.head_dims());
            row.day = Some(self.world.settings.time_zone.local_date(Instant::from_ms(times.occurred)));
            row.flags = if days > 0 { FIRST } else { 0 };
            row.number = Some(i64::from(days));
            row.amount = self.amount(self.head);
            sink.row(&row);
        }
    }
}
