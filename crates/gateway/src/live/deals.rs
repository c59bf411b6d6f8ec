//! The feed of deal changes: one reader of an organisation's journal, one serialised frame for all who follow.
//!
//! Invariant: frames follow one another without a gap in positions; what is left out is told by a gap of its own.

use super::protocol::{DealItem, Says, parts};
use super::shared::Task;
use super::standing::Standing;
use crate::app::App;
use crate::problem::Outcome;
use crate::rest::labels::Labels;
use axum::extract::ws::Utf8Bytes;
use salescope_domain::{DealEvent, Decimal, Entry, OrgId, Patch, Payload, PersonId};
use salescope_engine_api::Position;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{broadcast, watch};
use tokio::time::sleep;

/// Time between two frames.
const PAUSE: Duration = Duration::from_millis(50);

/// Entries that are read at a time, and that a feed may be behind before it lets the older ones go: nobody reads more of them live.
const ENTRIES_MAX: u64 = 1_000;

/// Frames that a slow reader may be behind.
const FRAMES_KEPT: usize = 64;

/// What goes to whoever follows.
#[derive(Debug)]
pub(super) struct Frame {
    /// The position before it.
    pub(super) after: u64,
    pub(super) position: Position,
    /// Nothing where no deal changed.
    pub(super) texts: Vec<Utf8Bytes>,
}

/// The feed of one organisation.
#[derive(Debug)]
pub(super) struct Feed {
    pub(super) name: String,
    /// Gone with the reader: then whoever follows is told so, instead of waiting for frames that never come.
    frames: broadcast::WeakSender<Arc<Frame>>,
    /// Up to where frames have been sent; nothing before the feed has begun.
    sent: watch::Receiver<Option<Position>>,
    _task: Task,
}

/// Frames from a position on.
pub(super) struct Following {
    pub(super) from: Position,
    pub(super) frames: broadcast::Receiver<Arc<Frame>>,
}

impl Feed {
    pub(super) fn new(app: Arc<App>, org: OrgId, standing: Arc<Standing>, name: String) -> Self {
        let (frames, _) = broadcast::channel(FRAMES_KEPT);
        let (sent_to, sent) = watch::channel(None);
        let reader = Reader { app, org, name: name.clone() };
        let weak = frames.downgrade();
        let task = Task::spawn(reader.run(standing, frames, sent_to));
        Self { name, frames: weak, sent, _task: task }
    }

    /// Follows from now on.
    pub(super) async fn follow(&self) -> Outcome<Following> {
        let mut sent = self.sent.clone();
        sent.wait_for(Option::is_some).await.map_err(|_| super::topic::over())?;
        let frames = self.frames.upgrade().ok_or_else(super::topic::over)?.subscribe();
        let from = (*self.sent.borrow()).ok_or_else(super::topic::over)?;
        Ok(Following { from, frames })
    }
}

/// Reads entries as items.
pub(super) struct Reader {
    pub(super) app: Arc<App>,
    pub(super) org: OrgId,
    pub(super) name: String,
}

impl Reader {
    async fn run(
        self,
        standing: Arc<Standing>,
        frames: broadcast::Sender<Arc<Frame>>,
        sent_to: watch::Sender<Option<Position>>,
    ) {
        let Ok(mut at) = standing.now().await else { return };
        sent_to.send_replace(Some(at));
        let mut positions = standing.follow();
        while positions.changed().await.is_ok() {
            let Some(Ok(to)) = positions.borrow_and_update().clone() else { return };
            if to.epoch == at.epoch && to.tenant_seq <= at.tenant_seq {
                continue;
            }
            let Ok(texts) = self.between(at, to, ENTRIES_MAX).await else { return };
            let after = at.tenant_seq;
            at = to;
            // The position first: whoever joins in between gets a frame that it skips, and misses none.
            sent_to.send_replace(Some(to));
            // Nobody may follow at this moment.
            frames.send(Arc::new(Frame { after, position: to, texts })).ok();
            sleep(PAUSE).await;
        }
    }

    /// The changes of deals after a position up to another, the newest `entries_max` entries of them, with a gap for the rest.
    pub(super) async fn between(
        &self,
        after: Position,
        to: Position,
        entries_max: u64,
    ) -> Outcome<Vec<Utf8Bytes>> {
        let (epoch, to_seq) = parts(to);
        let mut texts = Vec::new();
        let oldest = to_seq.saturating_sub(entries_max);
        // Owners change, the journal stays: a position of an owner before is one of today's. One of an owner to come is of other data.
        let mut from = if after.epoch <= epoch { after.tenant_seq } else { oldest };
        if from < oldest {
            texts.push(Says::Gap { topic: &self.name, epoch, from_seq: from, to_seq: oldest }.text());
            from = oldest;
        }
        let mut labels = self.app.live.names.of(&self.app, &self.org).await?;
        let mut items = Vec::new();
        while from < to_seq {
            let limit = usize::try_from(to_seq - from).unwrap_or(usize::MAX);
            let page = self.app.engine.entries(&self.org, from, limit).await?;
            let Some(last) = page.entries.last() else { break };
            from = last.tenant_seq;
            let mut new: Vec<DealItem> =
                page.entries.iter().filter_map(|entry| item(entry, &labels)).collect();
            if new.iter().any(|item| item.owner.is_some() && item.owner_name.is_none()) {
                // Somebody is new.
                labels = self.app.live.names.anew(&self.app, &self.org).await?;
                new = page.entries.iter().filter_map(|entry| item(entry, &labels)).collect();
            }
            items.append(&mut new);
        }
        if !items.is_empty() {
            texts.push(Says::Deals { topic: &self.name, epoch, tenant_seq: to_seq, items }.text());
        }
        Ok(texts)
    }
}

/// What an entry says of a deal, if it does.
fn item(entry: &Entry, labels: &Labels) -> Option<DealItem> {
    let Payload::Deal(event) = &entry.payload else { return None };
    let DealEvent { kind, source, deal, occurred_at, set, .. } = &**event;
    let owner: Option<&PersonId> = set.owner.value();
    let currency = set.currency.value().copied();
    let amount = set.amount_minor.value().zip(currency);
    let amount = amount.map(|(minor, currency)| Decimal::new(*minor, currency.decimals()).to_string());
    Some(DealItem {
        tenant_seq: entry.tenant_seq,
        occurred_at: occurred_at.to_string(),
        known_at: entry.known_at.to_string(),
        event: *kind,
        source: source.to_string(),
        deal_id: deal.to_string(),
        name: text(&set.name),
        owner: owner.map(ToString::to_string),
        owner_name: owner.and_then(|owner| labels.person(owner)),
        stage: text(&set.stage),
        status: set.status.value().copied(),
        amount,
        currency: currency.map(|currency| currency.to_string()),
        close_date: text(&set.close_date),
    })
}

fn text<T: ToString>(patch: &Patch<T>) -> Option<String> {
    patch.value().map(ToString::to_string)
}
