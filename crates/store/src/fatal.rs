//! What only a new process can mend.
//!
//! Invariant: the first reason stays.

use tokio::sync::watch;

/// Tells that the store, or what works on it, failed in a way that only a new process can mend, which reads anew what the
/// disk holds. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Fatal(watch::Sender<Option<String>>);

impl Fatal {
    /// From now on nothing is committed any more.
    pub fn report(&self, reason: String) {
        self.0.send_if_modified(|known| {
            let is_first = known.is_none();
            if is_first {
                *known = Some(reason);
            }
            is_first
        });
    }

    /// Why there are no more commits.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        self.0.borrow().clone()
    }

    /// For whoever waits for it.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<Option<String>> {
        self.0.subscribe()
    }
}
