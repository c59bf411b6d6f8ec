//! The store's limits, each with its default and why.

use crate::MasterKey;
use std::time::Duration;

/// Bounds of what a store takes at once, holds and waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreOptions {
    /// Largest entry as stored, in bytes. 1 MiB is a thousand times the usual one; whoever builds slices rejects a larger one.
    pub entry_bytes_max: usize,
    /// Largest commit, in bytes before compression. One flush is 1 MiB, and one slice may be as large as a request.
    pub commit_bytes_max: usize,
    /// Most entries of one read; a higher limit is lowered to it. 10,000 are some 10 MB.
    pub entries_per_read_max: usize,
    /// A read ends after this many bytes, so that large entries do not fill the memory. At least one entry is read.
    pub read_bytes_max: usize,
    /// Unpacked blocks that are kept in memory, in bytes: after a start, organisations read the same ones one after another.
    pub block_cache_bytes_max: usize,
    /// Unpacked segments of sealed history that are kept in memory, in bytes: four of the longest, so that whoever pages
    /// through a history opens each one once.
    pub segment_cache_bytes_max: usize,
    /// Largest checkpoint, in bytes: well above the state that an organisation may have in memory.
    pub checkpoint_bytes_max: usize,
    /// Most names of one resolve or lookup. More people than any sales organisation has.
    pub names_per_call_max: usize,
    /// Most organisations of one creation: one transaction of some 10 MB.
    pub orgs_per_call_max: usize,
    /// How long a statement waits for another program that has the file open (a backup, a database shell). Short enough
    /// that a sender's own timeout, usually 10 s or more, does not pass first.
    pub busy_timeout: Duration,
    /// Connections that read one file side by side. Reads are short; a laptop has a few cores.
    pub readers_max: u32,
    /// Most pages of `journal.db`, of 4 KiB each; as many as the disk has room for where absent. When they are used up,
    /// commits are refused as on a full disk.
    pub journal_pages_max: Option<u32>,
    /// The key that organisations' data keys are wrapped with; kept in the file `master.key` of the data directory where
    /// absent.
    pub master_key: Option<MasterKey>,
    /// The name of the SQLite VFS that every file is opened with; SQLite's own where absent. It must be registered.
    pub vfs: Option<String>,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            entry_bytes_max: 1 << 20,
            commit_bytes_max: 128 << 20,
            entries_per_read_max: 10_000,
            read_bytes_max: 16 << 20,
            block_cache_bytes_max: 16 << 20,
            segment_cache_bytes_max: 16 << 20,
            checkpoint_bytes_max: 4 << 30,
            names_per_call_max: 100_000,
            orgs_per_call_max: 100_000,
            busy_timeout: Duration::from_secs(5),
            readers_max: 4,
            journal_pages_max: None,
            master_key: None,
            vfs: None,
        }
    }
}
