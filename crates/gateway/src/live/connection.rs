//! One connection: what its client says, and what it is told.
//!
//! Invariants: a frame is written after the one before it was taken by the client's side; while it is not, newer answers replace
//! older ones, so that a client who does not read costs one frame's memory and is let go after `write_ms_max`.

use super::Leaving;
use super::desk::Desk;
use super::protocol::{Said, Says, VERSION, parts};
use crate::app::App;
use crate::auth::Authorised;
use crate::code::Code;
use crate::options::LiveLimits;
use crate::problem::Problem;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use futures::SinkExt;
use salescope_engine_api::Position;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

/// How often a connection's key is looked at again: a revocation is felt within this and what keys are remembered for.
const CHECK_EVERY: Duration = Duration::from_secs(2);

/// The connection of an authenticated client.
pub(super) struct Connection {
    desk: Desk,
    socket: WebSocket,
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
    pub(super) fn new(app: Arc<App>, socket: WebSocket, granted: Authorised, key: String) -> Self {
        let allowance = Allowance::new(&app.options.limits.live);
        Self { desk: Desk::new(app, granted, key), socket, allowance }
    }

    fn limits(&self) -> &LiveLimits {
        &self.desk.app.options.limits.live
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
        let mut heartbeat = interval(Duration::from_millis(self.limits().heartbeat_ms));
        let mut check = interval(CHECK_EVERY);
        for timer in [&mut heartbeat, &mut check] {
            timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
            timer.reset();
        }
        loop {
            let done = tokio::select! {
                said = self.socket.recv() => self.hear(said).await,
                texts = self.desk.next() => self.write(texts).await,
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
        let limits = self.limits();
        let hello = Says::Hello {
            protocol: VERSION,
            org: self.desk.granted.org().as_str(),
            epoch,
            tenant_seq,
            heartbeat_ms: limits.heartbeat_ms,
            limits: limits.told(),
        };
        let hello = hello.text();
        self.write([hello]).await
    }

    async fn position(&mut self) -> Result<Position, Ended> {
        self.desk.position().await.map_err(|problem| Some(Leaving::because(&problem)))
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
            // Pings are answered below.
            Message::Ping(_) | Message::Pong(_) => Ok(()),
            Message::Close(_) => {
                // So is a close, whose answer has to go out yet.
                self.socket.flush().await.ok();
                Err(None)
            }
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
                let text = match self.desk.unsubscribe(&id) {
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
                let texts = match self.desk.subscribe(&id, topic, resume).await {
                    Ok(texts) => texts,
                    Err(problem) => vec![Says::refusal(Some(&id), &problem)],
                };
                self.write(texts).await
            }
        }
    }

    /// Goes on with another key of the same organisation.
    async fn renew(&mut self, token: String) -> Result<(), Ended> {
        match Authorised::by_key(&self.desk.app, &token).await {
            Ok(granted) if granted.org() == self.desk.granted.org() => {
                (self.desk.granted, self.desk.key) = (granted, token);
                self.write([Says::Authenticated.text()]).await
            }
            Ok(_) => Err(Some(Leaving::policy("other_organisation", "the token is of another organisation"))),
            Err(problem) => Err(Some(Leaving::because(&problem))),
        }
    }

    /// Tells what is to be told first: a heartbeat speaks of what the client holds.
    async fn beat(&mut self) -> Result<(), Ended> {
        let mut texts = self.desk.ready().await;
        let heartbeat = self.desk.heartbeat().await.map_err(|problem| Some(Leaving::because(&problem)))?;
        texts.extend(heartbeat);
        self.write(texts).await
    }

    async fn check(&mut self) -> Result<(), Ended> {
        if self.desk.is_still_granted().await {
            return Ok(());
        }
        Err(Some(Leaving::policy("unauthenticated", "the key is not valid any more")))
    }

    /// Writes texts together. A client that does not take them in time is let go.
    async fn write(&mut self, texts: impl IntoIterator<Item = Utf8Bytes>) -> Result<(), Ended> {
        let max = Duration::from_millis(self.limits().write_ms_max);
        let socket = &mut self.socket;
        let writing = async {
            let mut count = 0;
            for text in texts {
                socket.feed(Message::Text(text)).await?;
                count += 1;
            }
            socket.flush().await.map(|()| count)
        };
        match timeout(max, writing).await {
            Ok(Ok(count)) => {
                self.desk.app.metrics.live_frames(count);
                Ok(())
            }
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
