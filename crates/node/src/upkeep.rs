//! What goes on in the background: old blocks of the journal are cut into sealed history.

use salescope_store::{SealOptions, SqliteStore};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

/// The background work of a node.
pub(crate) struct Upkeep {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Upkeep {
    pub(crate) fn start(store: Arc<SqliteStore>, every: Duration, left: SealOptions) -> Self {
        let (stop, mut stopped) = watch::channel(false);
        let task = tokio::spawn(async move {
            let mut ticks = interval(every);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                tokio::select! {
                    _ = stopped.changed() => return,
                    _ = ticks.tick() => {}
                }
                // A sealing that is under way is finished: it is short, and half of one would be done again.
                if let Err(error) = store.seal(left).await {
                    tracing::warn!(%error, "sealing failed and will be tried again");
                }
            }
        });
        Self { stop, task }
    }

    pub(crate) async fn stop(self) {
        self.stop.send_replace(true);
        self.task.await.ok();
    }
}
