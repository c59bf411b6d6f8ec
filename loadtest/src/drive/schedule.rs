//! When requests are due. Closed loop: whenever a connection is free. Open loop: at fixed times that no answer delays, so
//! that a stalled server shows in the latencies of all that should have been sent meanwhile.

use super::timer::Timer;
use anyhow::Result;
use std::cell::Cell;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

/// Requests that fall due closer together than this are let go together: each wake costs the client CPU time.
const RELEASE_INTERVAL_MIN: Duration = Duration::from_micros(100);

/// After the last request was due, so long may the backlog take; what is not sent by then is given up and counted.
pub(crate) const DRAIN_MAX: Duration = Duration::from_secs(10);

/// When to send.
#[derive(Debug)]
pub(super) enum Schedule {
    /// Whenever a connection is free, until a time or until so many more were sent.
    Closed(Instant, Cell<u64>),
    /// At a rate.
    Open(Pacer),
}

impl Schedule {
    /// The time at which the caller's next request is due, once it is; `None` when there is nothing more to send.
    pub(super) async fn next(&self) -> Option<Instant> {
        match self {
            Self::Closed(until, left) => {
                left.set(left.get().checked_sub(1)?);
                Some(Instant::now()).filter(|now| now < until)
            }
            Self::Open(pacer) => pacer.next().await,
        }
    }
}

/// Lets requests go at a fixed rate.
#[derive(Debug)]
pub(super) struct Pacer {
    start: Instant,
    interval_s: f64,
    total: u64,
    released: Cell<u64>,
    taken: Cell<u64>,
    changed: Notify,
}

impl Pacer {
    /// `rate` requests a second for `length`.
    pub(super) fn new(start: Instant, rate: f64, length: Duration) -> Self {
        Self {
            start,
            interval_s: 1.0 / rate,
            total: (rate * length.as_secs_f64()) as u64,
            released: Cell::new(0),
            taken: Cell::new(0),
            changed: Notify::new(),
        }
    }

    /// When the request of this number is due.
    fn due(&self, number: u64) -> Instant {
        self.start + Duration::from_secs_f64(number as f64 * self.interval_s)
    }

    /// How many requests are due by then.
    fn due_by(&self, now: Instant) -> u64 {
        let passed = now.saturating_duration_since(self.start).as_secs_f64();
        ((passed / self.interval_s) as u64 + 1).min(self.total)
    }

    async fn next(&self) -> Option<Instant> {
        loop {
            let taken = self.taken.get();
            if taken >= self.total || Instant::now() > self.due(self.total) + DRAIN_MAX {
                return None;
            }
            if taken < self.released.get() {
                self.taken.set(taken + 1);
                return Some(self.due(taken));
            }
            self.changed.notified().await;
        }
    }

    /// Lets requests go until all are due.
    pub(super) async fn run(&self) -> Result<()> {
        let mut timer = Timer::new()?;
        while self.released.get() < self.total {
            let now = Instant::now();
            let released = self.released.replace(self.due_by(now).max(self.released.get()));
            for _ in released..self.released.get() {
                self.changed.notify_one();
            }
            let next = self.due(self.released.get()).max(now + RELEASE_INTERVAL_MIN);
            timer.wait(next.saturating_duration_since(now)).await?;
        }
        self.changed.notify_waiters();
        Ok(())
    }

    /// The due times of requests that no one took.
    pub(super) fn left(&self) -> impl Iterator<Item = Instant> + '_ {
        (self.taken.get()..self.total).map(|number| self.due(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_due_at_the_rate_whatever_was_answered() {
        let start = Instant::now();
        let pacer = Pacer::new(start, 1000.0, Duration::from_secs(2));
        assert_eq!(pacer.total, 2000);
        assert_eq!(pacer.due(500), start + Duration::from_millis(500));
        assert_eq!(pacer.due_by(start), 1);
        assert_eq!(pacer.due_by(start + Duration::from_micros(10_500)), 11);
        assert_eq!(pacer.due_by(start + Duration::from_secs(60)), 2000);
        assert_eq!(pacer.left().count(), 2000);
    }
}
