//! The same over server-sent events, for clients that cannot speak WebSocket: what is subscribed stands in the address.

use super::desk::Desk;
use super::places::Place;
use super::protocol::{Asked, Resume, Says, parts};
use crate::app::App;
use crate::auth::{Authorised, bearer};
use crate::code::Code;
use crate::problem::{Outcome, Problem};
use crate::rest::params::Params;
use axum::extract::ws::Utf8Bytes;
use axum::extract::{RawQuery, State};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures::{FutureExt, stream};
use http::{HeaderMap, HeaderName};
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior, interval};

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// One client's stream.
struct Telling {
    desk: Desk,
    /// What is to be told before anything else happens.
    texts: VecDeque<Utf8Bytes>,
    heartbeat: Interval,
    stopping: watch::Receiver<bool>,
    is_over: bool,
    _place: Place,
}

/// Tells changes as server-sent events: the frames of docs/live.md, for clients that cannot speak WebSocket.
///
/// Each `topic` is one as in a `subscribe` message. An event's `id` is a position; sent back as `Last-Event-ID`, it makes a feed go on where
/// it was.
#[utoipa::path(
    get,
    path = "/api/v1/live/events",
    tag = "live",
    params(
        ("topic" = Vec<String>, Query, description = "A topic as JSON, such as {\"kind\":\"kpi\",\"kpi\":\"bookings\"}; may come again"),
        ("last-event-id" = Option<String>, Header, description = "Where the client left off: EPOCH.TENANT_SEQ")
    ),
    responses(
        (status = 200, description = "Frames, one an event.", content_type = "text/event-stream", body = String),
        (status = 400, description = "A topic cannot be subscribed to."),
        (status = 401, description = "No valid key."),
        (status = 429, description = "There are as many live connections as there may be.")
    )
)]
pub(crate) async fn events(
    State(app): State<Arc<App>>,
    granted: Authorised,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Outcome<Response> {
    let mut params = Params::of(query.as_deref())?;
    let topics = params.all("topic");
    params.end()?;
    if topics.is_empty() {
        return Err(Problem::parameter("topic", "name at least one topic"));
    }
    let resume = headers.get(LAST_EVENT_ID).map(|id| resume(id.to_str().ok())).transpose()?;
    let limits = app.options.limits.live.clone();
    let mut place = app.live.places.take(&limits)?;
    place.give(&granted, &limits)?;
    let stopping = app.live.stopping.subscribe();
    let mut desk = Desk::new(app, granted, bearer(&headers).unwrap_or_default().to_owned());
    let mut texts = VecDeque::new();
    for (at, topic) in topics.iter().enumerate() {
        let wrong = |error| Problem::parameter("topic", format!("{topic} is no topic: {error}"));
        let asked: Asked = serde_json::from_str(topic).map_err(wrong)?;
        texts.extend(desk.subscribe(&at.to_string(), asked, resume).await?);
    }
    let mut heartbeat = interval(Duration::from_millis(limits.heartbeat_ms));
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    heartbeat.reset();
    let telling = Telling { desk, texts, heartbeat, stopping, is_over: false, _place: place };
    Ok(Sse::new(stream::unfold(telling, next)).into_response())
}

fn resume(id: Option<&str>) -> Outcome<Resume> {
    let numbers = id.and_then(|id| id.split_once('.'));
    let parsed =
        numbers.and_then(|(epoch, tenant_seq)| Some((epoch.parse().ok()?, tenant_seq.parse().ok()?)));
    let (epoch, tenant_seq) = parsed.ok_or_else(|| {
        Problem::new(Code::InvalidParameter, "Last-Event-ID is not of the form EPOCH.TENANT_SEQ")
            .because("last-event-id")
    })?;
    Ok(Resume { epoch, tenant_seq })
}

async fn next(mut telling: Telling) -> Option<(Result<Event, Infallible>, Telling)> {
    while telling.texts.is_empty() {
        if telling.is_over {
            return None;
        }
        telling.wait().await;
    }
    let text = telling.texts.pop_front()?;
    let mut event = Event::default().data(text.as_str());
    // Only what ends a batch: a client that comes back goes on behind it.
    if telling.texts.is_empty()
        && let Some(position) = telling.desk.feed_at()
    {
        let (epoch, tenant_seq) = parts(position);
        event = event.id(format!("{epoch}.{tenant_seq}"));
    }
    Some((Ok(event), telling))
}

impl Telling {
    /// Waits for something to tell.
    async fn wait(&mut self) {
        tokio::select! {
            texts = self.desk.next() => self.texts.extend(texts),
            _ = self.heartbeat.tick() => self.beat().await,
            () = self.stopping.wait_for(|stopping| *stopping).map(drop) => {
                self.close("restart", "the server stops; connect again after a random moment");
            }
        }
    }

    async fn beat(&mut self) {
        let texts = self.desk.ready().await;
        self.texts.extend(texts);
        match self.desk.heartbeat().await {
            Ok(heartbeat) => self.texts.extend(heartbeat),
            Err(problem) => return self.close(problem.code.name(), &problem.detail.clone()),
        }
        if !self.desk.is_still_granted().await {
            self.close(Code::Unauthenticated.name(), "the key is not valid any more");
        }
    }

    fn close(&mut self, code: &str, detail: &str) {
        self.texts.push_back(Says::Closing { code, detail }.text());
        self.is_over = true;
    }
}
