//! The task that asks an organisation's watched questions again.
//!
//! Invariant: a question is asked on the state that its position names, after that state was committed and applied.

use super::watched::{self, Lent, Watched};
use super::{Live, Told};
use salescope_actors::Reading;
use salescope_domain::{Instant, LiveAnswer, LiveQuestion, OrgId};
use salescope_engine_api::{EngineError, EngineResult, Position, Positioned};
use salescope_kpi::Engine as Kpis;
use salescope_store::OrgKey;
use std::collections::HashMap;
use std::future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant as Moment, sleep_until};

/// Somebody wants to watch.
pub(super) struct Wish {
    pub(super) question: LiveQuestion,
    pub(super) reply: oneshot::Sender<EngineResult<watch::Receiver<Told>>>,
}

/// Follows one organisation.
pub(super) struct Follower {
    live: Arc<Live>,
    org: OrgId,
    key: OrgKey,
    wishes: mpsc::UnboundedReceiver<Wish>,
    watched: HashMap<LiveQuestion, Watched>,
    /// Where the organisation stands; absent until it was read.
    positions: Option<watch::Receiver<Position>>,
    /// When time alone makes everything stale.
    tick: Moment,
}

/// One question's turn.
struct Turn {
    question: LiveQuestion,
    view: Lent,
}

/// What came of it.
struct Outcome {
    question: LiveQuestion,
    answer: EngineResult<LiveAnswer>,
    cost: Duration,
}

/// What woke the follower.
enum Woken {
    Wish(Option<Wish>),
    Moved,
    Time,
}

impl Follower {
    pub(super) fn new(
        live: Arc<Live>,
        org: OrgId,
        key: OrgKey,
        wishes: mpsc::UnboundedReceiver<Wish>,
    ) -> Self {
        let tick = Moment::now() + live.means.options.tick;
        Self { live, org, key, wishes, watched: HashMap::new(), positions: None, tick }
    }

    /// Follows until nobody watches any more, or the node stops.
    pub(super) async fn run(mut self) {
        let mut stopping = self.live.stopping.subscribe();
        let stopped = tokio::select! {
            () = self.follow() => false,
            _ = stopping.wait_for(|stopping| *stopping) => true,
        };
        if stopped {
            self.watched.drain().for_each(|(_, watched)| watched.end(super::stopping()));
        }
    }

    async fn follow(&mut self) {
        loop {
            match self.woken().await {
                Woken::Wish(Some(wish)) => self.take(wish),
                Woken::Wish(None) => return,
                Woken::Moved => self.all_stale(),
                Woken::Time if Moment::now() >= self.tick => {
                    self.tick = Moment::now() + self.live.means.options.tick;
                    self.all_stale();
                }
                Woken::Time => {}
            }
            self.watched.retain(|_, watched| watched.has_watchers());
            if self.watched.is_empty() {
                match self.live.retire(self.key, &mut self.wishes) {
                    Some(wish) => self.take(wish),
                    None => return self.let_go().await,
                }
            }
            let now = Moment::now();
            if self.watched.values().any(|watched| watched.stale && watched.due <= now) {
                self.round(now).await;
            }
        }
    }

    async fn woken(&mut self) -> Woken {
        let due = self.watched.values().filter(|watched| watched.stale).map(|watched| watched.due).min();
        let wake = due.map_or(self.tick, |due| due.min(self.tick));
        let positions = &mut self.positions;
        let moved = async {
            match positions.as_mut() {
                Some(positions) => positions.changed().await.is_ok(),
                None => future::pending().await,
            }
        };
        tokio::select! {
            wish = self.wishes.recv() => Woken::Wish(wish),
            is_there = moved => {
                if !is_there {
                    // The actors are gone, or the organisation is: asking tells which.
                    self.positions = None;
                }
                Woken::Moved
            }
            () = sleep_until(wake) => Woken::Time,
        }
    }

    fn all_stale(&mut self) {
        self.watched.values_mut().for_each(|watched| watched.stale = true);
    }

