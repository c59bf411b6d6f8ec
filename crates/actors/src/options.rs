//! The limits of the actors, each with its default and why.

use std::time::Duration;

/// Bounds of what actors hold, take at once and wait for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActorOptions {
    /// Shards of this process: how many routers share the work. Routing is cheap; a few per core keep them from being a queue.
    pub shards: u16,
    /// Most bytes of requests under way in the whole process, before they are committed. A slice takes three to four times
    /// its bytes in memory: 64 MiB are some 250 MB.
    pub node_bytes_max: u32,
    /// Most bytes of requests under way of one organisation, so that one cannot take all the room.
    pub tenant_bytes_max: u32,
    /// What a refused sender is told to wait, in milliseconds: longer than a few commits of a full queue take.
    pub overload_retry_ms: u64,
    /// Most bytes of one group commit. A commit of 1 MiB takes about as long as two small ones.
    pub flush_bytes_max: usize,
    /// Most submissions of one slice: some 50 MB in memory.
    pub submissions_per_slice_max: usize,
    /// Largest payload as journaled, in bytes. 1 MiB is a thousand times the usual one.
    pub payload_bytes_max: usize,
    /// An organisation that nobody spoke to for so long is put to sleep.
    pub passivate_after: Duration,
    /// How often a shard's timer wheel turns. Deadlines are late by at most this.
    pub wheel_tick: Duration,
    /// How often it is looked whether a changed organisation is worth a checkpoint, give or take a quarter.
    pub checkpoint_every: Duration,
    /// Bytes of journal to replay after which that is looked at once: some 20 ms of replay.
    pub checkpoint_bytes_min: u64,
    /// A checkpoint is worth its work when the bytes to replay are this part of the state (in percent): so checkpoints cost
    /// in proportion to what comes in, however large the state, and a replay reads about as many bytes as the state has.
    pub checkpoint_state_percent: u64,
    /// Organisations that are restored side by side. Each holds its checkpoint and its state in memory meanwhile.
    pub loads_max: usize,
    /// Questions computed side by side, each on a thread of its own.
    pub questions_max: usize,
    /// Questions that wait for a thread; one more is told to come again.
    pub questions_waiting_max: usize,
    /// Entries read and applied at a time in a replay: some 10 MB.
    pub entries_per_read: usize,
    /// How often an entry may crash the fold before it is put aside.
    pub poison_tries: u32,
    /// Largest state of one organisation, in bytes; more is refused. Half of a machine with 16 GiB.
    pub tenant_state_bytes_max: u64,
}

impl Default for ActorOptions {
    fn default() -> Self {
        Self {
            shards: 8,
            node_bytes_max: 64 << 20,
            tenant_bytes_max: 32 << 20,
            overload_retry_ms: 250,
            flush_bytes_max: 1 << 20,
            submissions_per_slice_max: 50_000,
            payload_bytes_max: 1 << 20,
            passivate_after: Duration::from_secs(60),
            wheel_tick: Duration::from_secs(1),
            checkpoint_every: Duration::from_secs(30),
            checkpoint_bytes_min: 4 << 20,
            checkpoint_state_percent: 100,
            loads_max: 4,
            questions_max: 2,
            questions_waiting_max: 256,
            entries_per_read: 10_000,
            poison_tries: 3,
            tenant_state_bytes_max: 8 << 30,
        }
    }
}
