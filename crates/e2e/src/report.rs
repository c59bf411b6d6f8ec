//! What came of a run.

use crate::load::Tally;
use crate::rounds::{Kind, Options};
use crate::violation::{Promise, Violation};
use salescope_faults::POINTS;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Broken promises of a round that its line tells.
const TOLD_MAX: usize = 8;

/// How a round's server ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// It was killed at an armed failpoint.
    AtFailpoint,
    /// It was killed from outside.
    Killed,
    /// It ended by itself.
    ByItself,
}

/// One round.
#[derive(Debug, Clone, Serialize)]
pub struct RoundReport {
    /// From 1.
    pub number: u64,
    /// What was armed.
    pub faults: String,
    /// How the server ended.
    pub ended: Ended,
    /// Events that were acknowledged.
    pub acknowledged: u64,
    /// Events of requests that were never answered.
    pub unknown: u64,
    /// Requests by HTTP status.
    pub statuses: BTreeMap<u16, u64>,
    /// How often each failpoint was passed.
    pub hits: Vec<(&'static str, u64)>,
    /// Answers that were compared with the journal.
    pub readings: u64,
    /// Copies of damaged data that were looked at, by what the program said of them.
    pub damaged: BTreeMap<String, u64>,
    /// Broken promises.
    pub violations: Vec<Violation>,
}

impl RoundReport {
    /// Of a round that begins.
    #[must_use]
    pub fn new(number: u64, faults: String) -> Self {
        Self {
            number,
            faults,
            ended: Ended::Killed,
            acknowledged: 0,
            unknown: 0,
            statuses: BTreeMap::new(),
            hits: Vec::new(),
            readings: 0,
            damaged: BTreeMap::new(),
            violations: Vec::new(),
        }
    }

    /// The server could not be used as it should.
    pub fn fail(&mut self, error: &anyhow::Error) {
        self.violations.push(Violation::new(Promise::Service, format!("{error:#}")));
    }

    /// Takes in what came of the requests.
    pub fn take(&mut self, tally: Tally) {
        self.acknowledged += tally.acknowledged;
        self.unknown += tally.unknown;
        for (status, count) in tally.statuses {
            *self.statuses.entry(status).or_default() += count;
        }
        self.violations.extend(tally.violations);
    }

    /// One line.
    #[must_use]
    pub fn line(&self) -> String {
        let ended = match self.ended {
            Ended::AtFailpoint => "at its failpoint",
            Ended::Killed => "killed",
            Ended::ByItself => "ended by itself",
        };
        let statuses: Vec<_> =
            self.statuses.iter().map(|(status, count)| format!("{status}: {count}")).collect();
        let mut line = format!(
            "round {:>4}  {:>7} acknowledged  {:>5} unknown  {:>4} read  {ended}  [{}]  {}",
            self.number,
            self.acknowledged,
            self.unknown,
            self.readings,
            statuses.join(", "),
            self.faults
        );
        for (outcome, count) in &self.damaged {
            let _ = write!(line, "\n            {count:>5} x {outcome}");
        }
        for Violation { promise, detail } in self.violations.iter().take(TOLD_MAX) {
            let _ = write!(line, "\n            BROKEN {promise:?}: {detail}");
        }
        if let Some(more) = self.violations.len().checked_sub(TOLD_MAX).filter(|more| *more > 0) {
            let _ =
                write!(line, "\n            BROKEN {more} times more; all of them are in the report as JSON");
        }
        line
    }
}

/// A run.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// What was done.
    pub kind: Kind,
    /// The run's seed.
    pub seed: u64,
    /// The promise that the program was made to break.
    pub sabotage: Option<String>,
    /// Rounds that were run.
    pub rounds: Vec<RoundReport>,
}

impl Report {
    /// Of a run that begins.
    #[must_use]
    pub fn new(options: &Options) -> Self {
        let Options { kind, seed, sabotage, .. } = options.clone();
        Self { kind, seed, sabotage, rounds: Vec::new() }
    }

    /// One round more.
    pub fn add(&mut self, round: RoundReport) {
        self.rounds.push(round);
    }

    /// The run did not come to what it is about.
    pub fn nothing_shown(&mut self, why: &str) {
        if let Some(round) = self.rounds.last_mut() {
            round.violations.push(Violation::new(Promise::Service, why));
        }
    }

    /// Whether a promise was broken.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.rounds.iter().any(|round| !round.violations.is_empty())
    }

    /// Whether the run shows what it should: nothing broken, or a sabotage caught. A server that could not be used shows nothing.
    #[must_use]
    pub fn is_as_wished(&self) -> bool {
        let is_service = |found: &Violation| found.promise == Promise::Service;
        match self.sabotage {
            None => !self.is_broken(),
            Some(_) => self.rounds.iter().flat_map(|round| &round.violations).any(|found| !is_service(found)),
        }
    }

    /// The closing table.
    #[must_use]
    pub fn table(&self) -> String {
        let total = |of: fn(&RoundReport) -> u64| self.rounds.iter().map(of).sum::<u64>();
        let broken = total(|round| round.violations.len() as u64);
        let mut table = format!(
            "{} rounds of {} with seed {}: {} events acknowledged, {} unknown and sent again, {} promises broken\n",
            self.rounds.len(),
            self.kind.name(),
            self.seed,
            total(|round| round.acknowledged),
            total(|round| round.unknown),
            broken,
        );
        for point in POINTS {
            let hits = |round: &RoundReport| {
                let of_point = round.hits.iter().filter(|(name, _)| *name == point);
                of_point.map(|(_, hits)| hits).sum::<u64>()
            };
            let died = |round: &&RoundReport| {
                round.ended == Ended::AtFailpoint && round.faults.contains(&format!("kill={point}@"))
            };
            let passed: u64 = self.rounds.iter().map(hits).sum();
            let died = self.rounds.iter().filter(died).count();
            let _ = writeln!(table, "  {point:<24} passed {passed:>8} times, died there {died:>3} times");
        }
        match (&self.sabotage, self.is_as_wished()) {
            (Some(sabotage), true) => {
                let _ = writeln!(table, "sabotage {sabotage}: caught in round {}", self.rounds.len());
            }
            (Some(sabotage), false) => {
                let _ = writeln!(table, "sabotage {sabotage}: NOT CAUGHT in {} rounds", self.rounds.len());
            }
            (None, _) => {}
        }
        table
    }
}
