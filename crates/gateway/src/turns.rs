//! Turns: how much of what came in is worked on at a time.
//!
//! A request that is read and not yet parsed takes its own bytes. From parsing to its answer it takes several times as many,
//! and all requests at once would push one another out of the processor's caches. So they go one after another, in the order
//! in which they were read, a few commits' worth at a time.
//!
//! Invariant: turns are fair, and a request of any size gets one.

use tokio::sync::{Semaphore, SemaphorePermit};

/// Bytes that one permit stands for.
const GRAIN: usize = 1024;

/// The turns of all requests.
#[derive(Debug)]
pub(crate) struct Turns {
    permits: Semaphore,
    count: u32,
}

impl Turns {
    /// For so many bytes at a time.
    pub(crate) fn new(bytes_max: usize) -> Self {
        let count = bytes_max.div_ceil(GRAIN).clamp(1, Semaphore::MAX_PERMITS);
        Self { permits: Semaphore::new(count), count: u32::try_from(count).unwrap_or(u32::MAX) }
    }

    /// Waits for the turn of a request of so many bytes, which lasts until the permit is dropped.
    pub(crate) async fn take(&self, bytes: usize) -> SemaphorePermit<'_> {
        let wanted = u32::try_from(bytes.div_ceil(GRAIN)).unwrap_or(u32::MAX).clamp(1, self.count);
        self.permits.acquire_many(wanted).await.expect("turns are never closed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Waker};

    #[tokio::test]
    async fn a_request_that_is_larger_than_all_turns_gets_them_all_and_later_ones_wait() {
        let turns = Turns::new(10 * GRAIN);
        let small = turns.take(1).await;
        let mut large = pin!(turns.take(50 * GRAIN));
        let mut context = Context::from_waker(Waker::noop());
        assert!(large.as_mut().poll(&mut context).is_pending());
        let mut later = pin!(turns.take(1));
        assert!(later.as_mut().poll(&mut context).is_pending(), "nobody overtakes");
        drop(small);
        drop(large.await);
        drop(later.await);
        assert_eq!(turns.permits.available_permits(), 10);
    }
}
