//! The world that a question is asked in: settings, people, stages, labels, rates and the clock, as known at a time.
//!
//! Invariant: built from entries with `known_at` not after the time asked about, and from nothing else.

pub(crate) mod clock;
pub(crate) mod dims;
pub(crate) mod money;
pub(crate) mod products;

use crate::state::State;
use clock::Clock;
use money::{RATE_MEMO, RateBook, RateMemo};
use salescope_domain::query::NONE;
use salescope_domain::{ForecastCategory, OrgSettings, Query, StageOutcome};
use std::cell::OnceCell;

/// A stage as the world knows it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct StageInfo {
    /// Text.
    pub label: u32,
    /// Object of the pipeline table.
    pub pipeline: u32,
    /// Absent when the stage is referred to but not recorded.
    pub position: Option<u16>,
    pub outcome: StageOutcome,
    pub probability: Option<u32>,
    pub category: Option<ForecastCategory>,
}

/// The world.
pub(crate) struct World<'a> {
    pub state: &'a State,
    /// Entries known later do not count.
    pub known: i64,
    pub settings: OrgSettings,
    pub clock: Clock,
    pub stages: Vec<StageInfo>,
    /// By text of the person: team and region, as texts.
    people: Vec<(u32, u32)>,
    /// By text of the team: region, as text.
    team_regions: Vec<u32>,
    account_labels: Vec<u32>,
    product_labels: Vec<u32>,
    pipeline_labels: Vec<u32>,
    /// The text that prints like "nothing"; 0 when no such text is known.
    none: u32,
    rates: OnceCell<RateBook>,
    rate_memo: [RateMemo; RATE_MEMO],
}

impl<'a> World<'a> {
    /// The world of a question.
    pub(crate) fn new(state: &'a State, query: &Query) -> Self {
        let known = query.as_known.map_or(i64::MAX, salescope_domain::Instant::ms);
        let settings = if known == i64::MAX { state.current.clone() } else { state.settings_at(known) };
        let clock = Clock::new(query, &settings.time_zone);
        let name = |id: u32, name: Option<u32>| name.filter(|name| *name != 0).unwrap_or(id);
        let labels = |objects: &crate::state::objects::Objects<u32>| -> Vec<u32> {
            objects
                .all_at(known)
                .map(|(number, at)| name(objects.label(number), at.map(|at| at.value)))
                .collect()
        };
        let accounts = state.accounts.all_at(known);
        Self {
            account_labels: accounts
                .map(|(number, at)| name(state.accounts.label(number), at.map(|at| at.value.name)))
                .collect(),
            product_labels: labels(&state.products),
            pipeline_labels: labels(&state.pipelines),
            stages: stages(state, known),
            people: people(state, known),
            team_regions: team_regions(state, known),
            none: state.texts.find(0, NONE).unwrap_or(0),
            rates: OnceCell::new(),
            rate_memo: Default::default(),
            state,
            known,
            settings,
            clock,
        }
    }

    /// The exchange rates into the organisation's currency.
    pub(crate) fn rates(&self) -> &RateBook {
        self.rates.get_or_init(|| RateBook::new(self.state, self.known, &self.settings))
    }
}

fn stages(state: &State, known: i64) -> Vec<StageInfo> {
    let info = |(number, at): (u32, Option<&crate::state::objects::Known<crate::state::StageState>>)| {
        let id = state.stages.label(number);
        let Some(stage) = at.map(|at| &at.value) else {
            return StageInfo {
                label: id,
                pipeline: 0,
                position: None,
                outcome: StageOutcome::Open,
                probability: None,
                category: None,
            };
        };
        StageInfo {
            label: if stage.name == 0 { id } else { stage.name },
            pipeline: stage.pipeline,
            position: Some(stage.position),
            outcome: stage.outcome,
            probability: stage.probability,
            category: stage.category,
        }
    };
    state.stages.all_at(known).map(info).collect()
}

fn people(state: &State, known: i64) -> Vec<(u32, u32)> {
    let mut people = vec![(0, 0); state.texts.len()];
    for (number, at) in state.people.all_at(known) {
        if let Some(person) = at {
            people[state.people.label(number) as usize] = (person.value.team, person.value.region);
        }
    }
    people
}

fn team_regions(state: &State, known: i64) -> Vec<u32> {
    let mut regions = vec![0; state.texts.len()];
    for (number, at) in state.teams.all_at(known) {
        if let Some(team) = at {
            regions[state.teams.label(number) as usize] = team.value;
        }
    }
    regions
}
