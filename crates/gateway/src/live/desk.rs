//! One client's subscriptions at work: what it asks, and the texts that it is to be told. Over which wire they go is not its concern.
//!
//! Invariant: what counts as told is in the outbox or was taken from it: a wait that is given up loses nothing.

use super::deals;
use super::protocol::{Asked, Resume, Says};
use super::standing::Standing;
use super::subscription::{Event, Subscription, Subscriptions};
use super::topic::State;
use crate::app::App;
use crate::auth::Authorised;
use crate::code::Code;
use crate::problem::Outcome;
use axum::extract::ws::Utf8Bytes;
use futures::{FutureExt, StreamExt};
use salescope_engine_api::Position;
use std::sync::Arc;

/// Texts that are given at once.
const TEXTS_AT_ONCE: usize = 64;

/// An authenticated client.
pub(super) struct Desk {
    pub(super) app: Arc<App>,
    pub(super) granted: Authorised,
    /// What the client came with, to be looked at again.
    pub(super) key: String,
    standing: Arc<Standing>,
    subscriptions: Subscriptions,
    /// What happened and is being turned into texts.
    at_hand: Option<(String, Event)>,
    /// Texts that are yet to be taken.
    outbox: Vec<Utf8Bytes>,
}

impl Desk {
    pub(super) fn new(app: Arc<App>, granted: Authorised, key: String) -> Self {
        let standing = app.live.standing(&app, granted.org());
        let (subscriptions, outbox) = (Subscriptions::default(), Vec::new());
        Self { app, granted, key, standing, subscriptions, at_hand: None, outbox }
    }

    /// Whether the client's key is still valid. That keys cannot be looked up right now revokes nothing.
    pub(super) async fn is_still_granted(&mut self) -> bool {
        match Authorised::by_key(&self.app, &self.key).await {
            Ok(_) => true,
            Err(problem) => problem.code != Code::Unauthenticated,
        }
    }

    /// Where the organisation stands.
    pub(super) async fn position(&mut self) -> Outcome<Position> {
        self.standing.now().await
    }

    /// Whether there was such a subscription.
    pub(super) fn unsubscribe(&mut self, id: &str) -> bool {
        self.subscriptions.remove(id)
    }

    /// Up to where a feed's client has been told, if there is a feed.
    pub(super) fn feed_at(&self) -> Option<Position> {
        self.subscriptions.feed_at()
    }

    /// A heartbeat, where what the client was told last still holds for everything it subscribed to.
    pub(super) async fn heartbeat(&mut self) -> Outcome<Option<Utf8Bytes>> {
        let Some(checked) = self.subscriptions.checked() else { return Ok(None) };
        let Position { epoch, tenant_seq } = match checked {
            Some(position) => position,
            None => self.position().await?,
        };
        Ok(Some(Says::Heartbeat { epoch, tenant_seq }.text()))
    }

    /// The texts of the next thing that happens, and of what has happened behind it. Nothing happens without subscriptions. Giving
    /// up to wait loses nothing.
    pub(super) async fn next(&mut self) -> Vec<Utf8Bytes> {
        self.take().await;
        while self.outbox.is_empty() {
            match self.subscriptions.events.next().await {
                Some(happened) => self.at_hand = Some(happened),
                None => std::future::pending().await,
            }
            self.take().await;
        }
        self.ready().await
    }

    /// The texts of what has happened already.
    pub(super) async fn ready(&mut self) -> Vec<Utf8Bytes> {
        self.take().await;
        while self.outbox.len() < TEXTS_AT_ONCE
            && let Some(Some(happened)) = self.subscriptions.events.next().now_or_never()
        {
            self.at_hand = Some(happened);
            self.take().await;
        }
        std::mem::take(&mut self.outbox)
    }

    /// Subscribes; the texts that say so, and what is replayed.
    pub(super) async fn subscribe(
        &mut self,
        id: &str,
        topic: Asked,
        resume: Option<Resume>,
    ) -> Outcome<Vec<Utf8Bytes>> {
        let max = self.app.options.limits.live.subscriptions_max;
        self.subscriptions.check_room(id, max)?;
        match topic {
            Asked::Deals {} => self.subscribe_deals(id, resume).await,
            topic => {
                let topic = self.app.live.topic(&self.app, self.granted.org(), topic).await?;
                let states = topic.follow().await?;
                let subscribed = Says::Subscribed { id, topic: &topic.name }.text();
                self.subscriptions.add(id, Subscription::Kpi { topic, told: 0 }, Event::of_states(states))?;
                Ok(vec![subscribed])
            }
        }
    }

    async fn subscribe_deals(&mut self, id: &str, resume: Option<Resume>) -> Outcome<Vec<Utf8Bytes>> {
        let feed = self.app.live.deals(&self.app, self.granted.org(), &self.standing);
        let deals::Following { from, frames } = feed.follow().await?;
        let mut texts = vec![Says::Subscribed { id, topic: &feed.name }.text()];
        if let Some(Resume { epoch, tenant_seq }) = resume {
            let reader = self.reader(&feed.name);
            let after = Position { epoch, tenant_seq };
            let max = self.app.options.limits.live.feed_replay_max;
            if after.epoch > from.epoch || after.tenant_seq < from.tenant_seq {
                texts.extend(reader.between(after, from, max).await?);
            }
        }
        self.subscriptions.add(id, Subscription::Deals { feed, at: from }, Event::of_frames(frames))?;
        Ok(texts)
    }

    fn reader(&self, name: &str) -> deals::Reader {
        deals::Reader { app: Arc::clone(&self.app), org: self.granted.org().clone(), name: name.to_owned() }
    }

    /// Puts the texts of what is at hand into the outbox. It stays at hand until all of them are there.
    async fn take(&mut self) {
        let Some((id, event)) = self.at_hand.clone() else { return };
        let told = match event {
            Event::State(State::Told { frame, .. }) => {
                self.outbox.extend(self.subscriptions.frame(&id, &frame));
                Ok(())
            }
            Event::State(State::Waiting) => Ok(()),
            Event::State(State::Over(problem)) => Err(problem),
            Event::Deals(Some(frame)) => self.take_deals(&id, &frame).await,
            Event::Deals(None) => Err(super::topic::over()),
        };
        if let Err(problem) = told {
            self.subscriptions.remove(&id);
            self.outbox.push(Says::refusal(Some(&id), &problem));
        }
        self.at_hand = None;
    }

    async fn take_deals(&mut self, id: &str, frame: &deals::Frame) -> Outcome<()> {
        let Some((at, name)) = self.subscriptions.feed(id) else { return Ok(()) };
        if frame.position <= at {
            return Ok(());
        }
        if frame.after > at.tenant_seq {
            // Frames were lost on the way: the reader was slow.
            let to = Position { tenant_seq: frame.after, ..frame.position };
            let max = self.app.options.limits.live.feed_replay_max;
            let missed = self.reader(&name).between(at, to, max).await?;
            self.outbox.extend(missed);
        }
        self.outbox.extend(frame.texts.iter().cloned());
        self.subscriptions.feed_is_at(id, frame.position);
        Ok(())
    }
}
