//! One connection: what its client says, and what it is told.
//!
//! Invariants: a frame is written after the one before it was taken by the client's side; while it is not, newer answers replace
//! older ones, so that a client who does not read costs one frame's memory and is let go after `write_ms_max`.

use super::deals;
use super::protocol::{Asked, Resume, Said, Says, VERSION, parts};
use super::standing::Standing;
use super::subscription::{Event, Subscription, Subscriptions};
use super::topic::State;
use super::{Hub, Leaving};
use crate::app::App;
use crate::auth::Authorised;
use crate::code::Code;
use crate::options::LiveLimits;
use crate::problem::{Outcome, Problem};
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use futures::{FutureExt, SinkExt, StreamExt};
use salescope_engine_api::Position;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

/// Frames that are written with one call.
const FRAMES_AT_ONCE: usize = 64;

/// How often a connection's key is looked at again: a revocation is felt within this and what keys are remembered for.
const CHECK_EVERY: Duration = Duration::from_secs(2);

/// The connection of an authenticated client.
pub(super) struct Connection {
    app: Arc<App>,
    socket: WebSocket,
    granted: Authorised,
    /// What it came with, to be looked at again.
    key: String,
    standing: Arc<Standing>,
    subscriptions: Subscriptions,
    allowance: Allowance,
}

/// Messages that a client may send: so many a second, and at once as many as it takes to come back with all subscriptions.
struct Allowance {
    left: f64,
    most: f64,
    per_s: f64,
    since: Instant,
}

impl Allowance {
    fn new(limits: &LiveLimits) -> Self {
        let per_s = f64::from(limits.messages_per_s_max);
        let most = per_s + f64::from(u32::try_from(limits.subscriptions_max).unwrap_or(u32::MAX));
        Self { left: most, most, per_s, since: Instant::now() }
    }

    fn take(&mut self) -> bool {
        let now = Instant::now();
        let more = now.duration_since(self.since).as_secs_f64() * self.per_s;
        self.left = (self.left + more).min(self.most);
        self.since = now;
        let is_allowed = self.left >= 1.0;
        if is_allowed {
            self.left -= 1.0;
        }
        is_allowed
    }
}

/// The end of a connection. Nothing is said where nobody listens any more.
type Ended = Option<Leaving>;

impl Connection {
    pub(super) fn new(hub: &Hub, app: Arc<App>, socket: WebSocket, granted: Authorised, key: String) -> Self {
        let standing = hub.standing(&app, granted.org());
        let allowance = Allowance::new(&app.options.limits.live);
        Self { app, socket, granted, key, standing, subscriptions: Subscriptions::default(), allowance }
    }

    /// Talks until one of both ends it.
    pub(super) async fn run(mut self, mut stopping: watch::Receiver<bool>) {
        let ended = tokio::select! {
            ended = self.talk() => ended,
            _ = stopping.wait_for(|stopping| *stopping) => Some(Leaving::restart()),
        };
        if let Some(leaving) = ended {
            leave(&mut self.socket, leaving).await;
        }
    }

    async fn talk(&mut self) -> Ended {
        if let Err(ended) = self.greet().await {
            return ended;
        }
        let limits = self.app.options.limits.live.clone();
        let mut heartbeat = interval(Duration::from_millis(limits.heartbeat_ms));
        let mut check = interval(CHECK_EVERY);
        for timer in [&mut heartbeat, &mut check] {
            timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
            timer.reset();
        }
        loop {
            let done = tokio::select! {
                said = self.socket.recv() => self.hear(said).await,
                Some(event) = self.subscriptions.events.next() => self.tell(event).await,
                _ = heartbeat.tick() => self.beat().await,
                _ = check.tick() => self.check().await,
            };
            if let Err(ended) = done {
                return ended;
            }
        }
    }

    async fn greet(&mut self) -> Result<(), Ended> {
        let position = self.position().await?;
        let (epoch, tenant_seq) = parts(position);
        let limits = &self.app.options.limits.live;
        let hello = Says::Hello {
            protocol: VERSION,
            org: self.granted.org().as_str(),
            epoch,
            tenant_seq,
            heartbeat_ms: limits.heartbeat_ms,
            limits: limits.told(),
        };
        let hello = hello.text();
        self.write([hello]).await
    }

    async fn position(&mut self) -> Result<Position, Ended> {
        self.standing.now().await.map_err(|problem| Some(Leaving::because(&problem)))
    }

    async fn hear(&mut self, said: Option<Result<Message, axum::Error>>) -> Result<(), Ended> {
        let message = match said {
            None => return Err(None),
            Some(Err(error)) => return Err(Leaving::of_error(&error)),
            Some(Ok(message)) => message,
        };
        if !self.allowance.take() {
            return Err(Some(Leaving::policy(
                "too_many_messages",
                "more messages came than a connection may send",
            )));
        }
        match message {
            Message::Text(text) => match serde_json::from_str(&text) {
                Ok(said) => self.answer(said).await,
                Err(error) => Err(Some(Leaving::malformed(&error))),
            },
            Message::Binary(_) => Err(Some(Leaving::binary())),
            // Pings are answered below, and a close ends the stream.
            Message::Ping(_) | Message::Pong(_) => Ok(()),
            Message::Close(_) => Err(None),
        }
    }

