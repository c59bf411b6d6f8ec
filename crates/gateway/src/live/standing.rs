//! Where an organisation stands: one look-out for all of its connections.

use super::shared::Task;
use crate::app::App;
use crate::problem::{Outcome, Problem};
use futures::StreamExt;
use salescope_domain::OrgId;
use salescope_engine_api::Position;
use std::sync::Arc;
use tokio::sync::watch;

/// What is known of the position: nothing yet, where it is, or why it cannot be told.
type Seen = Option<Outcome<Position>>;

/// The look-out for one organisation's position.
///
/// Invariant: a position is told only while it is looked out for: one that nobody watches any more is no position.
#[derive(Debug)]
pub(super) struct Standing {
    seen: watch::Receiver<Seen>,
    _task: Task,
}

impl Standing {
    pub(super) fn of(app: Arc<App>, org: OrgId) -> Self {
        let (told, seen) = watch::channel(None);
        let task = Task::spawn(async move {
            let mut positions = match app.engine.subscribe(&org).await {
                Ok(positions) => positions,
                Err(error) => return drop(told.send_replace(Some(Err(error.into())))),
            };
            while let Some(position) = positions.next().await {
                told.send_replace(Some(Ok(position)));
            }
        });
        Self { seen, _task: task }
    }

    /// The position, once it is known.
    pub(super) async fn now(&self) -> Outcome<Position> {
        let mut seen = self.seen.clone();
        let told = match seen.wait_for(Option::is_some).await {
            Ok(told) => told.clone().unwrap_or_else(|| Err(gone())),
            Err(_) => return Err(gone()),
        };
        // Why it cannot be told outlasts the task; where it was does not.
        if told.is_ok() && seen.has_changed().is_err() { Err(gone()) } else { told }
    }

    /// A look-out of one's own over the same.
    pub(super) fn follow(&self) -> watch::Receiver<Seen> {
        self.seen.clone()
    }
}

fn gone() -> Problem {
    Problem::new(crate::code::Code::Unavailable, "the organisation cannot be followed any more")
}
