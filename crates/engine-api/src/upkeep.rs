//! The journal as it lies there.

use salescope_domain::Entry;
use serde::{Deserialize, Serialize};

/// The size of an organisation's journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalStats {
    /// Entries, counted.
    pub entries: u64,
    /// The last entry's position; 0 when there is none. Equal to `entries` in a sound journal that keeps all its history.
    pub last_tenant_seq: u64,
}

/// Some entries, in order.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct EntryPage {
    /// The entries; empty when the end is reached.
    pub entries: Vec<Entry>,
}
