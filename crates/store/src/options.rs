//! The store's limits, each with its default and why.

use std::time::Duration;

/// Bounds of what a store takes at once, holds and waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreOptions {
    /// Most submissions of one append. One append is one transaction and is held in memory: 50,000 are some 50 MB.
    pub submissions_per_append_max: usize,
    /// Largest payload as stored, in bytes. 1 MiB is a thousand times the usual one; a larger one is rejected.
    pub payload_bytes_max: usize,
    /// Most entries of one read; a higher limit is lowered to it. 10,000 are some 10 MB.
    pub entries_per_read_max: usize,
    /// Largest checkpoint, in bytes. SQLite keeps at most 10^9 bytes in one value.
    pub checkpoint_bytes_max: usize,
    /// Most names of one resolve or lookup. More people than any sales organisation has.
    pub names_per_call_max: usize,
    /// How long a statement waits for another program that has the file open (a backup, a database shell). Short enough
    /// that a sender's own timeout, usually 10 s or more, does not pass first.
    pub busy_timeout: Duration,
    /// Connections that read the journal side by side. Reads are short; a laptop has a few cores.
    pub readers_max: u32,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            submissions_per_append_max: 50_000,
            payload_bytes_max: 1 << 20,
            entries_per_read_max: 10_000,
            checkpoint_bytes_max: 900_000_000,
            names_per_call_max: 100_000,
            busy_timeout: Duration::from_secs(5),
            readers_max: 4,
        }
    }
}
