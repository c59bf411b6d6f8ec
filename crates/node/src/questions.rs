//! Questions about figures: computed on threads of their own, a bounded number at a time, on a state at one position.

use salescope_actors::{ActorOptions, Reading};
use salescope_engine_api::{EngineError, EngineResult, Position, Positioned};
use salescope_kpi::Engine as Kpis;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Semaphore;

/// Room for questions.
pub(crate) struct Questions {
    threads: Arc<Semaphore>,
    waiting: AtomicUsize,
    waiting_max: usize,
    retry_ms: u64,
}

/// Counts one that waits, until it is dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Questions {
    pub(crate) fn new(options: &ActorOptions) -> Self {
        Self {
            threads: Arc::new(Semaphore::new(options.questions_max)),
            waiting: AtomicUsize::new(0),
            waiting_max: options.questions_waiting_max,
            retry_ms: options.overload_retry_ms,
        }
    }

    /// Computes `question` on the state of `reading`. The organisation takes nothing in meanwhile; others do.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        reading: Reading,
        question: impl FnOnce(&Kpis) -> T + Send + 'static,
    ) -> EngineResult<Positioned<T>> {
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= self.waiting_max {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(self.overloaded());
        }
        let waiting = Waiting(&self.waiting);
        let thread = Arc::clone(&self.threads).acquire_owned().await.map_err(|_| self.overloaded())?;
        let state = reading.engine.read_owned().await;
        drop(waiting);
        let epoch = reading.epoch;
        let work = tokio::task::spawn_blocking(move || {
            let _thread = thread;
            let kpis = state.as_ref()?;
            let position = Position { epoch, tenant_seq: kpis.position() };
            Some(Positioned { position, answer: question(kpis) })
        });
        let answered = work.await.map_err(|panic| EngineError::Internal { detail: panic.to_string() })?;
        answered.ok_or_else(|| EngineError::Unavailable {
            reason: "the organisation is being restored from its journal".to_owned(),
        })
    }

    fn overloaded(&self) -> EngineError {
        EngineError::TooBusy { waiting: self.waiting_max as u64, retry_after_ms: self.retry_ms }
    }
}
