//! What is news, and its place in the journal: decisions of one tenant, in memory.
//!
//! Invariants: positions are given out without gaps, in the order of the submissions; a statement is told from its repetition
//! by what is committed and by what is on its way, so that a repetition of either adds nothing.

use indexmap::IndexMap;
use salescope_domain::news::{Last, Statement};
use salescope_domain::{Entry, Instant, Payload, limits};
use salescope_engine_api::{Outcome, Rejected, Submission};
use salescope_kpi::{Engine, FactKind};
use salescope_store::{OrgKey, Slice, SliceBuilder};
use std::collections::HashMap;

/// The last accepted statement about each object, by the hash of its identity. Facts are in the engine's ledgers.
pub(crate) type Index = IndexMap<u128, Last, foldhash::fast::FixedState>;

/// What a statement changes in the index, once it is committed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change {
    key: u128,
    last: Last,
    seq: u64,
}

/// What a slice comes to.
pub(crate) struct Decision {
    /// One for each submission.
    pub(crate) outcomes: Vec<Outcome>,
    /// What is to be journaled, encoded; absent when nothing is news.
    pub(crate) slice: Option<Slice>,
    /// The same, to be applied after the commit. `known_at` is an upper bound until [`commit_times`] has set it.
    pub(crate) entries: Vec<Entry>,
    /// What changes in the index then.
    pub(crate) changes: Vec<Change>,
}

/// What bounds a submission.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    pub(crate) payload_bytes_max: usize,
}

/// The decisions of one tenant.
#[derive(Debug)]
pub(crate) struct Intake {
    org: OrgKey,
    /// What is committed and applied.
    index: Index,
    /// What is on its way, objects and facts.
    pending: HashMap<u128, (Last, u64), foldhash::fast::FixedState>,
    last_seq: u64,
}

impl Intake {
    /// Decisions after the last entry, `last_seq`.
    pub(crate) fn new(org: OrgKey, index: Index, last_seq: u64) -> Self {
        Self { org, index, pending: HashMap::default(), last_seq }
    }

    /// The last position that was given out.
    pub(crate) fn last_seq(&self) -> u64 {
        self.last_seq
    }

    /// What is committed and applied.
    pub(crate) fn index(&self) -> &Index {
        &self.index
    }

    /// Takes over an index that was read from the disk.
    pub(crate) fn replace_index(&mut self, index: Index) {
        self.index = index;
    }

    /// Decides on submissions in order. `engine` holds what is applied.
    pub(crate) fn decide(
        &mut self,
        engine: &Engine,
        submissions: Vec<Submission>,
        now: Instant,
        bounds: Bounds,
    ) -> Decision {
        self.pending.reserve(submissions.len());
        let mut builder = SliceBuilder::with_room(self.org, self.last_seq + 1, submissions.len());
        let mut decision = Decision {
            outcomes: Vec::with_capacity(submissions.len()),
            slice: None,
            entries: Vec::with_capacity(submissions.len()),
            changes: Vec::with_capacity(submissions.len()),
        };
        for submission in submissions {
            let outcome = match self.consider(engine, &submission, now) {
                Err(outcome) => outcome,
                Ok(change) => match self.enter(&mut builder, submission, change, now, bounds) {
                    Err(outcome) => outcome,
                    Ok((entry, change)) => {
                        decision.entries.push(entry);
                        decision.changes.extend(change);
                        Outcome::Appended { tenant_seq: self.last_seq }
                    }
                },
            };
            decision.outcomes.push(outcome);
        }
        if !decision.entries.is_empty() {
            decision.slice = Some(builder.finish());
        }
        decision
    }

    /// What the submissions would come to; nothing is kept.
    pub(crate) fn rehearse(
        &mut self,
        engine: &Engine,
        submissions: Vec<Submission>,
        now: Instant,
        bounds: Bounds,
    ) -> Vec<Outcome> {
        let (pending, last_seq) = (self.pending.clone(), self.last_seq);
        let outcomes = self.decide(engine, submissions, now, bounds).outcomes;
        (self.pending, self.last_seq) = (pending, last_seq);
        outcomes
    }

