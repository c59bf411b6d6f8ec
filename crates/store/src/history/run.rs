//! An organisation's entries on their way from blocks into sealed history.
//!
//! Invariant: every frame of a run states when it was known. Blocks leave that to their own commit time, and blocks go.

use crate::OrgKey;
use crate::frame::Frame;
use salescope_domain::{Instant, OrgId};

/// Entries of one organisation, one after another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    /// For messages.
    pub(crate) org: OrgId,
    pub(crate) key: OrgKey,
    /// The first entry's position.
    pub(crate) first_seq: u64,
    pub(crate) count: u64,
    /// One for each entry.
    pub(crate) frames: Vec<u8>,
}

impl Run {
    /// A run without entries, which goes on at `first_seq`.
    pub(crate) fn new(org: OrgId, key: OrgKey, first_seq: u64) -> Self {
        Self { org, key, first_seq, count: 0, frames: Vec::new() }
    }

    /// The position of the entry that comes after its last one.
    pub(crate) fn next_seq(&self) -> u64 {
        self.first_seq + self.count
    }

    /// Appends the next entry.
    pub(crate) fn push(&mut self, frame: Frame<'_>, committed_at: Instant) {
        let known_at = Some(frame.known_at(committed_at));
        Frame { known_at, ..frame }.put(&mut self.frames);
        self.count += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_that_does_not_say_when_it_was_known_became_known_with_its_commit() {
        let at = Instant::from_ms;
        let mut run = Run::new(OrgId::new("acme").unwrap(), OrgKey(1), 7);
        for known_at in [None, Some(at(5)), Some(at(90))] {
            run.push(Frame { known_at, observed_at: at(1), payload: b"x" }, at(10));
        }
        assert_eq!(run.next_seq(), 10);
        let mut left = run.frames.as_slice();
        let known: Vec<_> =
            std::iter::from_fn(|| Frame::take(&mut left)).map(|frame| frame.known_at).collect();
        assert_eq!(known, [Some(at(10)), Some(at(5)), Some(at(10))]);
    }
}
