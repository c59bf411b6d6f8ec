//! Live: watched questions, asked again whenever an organisation's state or the clock may have changed their answers.
//!
//! An organisation that somebody watches has a follower, a task of its own beside its actor. Equal questions are one: they share a
//! view of the engine (`salescope_kpi::View`), and each of their watchers gets the same answers.
//!
//! Invariants: an answer is that of the state at the position that stands beside it; the positions that a watcher sees never fall;
//! a watcher that is slow misses answers, never the newest one.

mod follower;
mod options;
mod watched;

use crate::questions::Questions;
use follower::{Follower, Wish};
use futures::stream::{self, StreamExt};
pub use options::LiveOptions;
use parking_lot::Mutex;
use salescope_actors::{Clock, Handle};
use salescope_domain::{LiveAnswer, LiveQuestion, OrgId};
use salescope_engine_api::{EngineError, EngineResult, LiveStream, Positioned};
use salescope_store::OrgKey;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;

/// What watchers are told; nothing until the question was asked for the first time.
type Told = Option<EngineResult<Positioned<LiveAnswer>>>;

/// What followers need of the node.
pub(crate) struct Means {
    pub(crate) actors: Handle,
    pub(crate) questions: Arc<Questions>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) options: LiveOptions,
}

/// The followers of all organisations that are watched.
pub(crate) struct Live {
    means: Arc<Means>,
    followers: Mutex<HashMap<OrgKey, mpsc::UnboundedSender<Wish>>>,
    /// Their tasks.
    tasks: Mutex<JoinSet<()>>,
    stopping: watch::Sender<bool>,
}

impl Live {
    pub(crate) fn new(means: Means) -> Arc<Self> {
        Arc::new(Self {
            means: Arc::new(means),
            followers: Mutex::default(),
            tasks: Mutex::default(),
            stopping: watch::channel(false).0,
        })
    }

    /// Watches a question; its first answer is there when this returns.
    pub(crate) async fn watch(
        self: &Arc<Self>,
        org: &OrgId,
        key: OrgKey,
        question: LiveQuestion,
    ) -> EngineResult<LiveStream> {
        let (reply, accepted) = oneshot::channel();
        self.wish(org, key, Wish { question, reply });
        let mut told = accepted.await.unwrap_or_else(|_| Err(gone()))?;
        let first = told.wait_for(Option::is_some).await.map_err(|_| gone())?.clone();
        if let Some(Err(error)) = first {
            return Err(error);
        }
        told.mark_changed();
        Ok(stream::unfold(Some(told), next).boxed())
    }

    /// Ends every follower, and waits until they are gone: then nothing here uses the actors any more.
    pub(crate) async fn stop(&self) {
        let mut tasks = {
            // Under the lock, so that no follower starts meanwhile.
            let _followers = self.followers.lock();
            self.stopping.send_replace(true);
            std::mem::take(&mut *self.tasks.lock())
        };
        // One that panicked is gone, too.
        while tasks.join_next().await.is_some() {}
    }

    fn wish(self: &Arc<Self>, org: &OrgId, key: OrgKey, wish: Wish) {
        let mut followers = self.followers.lock();
        if *self.stopping.borrow() {
            return drop(wish.reply.send(Err(stopping())));
        }
        let wish = match followers.get(&key) {
            Some(follower) => match follower.send(wish) {
                Ok(()) => return,
                // It is gone without having retired: it panicked.
                Err(mpsc::error::SendError(wish)) => wish,
            },
            None => wish,
        };
        let (sender, wishes) = mpsc::unbounded_channel();
        sender.send(wish).unwrap_or_else(|_| unreachable!("its receiver is at hand"));
        followers.insert(key, sender);
        let follower = Follower::new(Arc::clone(self), org.clone(), key, wishes);
        let mut tasks = self.tasks.lock();
        while tasks.try_join_next().is_some() {}
        tasks.spawn(follower.run());
    }

    /// Ends a follower that has nothing to do, unless somebody wishes for something at this moment.
    fn retire(&self, key: OrgKey, wishes: &mut mpsc::UnboundedReceiver<Wish>) -> Option<Wish> {
        let mut followers = self.followers.lock();
        match wishes.try_recv() {
            Ok(wish) => Some(wish),
            Err(_) => {
                followers.remove(&key);
                None
            }
        }
    }
}

/// The next answer that the watcher has not seen, and the rest; nothing after an error.
async fn next(
    told: Option<watch::Receiver<Told>>,
) -> Option<(EngineResult<Positioned<LiveAnswer>>, Option<watch::Receiver<Told>>)> {
    let mut told = told?;
    told.changed().await.ok()?;
    let answer = told.borrow_and_update().clone()?;
    let rest = answer.is_ok().then_some(told);
    Some((answer, rest))
}

fn stopping() -> EngineError {
    EngineError::Unavailable { reason: "the server is stopping".to_owned() }
}

fn gone() -> EngineError {
    EngineError::Unavailable { reason: "the organisation is no longer followed".to_owned() }
}