    fn take(&mut self, Wish { question, reply }: Wish) {
        let max = self.live.means.options.questions_per_org_max;
        let count = self.watched.len() + 1;
        let watcher = match self.watched.get(&question) {
            Some(watched) => Ok(watched.watcher()),
            None if count > max => {
                let (what, count, max) = ("watched questions".into(), count as u64, max as u64);
                Err(EngineError::TooMany { what, count, max })
            }
            None => {
                let watched = self.watched.entry(question).or_insert_with(|| Watched::new(Moment::now()));
                Ok(watched.watcher())
            }
        };
        // Whoever asked may be gone: then the question goes with the next round.
        reply.send(watcher).ok();
    }

    /// Asks what is stale and due.
    async fn round(&mut self, now: Moment) {
        let live = Arc::clone(&self.live);
        let reading = match live.means.actors.read(self.key).await {
            Ok(reading) => reading,
            Err(error) => return self.failed(&error, now),
        };
        let mut positions = reading.positions.clone();
        positions.mark_unchanged();
        self.positions = Some(positions);
        if self.start_following(&reading).await {
            self.watched.values_mut().for_each(|watched| watched.view = Lent::default());
        }
        let due = self.watched.iter().filter(|(_, watched)| watched.stale && watched.due <= now);
        let turns: Vec<Turn> = due
            .map(|(question, watched)| Turn { question: question.clone(), view: Arc::clone(&watched.view) })
            .collect();
        let at = live.means.clock.now();
        let answered = live.means.questions.ask(reading, move |kpis| answer_all(kpis, turns, at)).await;
        match answered {
            Ok(Positioned { position, answer: (outcomes, midnight) }) => {
                self.tick = self.tick.min(Moment::now() + midnight);
                for outcome in outcomes {
                    self.tell(position, outcome);
                }
            }
            Err(error) => self.failed(&error, now),
        }
    }

    fn tell(&mut self, position: Position, Outcome { question, answer, cost }: Outcome) {
        let options = &self.live.means.options;
        match answer {
            Ok(answer) => {
                if let Some(watched) = self.watched.get_mut(&question) {
                    watched.tell(Positioned { position, answer }, cost, options);
                }
            }
            Err(error) => {
                if let Some(watched) = self.watched.remove(&question) {
                    watched.end(error);
                }
            }
        }
    }

    /// Nothing could be asked. What lasts ends the watching; what passes is tried again.
    fn failed(&mut self, error: &EngineError, now: Moment) {
        if let EngineError::TooBusy { retry_after_ms, .. } | EngineError::Overloaded { retry_after_ms, .. } =
            error
        {
            let later = now + Duration::from_millis(*retry_after_ms);
            self.watched.values_mut().for_each(|watched| watched.due = watched.due.max(later));
            return;
        }
        tracing::warn!(org = %self.org, %error, "an organisation can no longer be watched");
        self.watched.drain().for_each(|(_, watched)| watched.end(error.clone()));
    }

    /// Has the state keep what slices change. Answers whether it did not: then it is not the state that views are of.
    async fn start_following(&self, reading: &Reading) -> bool {
        if reading.engine.read().await.as_ref().is_none_or(Kpis::is_followed) {
            return false;
        }
        if let Some(kpis) = reading.engine.write().await.as_mut() {
            kpis.be_followed(true);
        }
        true
    }

    /// Lets the state forget what slices changed.
    async fn let_go(&self) {
        // One that cannot be read has nothing to forget.
        if let Ok(reading) = self.live.means.actors.read(self.key).await
            && let Some(kpis) = reading.engine.write().await.as_mut()
        {
            kpis.be_followed(false);
        }
    }
}

/// Answers questions on one state; and how long it is to the organisation's midnight.
fn answer_all(kpis: &Kpis, turns: Vec<Turn>, now: Instant) -> (Vec<Outcome>, Duration) {
    let settings = kpis.settings();
    let outcomes = turns.into_iter().map(|Turn { question, view }| {
        let started = Moment::now();
        let answer = watched::answer(kpis, &settings, &question, &mut view.lock(), now);
        Outcome { question, answer, cost: started.elapsed() }
    });
    let outcomes = outcomes.collect();
    let zone = &settings.time_zone;
    let midnight = zone.start_of_day(zone.local_date(now).plus_days(1));
    let left = u64::try_from(midnight.ms() - now.ms()).unwrap_or(0);
    (outcomes, Duration::from_millis(left))
}
