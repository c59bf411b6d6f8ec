//! Facts: what KPIs count and sum. A closed list; definitions only choose among them.
//!
//! Each fact is a pure function from a deal's versions (or an activity, a point, a quota) and the world to rows.
//! Invariant: a deal's rows depend on that deal's versions and the world, on no other deal.

pub(crate) mod additive;
mod closed;
mod history;
mod left_out;
mod open;
pub(crate) mod quota;
pub(crate) mod schema;
mod stages;
mod waterfall;

use crate::state::deals::Versions;
use crate::state::row::{Row, State};
use crate::world::World;
use crate::world::dims::Dims;
use crate::world::money::Amount;
use salescope_domain::{Credit, Date};
pub(crate) use schema::Fact;

/// One fact, ready to be filtered, grouped and measured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FactRow {
    pub fact: Fact,
    /// The deal's slot plus one; 0 when the fact is of no deal.
    pub deal: u32,
    pub dims: Dims,
    /// The day that it lies on, for facts that do.
    pub day: Option<Date>,
    pub amount: Amount,
    /// Which of the fact's codes.
    pub code: u8,
    /// The fact's yes-or-no fields.
    pub flags: u8,
    /// The fact's number: days, milliseconds, millionths, or a mantissa.
    pub number: Option<i64>,
    /// What goes with the number: a metric value's scale, a quota's days.
    pub extra: i64,
    /// A note for the group that it falls into.
    pub note: Option<&'static str>,
}

impl FactRow {
    pub(crate) fn new(fact: Fact, deal: u32, dims: Dims) -> Self {
        Self {
            fact,
            deal,
            dims,
            day: None,
            amount: Amount::Absent,
            code: 0,
            flags: 0,
            number: None,
            extra: 0,
            note: None,
        }
    }

    /// Whether it is a person whose attainment cannot be told.
    pub(crate) fn is_spoilt(&self) -> bool {
        self.fact == Fact::Rep && !matches!(self.amount, Amount::Home(_))
    }
}

/// Where facts go.
pub(crate) trait Sink {
    /// A fact.
    fn row(&mut self, row: &FactRow);
    /// A deal whose history begins too late for this fact.
    fn blind(&mut self, fact: Fact, dims: &Dims, amount: Amount);
}

/// What facts need to know of the question beside the world.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ask {
    /// Which facts are wanted.
    pub facts: Vec<Fact>,
    /// Parameter `days` of stale deals.
    pub stale_days: i32,
    /// Parameter `week` of frozen forecasts.
    pub freeze_week: i32,
    /// Dimensions other than `product` that are grouped or filtered by: the waterfall's transfers.
    pub transfer_dims: Vec<crate::world::dims::Dim>,
    /// Whether `product` is grouped or filtered by.
    pub by_product: bool,
    /// By slot: the last activity before the end, in milliseconds; empty unless stale deals are asked about.
    pub last_activity: Vec<i64>,
    /// Whether no activity is known at all.
    pub no_activity: bool,
    /// Parameter `metric_type`.
    pub metric_type: Option<String>,
}

/// A deal in its world.
#[derive(Clone, Copy)]
pub(crate) struct Deal<'a> {
    pub world: &'a World<'a>,
    pub slot: u32,
    /// Text of the source.
    pub source: u32,
    pub versions: Versions<'a>,
    pub head: &'a Row,
}

impl<'a> Deal<'a> {
    /// The deal with what is known of it; `None` when nothing is.
    pub(crate) fn new(world: &'a World<'a>, slot: u32, versions: Versions<'a>) -> Option<Self> {
        let versions = if world.known == i64::MAX { versions } else { versions.known_at(world.known) };
        Self::of(world, slot, versions)
    }

    /// The deal with just these versions.
    pub(crate) fn of(world: &'a World<'a>, slot: u32, versions: Versions<'a>) -> Option<Self> {
        let head = versions.head()?;
        let source = world.state.deal_ids.space(slot + 1);
        Some(Self { world, slot, source, versions, head })
    }

    /// Whether restated figures leave it out.
    fn gone(&self) -> bool {
        let state = self.head.state();
        state == State::Merged || state == State::Deleted && !crate::sabotage::on("deleted_deal_counted")
    }

    /// Dimensions of the head, with the credited owner.
    pub(crate) fn head_dims(&self) -> Dims {
        let mut dims = Dims::of(self.source, self.head);
        dims.owner = self.credited();
        dims
    }

    /// Who is credited with the deal.
    fn credited(&self) -> u32 {
        let state = self.head.state();
        let at_close = self.world.settings.credit == Credit::OwnerAtClose;
        if !state.is_closed() || !at_close || crate::sabotage::on("credit_to_current_owner") {
            return self.head.owner;
        }
        self.head.closer
    }

    /// A version's amount as one that converts like its deal: closed deals at the close date's rate, others float.
    fn amount(&self, row: &Row) -> Amount {
        let Some(minor) = row.amount() else { return Amount::Absent };
        let currency = row.currency().unwrap_or(self.world.settings.currency);
        match self.head.close().filter(|_| self.head.state().is_closed()) {
            Some(date) => Amount::Fixed { minor, currency, home: row.home, date },
            None => Amount::Floating { minor, currency, home: row.home, date: self.world.clock.float_date() },
        }
    }

    /// Whether it closed before the range began.
    fn closed_before_range(&self) -> bool {
        let from = self.world.clock.range.from;
        self.head.state().is_closed() && self.head.close().is_some_and(|close| close < from)
    }

    /// Whether its history begins at or after `start` (milliseconds) although it existed before `before`.
    fn blind_since(&self, start: i64, before: Date) -> bool {
        // Times never fall along the versions: a deal that has rested since before `start` began before it.
        let rested = self.versions.last_times().is_none_or(|last| last.occurred < start);
        if rested || self.gone() || self.closed_before_range() {
            return false;
        }
        let begins = self.versions.times.first().zip(self.versions.rows.first());
        self.head.created().is_none_or(|created| created < before)
            && begins.is_some_and(|(times, first)| times.occurred >= start && !first.is_creation())
    }

    fn blind(&self, fact: Fact, sink: &mut impl Sink) {
        sink.blind(fact, &self.head_dims(), self.amount(self.head));
    }

    fn row(&self, fact: Fact, dims: Dims) -> FactRow {
        FactRow::new(fact, self.slot + 1, dims)
    }

    /// Hands the wanted facts to the sink.
    pub(crate) fn emit(&self, ask: &Ask, sink: &mut impl Sink) {
        for fact in &ask.facts {
            match fact {
                Fact::DealClosed => self.closed(sink),
                Fact::DealCreated => self.created(sink),
                Fact::DealOpen => self.open(ask, sink),
                Fact::DueAtStart => self.due_at_start(sink),
                Fact::StageEntered => self.stages_entered(sink),
                Fact::StageLeft => self.stages_left(sink),
                Fact::StageReached => self.stages_reached(sink),
                Fact::CloseDateMoved => self.close_date_moves(sink),
                Fact::PipelineStep => self.waterfall(ask, sink),
                Fact::FrozenForecast => self.frozen_forecast(ask, sink),
                Fact::Activity | Fact::MetricPoint | Fact::Quota | Fact::Rep => {}
            }
        }
    }
}
