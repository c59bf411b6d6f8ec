//! Open deals at a time: stocks, slips and frozen forecasts.

use super::schema::{
    FIRST, FROZEN_COMMIT, FROZEN_WON, OPEN_DUE_IN_RANGE, OPEN_HAS_PROBABILITY, OPEN_OVERDUE, OPEN_STALE,
};
use super::{Ask, Deal, Fact, Sink};
use crate::state::row::{Row, State};
use crate::world::dims::Dims;
use crate::world::money::Amount;
use salescope_domain::{Date, ForecastCategory};

/// A deal that is open at a time: its version then, or none when its history begins later.
type Standing<'a> = Option<&'a Row>;

impl Deal<'_> {
    /// Whether the deal is open at (`end`, `as_of`), and its version then.
    fn open_at(&self, end: Date, as_of: i64) -> Option<Standing<'_>> {
        let head = self.head;
        if self.gone() || head.created().is_some_and(|created| created >= end) {
            return None;
        }
        if head.state().is_closed() && head.close().is_none_or(|close| close < end) {
            return None;
        }
        let standing = self.versions.before(as_of);
        if standing.is_some_and(|row| row.state() != State::Open) { None } else { Some(standing) }
    }

    /// Dimensions of an open deal.
    fn open_dims(&self, standing: Standing<'_>) -> Dims {
        let first = &self.versions.rows[0];
        let mut dims = Dims::of(self.source, standing.unwrap_or(first));
        if standing.is_none() && first.state() != State::Open {
            dims.stage = 0;
        }
        dims
    }

    /// The category of a version: its own, else its stage's.
    fn category(&self, row: &Row) -> Option<ForecastCategory> {
        row.category().or(self.world.stages[row.stage as usize].category)
    }

    /// A version's amount as one that floats at a date.
    fn floating(&self, row: &Row, date: Date) -> Amount {
        let Some(minor) = row.amount() else { return Amount::Absent };
        let currency = row.currency().unwrap_or(self.world.settings.currency);
        Amount::Floating { minor, currency, home: row.home, date }
    }

    fn creation_note(&self) -> Option<&'static str> {
        self.head.created().is_none().then_some("creation_unknown")
    }

    pub(super) fn open(&self, ask: &Ask, sink: &mut impl Sink) {
        let clock = &self.world.clock;
        let Some(standing) = self.open_at(clock.end, clock.as_of) else { return };
        let mut row = self.row(Fact::DealOpen, self.open_dims(standing));
        row.note = self.creation_note();
        row.code = code(None);
        if let Some(version) = standing {
            row.amount = self.floating(version, clock.float_date());
            row.code = code(self.category(version));
            let probability = version.probability().or(self.world.stages[version.stage as usize].probability);
            row.number = probability.map(i64::from);
            if version.close().is_some_and(|due| clock.range.contains(due)) {
                row.flags |= OPEN_DUE_IN_RANGE;
                if version.close().is_some_and(|due| due < clock.past) {
                    row.flags |= OPEN_OVERDUE;
                }
            }
            if probability.is_some() {
                row.flags |= OPEN_HAS_PROBABILITY;
            }
        } else {
            let first = &self.versions.rows[0];
            let never_had_one = first.state() == State::Open && first.amount().is_none();
            row.amount = if never_had_one { Amount::Absent } else { Amount::Untold };
        }
        if self.is_stale(ask) {
            row.flags |= OPEN_STALE;
        }
        sink.row(&row);
    }

    fn is_stale(&self, ask: &Ask) -> bool {
        let Some(last) = ask.last_activity.get(self.slot as usize) else { return false };
        let cutoff = self.world.clock.end.plus_days(-ask.stale_days);
        let fresh = self.head.created().is_some_and(|created| created >= cutoff)
            || *last >= self.world.settings.time_zone.start_of_day(cutoff).ms();
        !fresh
    }

    pub(super) fn due_at_start(&self, sink: &mut impl Sink) {
        let clock = &self.world.clock;
        let range = clock.range;
        if self.blind_since(clock.from_start, range.from) && self.may_be_due() {
            self.blind(Fact::DueAtStart, sink);
        }
        let standing = self.open_at(range.from, clock.from_start.min(clock.as_of));
        let Some(Some(version)) = standing else { return };
        if !version.close().is_some_and(|due| range.contains(due)) {
            return;
        }
        let mut row = self.row(Fact::DueAtStart, Dims::of(self.source, version));
        let now = self.versions.before(clock.as_of).filter(|row| row.state() == State::Open);
        row.flags = if now.and_then(Row::close).is_some_and(|due| due >= range.to) { FIRST } else { 0 };
        row.note = self.creation_note();
        row.amount = self.floating(version, clock.float_date());
        sink.row(&row);
    }

    /// Whether the first version, if not the deal's due date then, at least does not place it elsewhere.
    pub(super) fn may_be_due(&self) -> bool {
        let range = self.world.clock.range;
        self.versions.rows[0].close().is_none_or(|due| range.contains(due))
    }

    pub(super) fn frozen_forecast(&self, ask: &Ask, sink: &mut impl Sink) {
        let clock = &self.world.clock;
        let range = clock.range;
        let freeze = range.from.plus_days(7 * ask.freeze_week);
        let start = self.world.settings.time_zone.start_of_day(freeze);
        if start > clock.now {
            return;
        }
        let at = start.ms();
        let Some(version) = self.versions.before(at) else {
            if self.blind_since(at, freeze) {
                self.blind(Fact::FrozenForecast, sink);
            }
            return;
        };
        let Some(due) = version.close().filter(|due| range.contains(*due)) else { return };
        let then =
            Deal { versions: self.versions.first(self.versions.count_before(at)), head: version, ..*self };
        let dims = then.head_dims();
        let commit = self.category(version) == Some(ForecastCategory::Commit);
        let floating = self.floating(version, freeze.plus_days(-1));
        let (code, amount) = match (version.state(), floating) {
            (State::Won, Amount::Floating { minor, currency, home, .. }) => {
                (FROZEN_WON, Amount::Fixed { minor, currency, home, date: due })
            }
            (State::Won, absent) => (FROZEN_WON, absent),
            (State::Open, floating) if commit => (FROZEN_COMMIT, floating),
            _ => return,
        };
        let mut row = self.row(Fact::FrozenForecast, dims);
        row.code = code;
        row.amount = amount;
        sink.row(&row);
    }
}

/// The code of a category: its place among the schema's.
fn code(category: Option<ForecastCategory>) -> u8 {
    match category {
        Some(ForecastCategory::Pipeline) => 0,
        Some(ForecastCategory::BestCase) => 1,
        Some(ForecastCategory::MostLikely) => 2,
        Some(ForecastCategory::Commit) => 3,
        Some(ForecastCategory::Closed) => 4,
        Some(ForecastCategory::Omitted) => 5,
        None => 6,
    }
}
