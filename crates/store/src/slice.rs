//! One organisation's entries of one flush, encoded once by whoever decided that they are news.

use crate::{OrgKey, frame};
use salescope_domain::{Instant, Payload};

/// Entries of one organisation, one after another, as they go to the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    /// Whose entries.
    pub org: OrgKey,
    /// The first entry's position.
    pub first_seq: u64,
    /// How many there are.
    pub count: u32,
    bytes: Vec<u8>,
}

impl Slice {
    /// What it takes, in bytes, before compression.
    #[must_use]
    pub fn len_bytes(&self) -> usize {
        self.bytes.len()
    }

    /// The last entry's position; the one before the first when there is none.
    #[must_use]
    pub fn last_seq(&self) -> u64 {
        self.first_seq + u64::from(self.count) - 1
    }

    /// A slice of frames that were read back.
    pub(crate) fn from_parts(org: OrgKey, first_seq: u64, count: u32, bytes: Vec<u8>) -> Self {
        Self { org, first_seq, count, bytes }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// What a usual entry takes.
const USUAL_ENTRY_BYTES: usize = 256;

/// Puts a [`Slice`] together.
#[derive(Debug)]
pub struct SliceBuilder {
    slice: Slice,
    /// Where the last entry begins.
    last: usize,
}

impl SliceBuilder {
    /// An empty slice whose first entry will be `first_seq` (from 1).
    #[must_use]
    pub fn new(org: OrgKey, first_seq: u64) -> Self {
        Self::with_room(org, first_seq, 0)
    }

    /// The same, with room for about so many entries.
    #[must_use]
    pub fn with_room(org: OrgKey, first_seq: u64, entries: usize) -> Self {
        let bytes = Vec::with_capacity(entries * USUAL_ENTRY_BYTES);
        Self { slice: Slice { org, first_seq, count: 0, bytes }, last: 0 }
    }

    /// Appends an entry; answers what it takes, in bytes. Without `known_at` it becomes known with its commit; one that is
    /// later than the commit is lowered to it when it is read.
    pub fn push(&mut self, known_at: Option<Instant>, observed_at: Instant, payload: &Payload) -> usize {
        self.last = self.slice.bytes.len();
        frame::put_entry(&mut self.slice.bytes, known_at, observed_at, payload);
        self.slice.count += 1;
        self.slice.bytes.len() - self.last
    }

    /// Takes the entry that was pushed last out again: it proved too large. Once for each push.
    pub fn pop(&mut self) {
        if self.last < self.slice.bytes.len() {
            self.slice.bytes.truncate(self.last);
            self.slice.count -= 1;
        }
    }

    /// How many entries there are.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.slice.count
    }

    /// What it takes so far, in bytes.
    #[must_use]
    pub fn len_bytes(&self) -> usize {
        self.slice.bytes.len()
    }

    /// The slice.
    #[must_use]
    pub fn finish(self) -> Slice {
        self.slice
    }
}
