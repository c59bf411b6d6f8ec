//! What connections share while any of them uses it.
//!
//! Invariant: there is one of each key at a time; it goes with the last connection that uses it.

use parking_lot::Mutex;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Weak};
use tokio::task::JoinHandle;

/// Things by key.
#[derive(Debug)]
pub(super) struct Shared<K, T>(Mutex<HashMap<K, Weak<T>>>);

impl<K, T> Default for Shared<K, T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, T> Shared<K, T> {
    /// The one of a key, made where there is none.
    pub(super) fn get(&self, key: K, make: impl FnOnce() -> T) -> Arc<T> {
        let mut things = self.0.lock();
        if let Some(thing) = things.get(&key).and_then(Weak::upgrade) {
            return thing;
        }
        // Now and then those that are gone are swept out: as seldom as there are many.
        if things.len().is_power_of_two() {
            things.retain(|_, thing| thing.strong_count() > 0);
        }
        let thing = Arc::new(make());
        things.insert(key, Arc::downgrade(&thing));
        thing
    }
}

/// A task that ends with its owner.
#[derive(Debug)]
pub(super) struct Task(JoinHandle<()>);

impl Task {
    pub(super) fn spawn(work: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(tokio::spawn(work))
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_a_key_is_shared_and_goes_with_its_last_user() {
        let shared: Shared<u32, u32> = Shared::default();
        let one = shared.get(1, || 10);
        assert!(Arc::ptr_eq(&one, &shared.get(1, || 11)));
        drop(one);
        assert_eq!(*shared.get(1, || 12), 12);
        for key in 0..100 {
            shared.get(key, || key);
        }
        assert!(shared.0.lock().len() < 70);
    }
}
