//! One watched question: its view, its pace, and whom it is told to.

use super::{LiveOptions, Told};
use crate::error::question_error;
use parking_lot::Mutex;
use salescope_domain::{Answer, DateRange, Instant, LiveAnswer, LiveQuestion, OrgSettings};
use salescope_engine_api::{EngineError, EngineResult, Positioned};
use salescope_kpi::{Engine as Kpis, QueryError, View, Watch};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant as Moment;

/// A view that is lent to the thread that answers. Empty until it is built.
pub(super) type Lent = Arc<Mutex<Option<View>>>;

/// A watched question.
pub(super) struct Watched {
    pub(super) view: Lent,
    told: watch::Sender<Told>,
    /// Whether its answer may have changed.
    pub(super) stale: bool,
    /// Not to be asked before.
    pub(super) due: Moment,
}

impl Watched {
    pub(super) fn new(now: Moment) -> Self {
        let (told, _) = watch::channel(None);
        Self { view: Lent::default(), told, stale: true, due: now }
    }

    pub(super) fn watcher(&self) -> watch::Receiver<Told> {
        self.told.subscribe()
    }

    pub(super) fn has_watchers(&self) -> bool {
        self.told.receiver_count() > 0
    }

    /// Tells the answer, and sets when the next one is due.
    pub(super) fn tell(&mut self, answer: Positioned<LiveAnswer>, cost: Duration, options: &LiveOptions) {
        self.stale = false;
        self.due = Moment::now() + options.pause_min.max(cost * options.pause_per_cost);
        self.told.send_replace(Some(Ok(answer)));
    }

    /// Tells the last thing that watchers hear.
    pub(super) fn end(&self, error: EngineError) {
        self.told.send_replace(Some(Err(error)));
    }
}

/// Answers a question from its view, which is built where there is none and else catches up.
pub(super) fn answer(
    kpis: &Kpis,
    settings: &OrgSettings,
    question: &LiveQuestion,
    view: &mut Option<View>,
    now: Instant,
) -> EngineResult<LiveAnswer> {
    let range = question.window.range(settings, now);
    let answer = ask(kpis, question, view, range, now).map_err(|error| question_error(&error))?;
    Ok(LiveAnswer { range, now, answer })
}

fn ask(
    kpis: &Kpis,
    question: &LiveQuestion,
    view: &mut Option<View>,
    range: DateRange,
    now: Instant,
) -> Result<Answer, QueryError> {
    let view = match view {
        Some(view) => {
            view.follow(kpis);
            view
        }
        None => view.insert(kpis.watch(&watch_of(question), now)?),
    };
    view.answer(kpis, range, now)
}

fn watch_of(question: &LiveQuestion) -> Watch {
    let LiveQuestion { kpi, group_by, filters, params, window: _ } = question.clone();
    Watch { kpi, group_by, filters, params }
}
