//! A KPI that is watched: one question to the engine and one serialised frame for all of its subscribers.
//!
//! Invariants: a frame holds the answer at its position; frames are numbered from 1 without a gap, and a delta leads from the frame
//! before to its own; an answer that says the same as the one before makes no frame, but moves the position that was checked.

use super::protocol::{Says, parts};
use super::shared::Task;
use crate::app::App;
use crate::code::Code;
use crate::problem::{Outcome, Problem};
use crate::rest::labels::Labels;
use crate::rest::{GroupItem, groups};
use axum::extract::ws::Utf8Bytes;
use futures::StreamExt;
use salescope_domain::{Dimension, Group, LiveAnswer, LiveQuestion, OrgId};
use salescope_engine_api::{Position, Positioned};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::watch;

/// A delta that is not shorter than so many parts of the whole is not worth its name.
const DELTA_WORTH: usize = 2;

/// What a topic came to last.
#[derive(Debug, Clone)]
pub(super) enum State {
    /// The question was not answered yet.
    Waiting,
    /// The last frame, and how far the engine has asked the question since.
    Told { frame: Arc<Frame>, checked: Position },
    /// It cannot be answered any more.
    Over(Problem),
}

/// An answer, serialised.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) number: u64,
    /// The whole.
    pub(super) value: Utf8Bytes,
    /// What leads there from the frame before.
    pub(super) delta: Option<Utf8Bytes>,
}

/// A watched KPI.
#[derive(Debug)]
pub(super) struct Topic {
    /// What frames call it.
    pub(super) name: String,
    state: watch::Receiver<State>,
    _task: Task,
}

impl Topic {
    pub(super) fn new(app: Arc<App>, org: OrgId, question: LiveQuestion, name: String) -> Self {
        let (told, state) = watch::channel(State::Waiting);
        let writer = Writer { app, org, name: name.clone(), told };
        Self { name, state, _task: Task::spawn(writer.run(question)) }
    }

    /// Waits for the first answer; then whoever follows sees each later one, or the newest of them.
    pub(super) async fn follow(&self) -> Outcome<watch::Receiver<State>> {
        let mut state = self.state.clone();
        match state.wait_for(|state| !matches!(state, State::Waiting)).await.as_deref() {
            Ok(State::Over(problem)) => return Err(problem.clone()),
            Ok(_) => {}
            Err(_) => return Err(over()),
        }
        state.mark_changed();
        Ok(state)
    }

    /// Up to where the frame of this number is known to hold, if it is the last one.
    pub(super) fn checked(&self, number: u64) -> Option<Position> {
        match &*self.state.borrow() {
            State::Told { frame, checked } if frame.number == number => Some(*checked),
            _ => None,
        }
    }
}

pub(super) fn over() -> Problem {
    Problem::new(Code::Unavailable, "the question cannot be followed any more")
}

/// What the frame before said.
struct Before {
    number: u64,
    position: Position,
    range: salescope_domain::DateRange,
    groups: Vec<GroupItem>,
}

struct Writer {
    app: Arc<App>,
    org: OrgId,
    name: String,
    told: watch::Sender<State>,
}

impl Writer {
    async fn run(self, question: LiveQuestion) {
        let has_names = question.group_by.iter().any(|by| matches!(by, Dimension::Owner | Dimension::Team));
        let mut answers = match self.app.engine.watch(&self.org, question).await {
            Ok(answers) => answers,
            Err(error) => return self.end(error.into()),
        };
        let mut before = None;
        while let Some(answered) = answers.next().await {
            let told = match answered {
                Ok(answered) => self.tell(answered, has_names, &mut before).await,
                Err(error) => Err(error.into()),
            };
            if let Err(problem) = told {
                return self.end(problem);
            }
        }
        self.end(over());
    }

    fn end(&self, problem: Problem) {
        self.told.send_replace(State::Over(problem));
    }

    /// Groups with the names of people and teams in them. Somebody who is new is asked for.
    async fn groups(&self, answered: Vec<Group>, has_names: bool) -> Outcome<Vec<GroupItem>> {
        if !has_names {
            return Ok(groups(answered, &Labels::none()));
        }
        let names = &self.app.live.names;
        let labelled = groups(answered.clone(), &*names.of(&self.app, &self.org).await?);
        if labelled.iter().all(GroupItem::is_named) {
            return Ok(labelled);
        }
        Ok(groups(answered, &*names.anew(&self.app, &self.org).await?))
    }

    async fn tell(
        &self,
        answered: Positioned<LiveAnswer>,
        has_names: bool,
        before: &mut Option<Before>,
    ) -> Outcome<()> {
        let Positioned { position, answer: LiveAnswer { range, now, answer } } = answered;
        let groups = self.groups(answer.groups, has_names).await?;
        if before.as_ref().is_some_and(|before| before.range == range && before.groups == groups) {
            self.told.send_if_modified(|state| {
                if let State::Told { checked, .. } = state {
                    *checked = position;
                }
                false
            });
            return Ok(());
        }
        let (epoch, tenant_seq) = parts(position);
        let at = now.to_string();
        let value = Says::Value {
            topic: &self.name,
            epoch,
            tenant_seq,
            at: at.clone(),
            from: range.from.to_string(),
            to: range.to.to_string(),
            groups: &groups,
        };
        let value = value.text();
        let delta = before.as_ref().filter(|before| before.range == range && before.position.epoch == epoch);
        let delta = delta.and_then(|before| delta_of(&self.name, before, position, at, &groups));
        let delta = delta.filter(|delta| delta.as_str().len() * DELTA_WORTH < value.as_str().len());
        let number = before.as_ref().map_or(1, |before| before.number + 1);
        let frame = Arc::new(Frame { number, value, delta });
        *before = Some(Before { number, position, range, groups });
        self.told.send_replace(State::Told { frame, checked: position });
        Ok(())
    }
}

/// What changed, where groups are in the order of their keys: then a client can put the changed ones in their places.
fn delta_of(
    topic: &str,
    before: &Before,
    position: Position,
    at: String,
    groups: &[GroupItem],
) -> Option<Utf8Bytes> {
    if !groups.is_sorted_by_key(GroupItem::key) || !before.groups.is_sorted_by_key(GroupItem::key) {
        return None;
    }
    let old: BTreeMap<_, _> = before.groups.iter().map(|group| (group.key(), group)).collect();
    let changed = groups.iter().filter(|group| old.get(group.key()) != Some(group)).collect();
    let new: BTreeMap<_, _> = groups.iter().map(|group| (group.key(), ())).collect();
    let gone = old.keys().filter(|key| !new.contains_key(*key)).copied().collect();
    let (epoch, tenant_seq) = parts(position);
    let since = before.position.tenant_seq;
    Some(Says::Delta { topic, epoch, tenant_seq, since, at, groups: changed, gone }.text())
}