    async fn answer(&mut self, said: Said) -> Result<(), Ended> {
        match said {
            Said::Auth { token } => self.renew(token).await,
            Said::Ping { nonce } => {
                let (epoch, tenant_seq) = parts(self.position().await?);
                let pong = Says::Pong { nonce: nonce.as_deref(), epoch, tenant_seq }.text();
                self.write([pong]).await
            }
            Said::Unsubscribe { id } => {
                let text = match self.subscriptions.remove(&id) {
                    true => Says::Unsubscribed { id: &id }.text(),
                    false => {
                        let detail = "there is no subscription of this id";
                        let problem = Problem::new(Code::InvalidSubscription, detail).at("/id");
                        Says::refusal(Some(&id), &problem)
                    }
                };
                self.write([text]).await
            }
            Said::Subscribe { id, topic, resume } => {
                let texts = match self.subscribe(&id, topic, resume).await {
                    Ok(texts) => texts,
                    Err(problem) => vec![Says::refusal(Some(&id), &problem)],
                };
                self.write(texts).await
            }
        }
    }

    /// Goes on with another key of the same organisation.
    async fn renew(&mut self, token: String) -> Result<(), Ended> {
        match Authorised::by_key(&self.app, &token).await {
            Ok(granted) if granted.org() == self.granted.org() => {
                (self.granted, self.key) = (granted, token);
                self.write([Says::Authenticated.text()]).await
            }
            Ok(_) => Err(Some(Leaving::policy("other_organisation", "the token is of another organisation"))),
            Err(problem) => Err(Some(Leaving::because(&problem))),
        }
    }

    async fn subscribe(&mut self, id: &str, topic: Asked, resume: Option<Resume>) -> Outcome<Vec<Utf8Bytes>> {
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

    /// Writes what an event and those behind it come to.
    async fn tell(&mut self, first: (String, Event)) -> Result<(), Ended> {
        let mut texts = Vec::new();
        let mut next = Some(first);
        while let Some((id, event)) = next {
            self.texts_of(&id, event, &mut texts).await;
            next = match texts.len() < FRAMES_AT_ONCE {
                true => self.subscriptions.events.next().now_or_never().flatten(),
                false => None,
            };
        }
        self.write(texts).await
    }

    async fn texts_of(&mut self, id: &str, event: Event, texts: &mut Vec<Utf8Bytes>) {
        let told = match event {
            Event::State(State::Told { frame, .. }) => {
                texts.extend(self.subscriptions.frame(id, &frame));
                Ok(())
            }
            Event::State(State::Waiting) => Ok(()),
            Event::State(State::Over(problem)) => Err(problem),
            Event::Deals(Some(frame)) => self.deals_of(id, &frame, texts).await,
            Event::Deals(None) => Err(super::topic::over()),
        };
        if let Err(problem) = told {
            self.subscriptions.remove(id);
            texts.push(Says::refusal(Some(id), &problem));
        }
    }

    async fn deals_of(&mut self, id: &str, frame: &deals::Frame, texts: &mut Vec<Utf8Bytes>) -> Outcome<()> {
        let Some((at, name)) = self.subscriptions.feed(id) else { return Ok(()) };
        if frame.position <= at {
            return Ok(());
        }
        if frame.after > at.tenant_seq {
            // Frames were lost on the way: the reader was slow.
            let to = Position { tenant_seq: frame.after, ..frame.position };
            let max = self.app.options.limits.live.feed_replay_max;
            texts.extend(self.reader(&name).between(at, to, max).await?);
        }
        texts.extend(frame.texts.iter().cloned());
        self.subscriptions.feed_is_at(id, frame.position);
        Ok(())
    }

    async fn beat(&mut self) -> Result<(), Ended> {
        let position = match self.subscriptions.checked() {
            Some(position) => position,
            None => self.position().await?,
        };
        let (epoch, tenant_seq) = parts(position);
        self.write([Says::Heartbeat { epoch, tenant_seq }.text()]).await
    }

    async fn check(&mut self) -> Result<(), Ended> {
        match Authorised::by_key(&self.app, &self.key).await {
            Ok(_) => Ok(()),
            Err(problem) if problem.code == Code::Unauthenticated => Err(Some(Leaving::because(&problem))),
            // Keys cannot be looked up right now: that revokes nothing.
            Err(_) => Ok(()),
        }
    }

    /// Writes texts together. A client that does not take them in time is let go.
    async fn write(&mut self, texts: impl IntoIterator<Item = Utf8Bytes>) -> Result<(), Ended> {
        let max = Duration::from_millis(self.app.options.limits.live.write_ms_max);
        let socket = &mut self.socket;
        let writing = async {
            for text in texts {
                socket.feed(Message::Text(text)).await?;
            }
            socket.flush().await
        };
        match timeout(max, writing).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(None),
            Err(_) => Err(Some(Leaving::slow())),
        }
    }
}

/// Time to say why a connection ends.
const LEAVE: Duration = Duration::from_millis(500);

/// Says why a connection ends, as far as the client listens, and closes it.
pub(super) async fn leave(socket: &mut WebSocket, Leaving { close, code, detail }: Leaving) {
    let said = Says::Closing { code: &code, detail: &detail }.text();
    let frame = CloseFrame { code: close, reason: Utf8Bytes::from(code.as_ref()) };
    let saying = async {
        socket.feed(Message::Text(said)).await.ok();
        socket.send(Message::Close(Some(frame))).await.ok();
        // The client's own close comes back, unless it is gone.
        while let Some(Ok(_)) = socket.recv().await {}
    };
    // Nobody waits for a client who does not listen.
    timeout(LEAVE, saying).await.ok();
}
