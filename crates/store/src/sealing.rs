//! When blocks are cut into sealed history, and how much at a time.

/// Bounds of what stays in blocks. When any of them is passed, the oldest blocks are sealed until half of each is left: the
/// longer an organisation's run, the less its history costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealOptions {
    /// Bytes of blocks, as stored. What is not sealed is read when an organisation wakes up after a crash.
    pub bytes_max: u64,
    /// Blocks. Their headers are read at a start, which takes some 2 ms for 1,000.
    pub blocks_max: u64,
    /// Organisations' parts of blocks. Each takes 24 bytes of memory.
    pub parts_max: u64,
    /// Entries of one step, in bytes before compression: they are held in memory.
    pub step_bytes_max: u64,
    /// Blocks that one transaction deletes: commits wait meanwhile.
    pub blocks_per_delete_max: u64,
    /// Bytes, as stored, that one transaction deletes, unless it is one block.
    pub bytes_per_delete_max: u64,
}

impl Default for SealOptions {
    fn default() -> Self {
        Self {
            bytes_max: 64 << 20,
            blocks_max: 65_536,
            parts_max: 1_000_000,
            step_bytes_max: 16 << 20,
            blocks_per_delete_max: 4_096,
            bytes_per_delete_max: 8 << 20,
        }
    }
}

impl SealOptions {
    /// Leaves nothing in blocks.
    #[must_use]
    pub fn everything() -> Self {
        Self { bytes_max: 0, blocks_max: 0, parts_max: 0, ..Self::default() }
    }
}

/// What was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SealReport {
    /// Blocks that are gone.
    pub blocks: u64,
    /// Their bytes, as stored.
    pub bytes: u64,
    /// Organisations' parts of them.
    pub parts: u64,
}
