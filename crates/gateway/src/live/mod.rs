//! `/api/v1/live`: every change to whoever watches, over a WebSocket. `docs/live.md` is the protocol.
//!
//! One question to the engine, one serialised frame for all connections that watch the same (`topic`); a client who is slow gets the
//! newest state and never a backlog (`connection`).
//!
//! Invariants: a topic belongs to one organisation, by its key; nobody gets a frame before a valid key was checked.

mod connection;
mod deals;
mod desk;
mod events;
mod leaving;
mod names;
mod places;
mod protocol;
mod shared;
mod standing;
mod subscription;
mod topic;

use crate::app::App;
use crate::auth::{Asker, Authorised, bearer, refused};
use crate::code::Code;
use crate::options::LiveLimits;
use crate::problem::{Outcome, Problem};
use crate::rest::labels::Labels;
use crate::rest::{dimension, pick};
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Extension, State};
use axum::response::{IntoResponse, Response};
use connection::{Connection, leave};
use deals::Feed;
pub(crate) use events::{__path_events, events};
use futures::SinkExt;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use leaving::Leaving;
use metrics::Gauge;
use places::{Place, Places};
use protocol::{Asked, Limits, SUBPROTOCOL, Said};
use salescope_domain::{Filters, KpiId, LiveQuestion, OrgId};
use shared::Shared;
use standing::Standing;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};
use topic::Topic;

/// What all live connections share.
pub(crate) struct Hub {
    standings: Shared<OrgId, Standing>,
    topics: Shared<(OrgId, LiveQuestion), Topic>,
    feeds: Shared<OrgId, Feed>,
    names: names::Recent,
    places: Arc<Places>,
    /// Counts the names of topics.
    named: AtomicU64,
    stopping: watch::Sender<bool>,
}

impl Hub {
    /// Without connections; `connections` counts them.
    pub(crate) fn new(connections: Gauge) -> Self {
        Self {
            standings: Shared::default(),
            topics: Shared::default(),
            feeds: Shared::default(),
            names: names::Recent::default(),
            places: Places::new(connections),
            named: AtomicU64::new(1),
            stopping: watch::channel(false).0,
        }
    }

    fn name(&self) -> String {
        format!("t{}", self.named.fetch_add(1, Ordering::Relaxed))
    }

    fn standing(&self, app: &Arc<App>, org: &OrgId) -> Arc<Standing> {
        self.standings.get(org.clone(), || Standing::of(Arc::clone(app), org.clone()))
    }

    fn deals(&self, app: &Arc<App>, org: &OrgId, standing: &Arc<Standing>) -> Arc<Feed> {
        let make = || Feed::new(Arc::clone(app), org.clone(), Arc::clone(standing), self.name());
        self.feeds.get(org.clone(), make)
    }

    async fn topic(&self, app: &Arc<App>, org: &OrgId, asked: Asked) -> Outcome<Arc<Topic>> {
        let question = question(app, org, asked).await?;
        let make = || Topic::new(Arc::clone(app), org.clone(), question.clone(), self.name());
        Ok(self.topics.get((org.clone(), question.clone()), make))
    }

    /// Has every connection end, and waits until all have.
    pub(crate) async fn stop(&self) {
        self.stopping.send_replace(true);
        self.places.empty().await;
    }
}

/// Reads what a topic asks.
async fn question(app: &App, org: &OrgId, asked: Asked) -> Outcome<LiveQuestion> {
    let Asked::Kpi { kpi, window, group_by, filter, params } = asked else {
        return Err(Problem::internal("a feed is no question"));
    };
    let at = |pointer: &'static str| move |problem: Problem| problem.at(pointer);
    let wrong = |error| Problem::new(Code::UnknownKpi, format!("the KPI's id {error}")).at("/topic/kpi");
    let kpi = KpiId::new(&kpi).map_err(wrong)?;
    let group_by = group_by.iter().map(|name| dimension(name));
    let group_by = group_by.collect::<Outcome<_>>().map_err(at("/topic/group_by"))?;
    let mut filters = Filters::new();
    if !filter.is_empty() {
        let labels = Labels::of(app, org).await?;
        for (name, values) in &filter {
            for value in values {
                pick(&mut filters, name, value, &labels).map_err(at("/topic/filter"))?;
            }
        }
    }
    Ok(LiveQuestion { kpi, window, group_by, filters, params })
}

