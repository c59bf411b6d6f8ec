//! Views: a KPI with a group-by and filters, kept live while somebody watches it.
//!
//! A view keeps *daily panes of retractable aggregates* (`panes`, `cell`), so that it answers any range by merging the
//! days in it, and follows the journal by taking away what the changed deals brought and adding what they bring now. It
//! does not remember what a deal brought: a deal keeps all its versions, so the contribution as of the view's position is
//! computed again from them. So a view takes no memory per deal beside the panes: per group and day about 60 bytes, 16 per
//! input, and 96 for each input that sums (48 more per foreign currency that floats, 8 per value of a median). Deals of a
//! group and a day share that; at worst, each deal alone, it is what a watched deal takes (bookings: 200 bytes).
//!
//! Which KPIs: those whose inputs are all closed and created deals, or quotas (of which there are few, and which are added
//! when a question comes). All others, and views of more than [`VIEW_GROUPS_MAX`] groups, answer by the engine's scan, and
//! [`View::is_incremental`] says so.
//!
//! Invariants: an answer equals [`Engine::query`], restated, at the engine's position; a view that stands at another
//! position than the engine, or in another world, is built anew before it answers.

mod cell;
mod live;
mod needs;
mod panes;

use crate::engine::Engine;
use crate::query::{QueryError, prepare};
use crate::state::Changes;
use live::Live;
use salescope_domain::{Answer, DateRange, Dimension, Filters, Instant, KpiId, Query};
use std::collections::BTreeMap;

/// Most groups of a view; with more it answers by scan. So many rows are no dashboard, and each has cells on its days.
pub const VIEW_GROUPS_MAX: usize = 10_000;

/// What is watched. It has no range: a view answers any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// Which KPI.
    pub kpi: KpiId,
    /// At most two.
    pub group_by: Vec<Dimension>,
    /// Which facts.
    pub filters: Filters,
    /// The KPI's parameters by name.
    pub params: BTreeMap<String, String>,
}

impl Watch {
    fn query(&self, range: DateRange, now: Instant) -> Query {
        Query {
            group_by: self.group_by.clone(),
            filters: self.filters.clone(),
            params: self.params.clone(),
            ..Query::new(self.kpi.clone(), range, now)
        }
    }
}

/// How a view finds its figures.
#[derive(Debug, Clone)]
enum Means {
    Panes(Box<Live>),
    /// By the engine's scan.
    Scan,
    /// Something changed that the panes cannot follow.
    Outdated,
}

/// A watched question.
#[derive(Debug, Clone)]
pub struct View {
    watch: Watch,
    position: u64,
    means: Means,
    groups_max: usize,
    scans: u64,
}

impl View {
    /// Builds the view of an engine's state.
    pub(crate) fn new(engine: &Engine, watch: &Watch, now: Instant) -> Result<Self, QueryError> {
        Self::bounded(engine, watch, now, VIEW_GROUPS_MAX)
    }

    fn bounded(engine: &Engine, watch: &Watch, now: Instant, groups_max: usize) -> Result<Self, QueryError> {
        let mut view =
            Self { watch: watch.clone(), position: 0, means: Means::Outdated, groups_max, scans: 0 };
        view.build(engine, now)?;
        Ok(view)
    }

    /// A question whose range does not matter, for what is the same in all ranges.
    fn any_query(&self, now: Instant) -> Query {
        let epoch = salescope_domain::Date::from_days(0);
        self.watch.query(DateRange { from: epoch, to: epoch.plus_days(1) }, now)
    }

    fn build(&mut self, engine: &Engine, now: Instant) -> Result<(), QueryError> {
        self.means = Means::Outdated;
        self.position = engine.position();
        let query = self.any_query(now);
        let prepared = prepare(&engine.state, &engine.catalogue, &query)?;
        self.means = Means::Scan;
        if needs::fits(&prepared.plan) {
            self.scans += 1;
            if let Some(live) = Live::build(engine, prepared, &query, self.groups_max) {
                self.means = Means::Panes(Box::new(live));
            }
        }
        Ok(())
    }

    /// Follows the engine by what a slice changed. Slices come in order, each once; the engine may be ahead of them (a view
    /// that was built from a copy catches up this way), and those that the view has seen already change nothing.
    pub fn update(&mut self, engine: &Engine, changes: &Changes) {
        if changes.position <= self.position {
            return;
        }
        let before = std::mem::replace(&mut self.position, changes.position);
        let query = self.any_query(Instant::from_ms(0));
        let outdated = changes.definitions
            || changes.world && matches!(&self.means, Means::Panes(live) if live.is_outdated(&engine.state));
        if outdated {
            self.means = Means::Outdated;
        }
        if let Means::Panes(live) = &mut self.means
            && !changes.deals.is_empty()
        {
            let slots = changes.deals.iter().copied();
            if !live.fold(engine, &query, slots, before..changes.position, self.groups_max) {
                self.means = Means::Scan;
            }
        }
    }

    /// Follows the engine to where it is, where it still knows what it changed ([`Engine::be_followed`]); else the next answer
    /// builds the view anew.
    pub fn follow(&mut self, engine: &Engine) {
        if let Some(changes) = engine.changes_since(self.position) {
            self.update(engine, &changes);
        }
    }

    /// Answers for a range, as [`Engine::query`] does, restated.
    ///
    /// # Errors
    /// As [`Engine::query`]: what is watched may have gone since.
    pub fn answer(&mut self, engine: &Engine, range: DateRange, now: Instant) -> Result<Answer, QueryError> {
        let elsewhere = self.position != engine.position() && matches!(self.means, Means::Panes(_));
        if elsewhere || matches!(self.means, Means::Outdated) {
            self.build(engine, now)?;
        }
        let query = self.watch.query(range, now);
        if let Means::Panes(live) = &self.means {
            return Ok(live.answer(&engine.state, &query));
        }
        self.scans += 1;
        engine.query(&query)
    }

    /// The `tenant_seq` that it has followed the journal to.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Whether the next answer comes from panes, without a pass over all deals.
    #[must_use]
    pub fn is_incremental(&self) -> bool {
        matches!(self.means, Means::Panes(_))
    }

    /// Passes over all deals since it was made: to build it, to build it anew, to answer by scan.
    #[must_use]
    pub fn scans(&self) -> u64 {
        self.scans
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use salescope_testkit::{histories, make};

    #[test]
    fn views_can_be_built_off_the_thread_that_uses_them() {
        fn is_send<T: Send>() {}
        is_send::<View>();
        is_send::<Engine>();
    }

    #[test]
    fn a_view_of_too_many_groups_answers_by_scan() {
        let entries = histories::random(15);
        let watch = Watch {
            kpi: make::kpi("bookings"),
            group_by: vec![Dimension::Owner],
            filters: Filters::new(),
            params: BTreeMap::new(),
        };
        let (range, now) = (make::range("2026-01-01", "2027-01-01"), make::moment("2026-09-01"));
        let mut engine = Engine::new();
        let mut view = View::bounded(&engine, &watch, now, 1).unwrap();
        assert!(view.is_incremental());
        for slice in entries.chunks(20) {
            let changes = engine.apply(slice);
            view.update(&engine, &changes);
        }
        assert_eq!(
            view.answer(&engine, range, now).unwrap(),
            engine.query(&watch.query(range, now)).unwrap()
        );
        assert!(!view.is_incremental());
    }
}
