//! Stages entered, left and reached.

use super::schema::FIRST;
use super::{Deal, Fact, FactRow, Sink};
use crate::state::row::{Row, State};
use crate::world::World;
use salescope_domain::{Instant, StageOutcome};

impl World<'_> {
    /// The position of a recorded open stage of a source's pipeline.
    fn open_position(&self, stage: u32, source: u32, pipeline: u32) -> Option<u16> {
        let info = &self.stages[stage as usize];
        let fits = stage != 0
            && info.pipeline == pipeline
            && info.outcome == StageOutcome::Open
            && self.state.stages.space(stage) == source;
        info.position.filter(|_| fits)
    }

    /// The recorded open stages of a pipeline, by position.
    fn open_stages(&self, source: u32, pipeline: u32) -> Vec<(u16, u32)> {
        let numbers = 1..u32::try_from(self.stages.len()).unwrap_or(u32::MAX);
        let position = |stage| self.open_position(stage, source, pipeline).map(|position| (position, stage));
        let mut stages: Vec<(u16, u32)> = numbers.filter_map(position).collect();
        stages.sort_unstable();
        stages
    }
}

impl Deal<'_> {
    /// Whether version `at` enters its stage.
    fn enters(&self, at: usize) -> bool {
        let row = &self.versions.rows[at];
        let stage = &self.world.stages[row.stage as usize];
        let arrives = match at.checked_sub(1) {
            Some(before) => self.versions.rows[before].stage != row.stage,
            None => row.is_creation(),
        };
        arrives && row.stage != 0 && row.state() == State::Open && stage.outcome == StageOutcome::Open
    }

    /// Whether a version stands further than `stage`.
    fn is_further(&self, row: &Row, stage: u32) -> bool {
        let (from, to) = (&self.world.stages[stage as usize], &self.world.stages[row.stage as usize]);
        match row.state() {
            State::Won => true,
            State::Open => {
                row.stage != 0
                    && from.pipeline == to.pipeline
                    && from.position.is_some()
                    && from.position < to.position
            }
            _ => false,
        }
    }

    fn stage_row(&self, fact: Fact, stage: u32) -> FactRow {
        let mut dims = self.head_dims();
        dims.stage = stage;
        dims.stage_pipeline = true;
        FactRow { amount: self.amount(self.head), ..self.row(fact, dims) }
    }

    pub(super) fn stages_entered(&self, sink: &mut impl Sink) {
        if self.gone() {
            return;
        }
        let clock = &self.world.clock;
        if self.blind_since(clock.from_start, clock.end) {
            self.blind(Fact::StageEntered, sink);
        }
        let mut seen: Vec<u32> = Vec::new();
        for at in self.versions.between(clock.from_start, clock.as_of) {
            let stage = self.versions.rows[at].stage;
            if !self.enters(at) || seen.contains(&stage) {
                continue;
            }
            seen.push(stage);
            let moved_on = self.versions.rows[at + 1..].iter().any(|row| self.is_further(row, stage));
            let mut row = self.stage_row(Fact::StageEntered, stage);
            row.flags = if moved_on { FIRST } else { 0 };
            sink.row(&row);
        }
    }

    pub(super) fn stages_left(&self, sink: &mut impl Sink) {
        if self.gone() {
            return;
        }
        let clock = &self.world.clock;
        if self.blind_since(clock.from_start, clock.end) {
            self.blind(Fact::StageLeft, sink);
        }
        for left in self.versions.between(clock.from_start, clock.as_of) {
            let Some(entered) = self.stay_before(left) else { continue };
            let stage = self.versions.rows[entered].stage;
            let times = self.versions.times;
            let mut row = self.stage_row(Fact::StageLeft, stage);
            row.number = Some(times[left].occurred - times[entered].occurred);
            row.day = Some(self.world.settings.time_zone.local_date(Instant::from_ms(times[left].occurred)));
            sink.row(&row);
        }
    }

    /// Where the stay began that version `left` ends, if it ends one whose beginning is known.
    fn stay_before(&self, left: usize) -> Option<usize> {
        let rows = self.versions.rows;
        let last = left.checked_sub(1)?;
        let stays = |at: usize| rows[at].state() == State::Open && rows[at].stage == rows[last].stage;
        if !stays(last) || stays(left) {
            return None;
        }
        let entered = (0..=last).rev().take_while(|at| stays(*at)).last()?;
        self.enters(entered).then_some(entered)
    }

    pub(super) fn stages_reached(&self, sink: &mut impl Sink) {
        let clock = &self.world.clock;
        let created_inside = self.head.created().is_some_and(|created| clock.range.contains(created));
        if self.gone() || !created_inside {
            return;
        }
        if self.blind_since(clock.from_start, clock.end) {
            self.blind(Fact::StageReached, sink);
            return;
        }
        let pipeline = self.world.pipeline(&self.head_dims());
        let won = self.versions.rows.iter().any(|row| row.state() == State::Won);
        let positions = self.versions.rows.iter();
        let furthest =
            positions.filter_map(|row| self.world.open_position(row.stage, self.source, pipeline)).max();
        if pipeline == 0 {
            return;
        }
        let stages = self.world.open_stages(self.source, pipeline);
        for (position, stage) in &stages {
            let reached = won || furthest.is_some_and(|furthest| furthest >= *position);
            if !reached {
                continue;
            }
            let next = stages.iter().map(|(next, _)| *next).find(|next| next > position);
            let reached_next =
                won || next.is_some_and(|next| furthest.is_some_and(|furthest| furthest >= next));
            let mut row = self.stage_row(Fact::StageReached, *stage);
            row.flags = if reached_next { FIRST } else { 0 };
            sink.row(&row);
        }
    }
}
