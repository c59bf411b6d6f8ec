//! A connection's subscriptions, and what they bring.

use super::deals::{self, Feed};
use super::topic::{self, State, Topic};
use crate::code::Code;
use crate::problem::{Outcome, Problem};
use axum::extract::ws::Utf8Bytes;
use futures::stream::{self, BoxStream, SelectAll, StreamExt};
use salescope_engine_api::Position;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::{broadcast, oneshot, watch};

/// Longest id that a client may give a subscription, in bytes.
const ID_BYTES_MAX: usize = 64;

/// What a subscription brings.
#[derive(Debug, Clone)]
pub(super) enum Event {
    State(State),
    /// Nothing at the end.
    Deals(Option<Arc<deals::Frame>>),
}

impl Event {
    pub(super) fn of_states(states: watch::Receiver<State>) -> BoxStream<'static, Self> {
        let next = |states: Option<watch::Receiver<State>>| async move {
            let mut states = states?;
            if states.changed().await.is_err() {
                return Some((Self::State(State::Over(topic::over())), None));
            }
            let state = states.borrow_and_update().clone();
            let rest = (!matches!(state, State::Over(_))).then_some(states);
            Some((Self::State(state), rest))
        };
        stream::unfold(Some(states), next).boxed()
    }

    pub(super) fn of_frames(frames: broadcast::Receiver<Arc<deals::Frame>>) -> BoxStream<'static, Self> {
        let next = |frames: Option<broadcast::Receiver<Arc<deals::Frame>>>| async move {
            let mut frames = frames?;
            loop {
                match frames.recv().await {
                    Ok(frame) => return Some((Self::Deals(Some(frame)), Some(frames))),
                    // The next frame says where it begins: what is missing is read then.
                    Err(broadcast::error::RecvError::Lagged(_)) => {}
                    Err(broadcast::error::RecvError::Closed) => return Some((Self::Deals(None), None)),
                }
            }
        };
        stream::unfold(Some(frames), next).boxed()
    }
}

/// What is subscribed to.
pub(super) enum Subscription {
    /// `told`: the number of the last frame that was written.
    Kpi { topic: Arc<Topic>, told: u64 },
    /// `at`: up to where the client has been told.
    Deals { feed: Arc<Feed>, at: Position },
}

struct Entry {
    subscription: Subscription,
    /// Dropped, it ends the stream of events.
    _end: oneshot::Sender<()>,
}

/// All of one connection, by the client's ids.
#[derive(Default)]
pub(super) struct Subscriptions {
    entries: HashMap<String, Entry>,
    pub(super) events: SelectAll<BoxStream<'static, (String, Event)>>,
}

impl Subscriptions {
    /// Whether there is room for another one of this id.
    pub(super) fn check_room(&self, id: &str, max: usize) -> Outcome<()> {
        let wrong = |detail: String| Err(Problem::new(Code::InvalidSubscription, detail).at("/id"));
        if id.is_empty() || id.len() > ID_BYTES_MAX {
            return wrong(format!("an id has 1 to {ID_BYTES_MAX} bytes"));
        }
        if self.entries.contains_key(id) {
            return wrong(format!("there is a subscription {id:?} already"));
        }
        if self.entries.len() >= max {
            return Err(Problem::new(Code::TooMany, format!("a connection has at most {max} subscriptions")));
        }
        Ok(())
    }

    /// Adds a subscription that no other one of this connection has.
    pub(super) fn add(
        &mut self,
        id: &str,
        subscription: Subscription,
        events: BoxStream<'static, Event>,
    ) -> Outcome<()> {
        let name = subscription.name();
        if let Some((other, _)) = self.entries.iter().find(|(_, entry)| entry.subscription.name() == name) {
            let detail = format!("subscription {other:?} is to the same topic");
            return Err(Problem::new(Code::InvalidSubscription, detail).at("/topic"));
        }
        let (end, ended) = oneshot::channel::<()>();
        let of = id.to_owned();
        self.events.push(events.map(move |event| (of.clone(), event)).take_until(ended).boxed());
        self.entries.insert(id.to_owned(), Entry { subscription, _end: end });
        Ok(())
    }

    /// Whether there was one.
    pub(super) fn remove(&mut self, id: &str) -> bool {
        self.entries.remove(id).is_some()
    }

    /// What a client is to be told of a frame: what changed where it has the one before, else the whole.
    pub(super) fn frame(&mut self, id: &str, frame: &topic::Frame) -> Option<Utf8Bytes> {
        let Subscription::Kpi { told, .. } = &mut self.entries.get_mut(id)?.subscription else { return None };
        if frame.number <= *told {
            return None;
        }
        let text = match &frame.delta {
            Some(delta) if *told + 1 == frame.number && *told > 0 => delta,
            _ => &frame.value,
        };
        *told = frame.number;
        Some(text.clone())
    }

    /// Where a feed's client is, and the feed's name.
    pub(super) fn feed(&self, id: &str) -> Option<(Position, String)> {
        match &self.entries.get(id)?.subscription {
            Subscription::Deals { feed, at } => Some((*at, feed.name.clone())),
            Subscription::Kpi { .. } => None,
        }
    }

    pub(super) fn feed_is_at(&mut self, id: &str, position: Position) {
        if let Some(Entry { subscription: Subscription::Deals { at, .. }, .. }) = self.entries.get_mut(id) {
            *at = position;
        }
    }

    /// The position at which every KPI frame that was told still held; `Some(None)` where there are no KPIs, and nothing where a
    /// frame is yet to be told.
    pub(super) fn checked(&self) -> Option<Option<Position>> {
        let mut least = None;
        for entry in self.entries.values() {
            let Subscription::Kpi { topic, told } = &entry.subscription else { continue };
            let checked = topic.checked(*told)?;
            least = Some(least.map_or(checked, |least: Position| least.min(checked)));
        }
        Some(least)
    }

    /// Where the client of a feed is.
    pub(super) fn feed_at(&self) -> Option<Position> {
        self.entries.values().find_map(|entry| match &entry.subscription {
            Subscription::Deals { at, .. } => Some(*at),
            Subscription::Kpi { .. } => None,
        })
    }
}

impl Subscription {
    fn name(&self) -> &str {
        match self {
            Self::Kpi { topic, .. } => &topic.name,
            Self::Deals { feed, .. } => &feed.name,
        }
    }
}
