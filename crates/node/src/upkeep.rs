//! What goes on in the background: old blocks of the journal are cut into sealed history, and of that what is too old goes.

use crate::options::UpkeepOptions;
use crate::retention::Retention;
use salescope_store::SqliteStore;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, interval_at};

/// The background work of a node.
pub(crate) struct Upkeep {
    stop: watch::Sender<bool>,
    sealing: JoinHandle<()>,
    retention: JoinHandle<()>,
}

impl Upkeep {
    pub(crate) fn start(store: Arc<SqliteStore>, options: &UpkeepOptions, retention: Arc<Retention>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let sealing = tokio::spawn(seal(store, options.clone(), stopped.clone()));
        let retention = tokio::spawn(cut_off(retention, options.retention.every, stopped));
        Self { stop, sealing, retention }
    }

    pub(crate) async fn stop(self) {
        self.stop.send_replace(true);
        self.sealing.await.ok();
        self.retention.await.ok();
    }
}

fn unhurried(mut ticks: Interval) -> Interval {
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

async fn seal(store: Arc<SqliteStore>, options: UpkeepOptions, mut stopped: watch::Receiver<bool>) {
    let mut ticks = unhurried(interval(options.seal_every));
    loop {
        tokio::select! {
            _ = stopped.changed() => return,
            _ = ticks.tick() => {}
        }
        // A sealing that is under way is finished: it is short, and half of one would be done again.
        if let Err(error) = store.seal(options.seal).await {
            tracing::warn!(%error, "sealing failed and will be tried again");
        }
    }
}

async fn cut_off(retention: Arc<Retention>, every: Duration, mut stopped: watch::Receiver<bool>) {
    // Not at once: a start has enough to do.
    let mut ticks = unhurried(interval_at(Instant::now() + every, every));
    loop {
        tokio::select! {
            _ = stopped.changed() => return,
            _ = ticks.tick() => {}
        }
        // One that is under way is given up: whatever it has come to, the next one goes on from there.
        tokio::select! {
            _ = stopped.changed() => return,
            () = retention.pass() => {}
        }
    }
}