    /// Whether a submission may enter and is news; what it changes in the index then.
    fn consider(
        &self,
        engine: &Engine,
        submission: &Submission,
        now: Instant,
    ) -> Result<Option<Change>, Outcome> {
        let payload = &submission.payload;
        limits::check(payload, now)?;
        if let Payload::Kpi(entry) = payload
            && let Some(yaml) = &entry.yaml
            && let Err(error) = engine.check_definition(yaml)
        {
            let message = error.to_string();
            let (code, path) = ("invalid_definition".into(), "/yaml".into());
            return Err(Rejected { code, path, message }.into());
        }
        let Some(statement) = Statement::of(payload) else { return Ok(None) };
        let news = match self.pending.get(&statement.key) {
            Some((last, _)) => statement.is_news(Some(last)),
            None => match fact_revision(engine, payload) {
                Some(revision) => statement.is_news(Some(&Last::Fact { revision })),
                None => statement.is_news(self.index.get(&statement.key)),
            },
        };
        if news || salescope_faults::sabotage("no_dedup") {
            Ok(Some(Change { key: statement.key, last: statement.as_last(), seq: 0 }))
        } else {
            Err(Outcome::Unchanged)
        }
    }

    /// Gives a submission its place.
    fn enter(
        &mut self,
        builder: &mut SliceBuilder,
        submission: Submission,
        change: Option<Change>,
        now: Instant,
        bounds: Bounds,
    ) -> Result<(Entry, Option<Change>), Outcome> {
        let Submission { payload, known_at } = submission;
        let bytes = builder.push(known_at, now, &payload);
        if bytes > bounds.payload_bytes_max {
            builder.pop();
            let message = format!("takes {bytes} bytes; the most is {}", bounds.payload_bytes_max);
            return Err(Rejected { code: "payload_too_large".into(), path: "".into(), message }.into());
        }
        self.last_seq += 1;
        let seq = self.last_seq;
        let change = change.map(|change| Change { seq, ..change });
        if let Some(Change { key, last, seq }) = change {
            self.pending.insert(key, (last, seq));
        }
        let known_at = known_at.unwrap_or(Instant::MAX);
        Ok((Entry { tenant_seq: seq, known_at, observed_at: now, payload }, change))
    }

    /// Takes over what was committed, up to the entry `to_seq`.
    pub(crate) fn commit(&mut self, changes: &[Change], to_seq: u64) {
        for Change { key, last, .. } in changes {
            if matches!(last, Last::Object { .. }) {
                self.index.insert(*key, *last);
            }
        }
        if to_seq == self.last_seq {
            self.pending.clear();
            return;
        }
        for Change { key, seq, .. } in changes {
            if self.pending.get(key).is_some_and(|(_, pending)| pending == seq) {
                self.pending.remove(key);
            }
        }
    }
}

/// Sets what only the commit could tell: an entry is known from its commit on, or before.
pub(crate) fn commit_times(entries: &mut [Entry], committed_at: Instant) {
    for entry in entries {
        entry.known_at = entry.known_at.min(committed_at);
    }
}

/// Takes an entry of the journal into the index. A fact that is skipped is not in the engine's ledgers: the index keeps it.
pub(crate) fn index_entry(index: &mut Index, payload: &Payload, skipped: bool) {
    if let Some(statement) = Statement::of(payload) {
        let last = statement.as_last();
        if skipped || matches!(last, Last::Object { .. }) {
            index.insert(statement.key, last);
        }
    }
}

fn fact_revision(engine: &Engine, payload: &Payload) -> Option<u32> {
    match payload {
        Payload::Activity(fact) => engine.fact_revision(FactKind::Activity, &fact.source, &fact.event_id),
        Payload::Metric(fact) => engine.fact_revision(FactKind::Metric, &fact.source, &fact.event_id),
        _ => None,
    }
}