/// Opens a live connection: a WebSocket whose protocol is described in docs/live.md.
///
/// Who asks is told by the key in the header or, where a browser cannot send one, in the first message.
#[utoipa::path(
    get,
    path = "/api/v1/live",
    tag = "live",
    responses(
        (status = 101, description = "The connection is a WebSocket now."),
        (status = 400, description = "The request is no WebSocket handshake."),
        (status = 401, description = "The key is not valid."),
        (status = 429, description = "There are as many live connections as there may be.")
    )
)]
pub(crate) async fn open(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Response {
    let limits = app.options.limits.live.clone();
    let admitted = admit(&app, &asker, &headers).await;
    let placed = admitted.and_then(|known| {
        let mut place = app.live.places.take(&limits)?;
        if let Some((granted, _)) = &known {
            place.give(granted, &limits)?;
        }
        Ok((known, place))
    });
    match (placed, upgrade) {
        (Ok((known, place)), Ok(upgrade)) => upgrade
            .protocols([SUBPROTOCOL])
            .max_message_size(limits.message_bytes_max)
            .max_frame_size(limits.message_bytes_max)
            .on_upgrade(move |socket| serve(app, socket, known, place)),
        // A plain request of nobody is told to say who asks, as everywhere.
        (Ok((None, _)), Err(_)) => refused(&app).into_response(),
        (Ok(_), Err(rejection)) => {
            let detail = format!("open it as a WebSocket: {rejection}");
            Problem::new(Code::NotAWebSocket, detail).into_response()
        }
        (Err(problem), _) => problem.into_response(),
    }
}

/// Whoever is known before the first message, with the key.
type Known = Option<(Authorised, String)>;

async fn admit(app: &App, asker: &Asker, headers: &HeaderMap) -> Outcome<Known> {
    if !headers.contains_key(AUTHORIZATION) {
        return Ok(None);
    }
    let granted = Authorised::of(app, headers).await?;
    asker.tell(&granted);
    let key = bearer(headers).unwrap_or_default().to_owned();
    Ok(Some((granted, key)))
}

async fn serve(app: Arc<App>, mut socket: WebSocket, known: Known, mut place: Place) {
    let mut stopping = app.live.stopping.subscribe();
    let known = match known {
        Some(known) => Ok(known),
        None => tokio::select! {
            known = introduced(&app, &mut socket, &mut place) => known,
            _ = stopping.wait_for(|stopping| *stopping) => Err(Some(Leaving::restart())),
        },
    };
    let (granted, key) = match known {
        Ok(known) => known,
        Err(Some(leaving)) => return leave(&mut socket, leaving).await,
        Err(None) => return,
    };
    Connection::new(app, socket, granted, key).run(stopping).await;
    drop(place);
}

/// Waits for the message that says who asks.
async fn introduced(
    app: &App,
    socket: &mut WebSocket,
    place: &mut Place,
) -> Result<(Authorised, String), Option<Leaving>> {
    let limits = &app.options.limits.live;
    // For all that is said until then: a ping is no introduction.
    let until = Instant::now() + Duration::from_millis(limits.auth_ms_max);
    let nobody =
        || Some(Leaving::policy("unauthenticated", "say who asks: {\"type\":\"auth\",\"token\":KEY}"));
    loop {
        let said = timeout_at(until, socket.recv()).await.map_err(|_| nobody())?;
        let text = match said {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
            Some(Ok(Message::Binary(_))) => return Err(Some(Leaving::binary())),
            Some(Err(error)) => return Err(Leaving::of_error(&error)),
            Some(Ok(Message::Close(_))) => {
                socket.flush().await.ok();
                return Err(None);
            }
            None => return Err(None),
        };
        let Ok(Said::Auth { token }) = serde_json::from_str(&text) else { return Err(nobody()) };
        let granted = Authorised::by_key(app, &token).await;
        let placed = granted.and_then(|granted| place.give(&granted, limits).map(|()| granted));
        return placed.map(|granted| (granted, token)).map_err(|problem| Some(Leaving::because(&problem)));
    }
}

impl LiveLimits {
    /// What clients are told of them.
    fn told(&self) -> Limits {
        Limits {
            subscriptions_max: self.subscriptions_max,
            message_bytes_max: self.message_bytes_max,
            messages_per_s_max: self.messages_per_s_max,
            frames_per_s_max: FRAMES_PER_S,
            feed_replay_max: self.feed_replay_max,
        }
    }
}

/// Frames of one subscription in a second: the engine's pace.
const FRAMES_PER_S: u32 = 20;
