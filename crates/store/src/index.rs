//! What is known of every journal without reading the disk: names, ends, and which blocks hold what is not yet sealed.
//!
//! Invariants: an organisation's parts go on one after another, without a gap, from what is sealed to its last entry.
//! Blocks are numbered without a gap. An organisation that is all sealed takes some 100 bytes.

use crate::block::{BlockId, Header};
use crate::{Damage, OrgHead, OrgKey, SealOptions, Slice, StoreError};
use salescope_domain::{Instant, OrgId};
use std::collections::{BTreeMap, VecDeque};

/// A part of a block that is not yet sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) block: u64,
    pub(crate) first_seq: u64,
    pub(crate) count: u32,
    /// Which part of its block it is, from 0.
    pub(crate) part: u32,
}

impl Piece {
    pub(crate) fn last_seq(&self) -> u64 {
        self.first_seq + u64::from(self.count) - 1
    }
}

#[derive(Debug)]
struct Row {
    org: OrgId,
    created_at: Instant,
    /// The last entry in sealed history.
    sealed_seq: u64,
    checkpoint_seq: u64,
    /// Whether there may be chunks of its checkpoints.
    has_chunks: bool,
    last_seq: u64,
    /// Oldest first. The first ones may overlap what is sealed.
    tail: Vec<Piece>,
}

/// A block that is not yet sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BlockSize {
    /// What it takes on the disk, in bytes.
    pub(crate) stored_bytes: u32,
    /// How many organisations' parts it holds.
    pub(crate) parts: u32,
}

/// The index.
#[derive(Debug)]
pub(crate) struct Index {
    /// By key.
    rows: Vec<Option<Row>>,
    names: BTreeMap<OrgId, OrgKey>,
    erasing: BTreeMap<OrgKey, OrgId>,
    /// The block before the first of `blocks`.
    sealed_block: u64,
    blocks: VecDeque<BlockSize>,
    last_commit: Instant,
    last_epoch: u64,
}

/// Where one organisation's unsealed entries lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tail {
    pub(crate) org: OrgId,
    pub(crate) last_seq: u64,
    pub(crate) sealed_seq: u64,
    /// Those that hold an entry after the position asked for, oldest first.
    pub(crate) pieces: Vec<Piece>,
}

impl Index {
    /// An index without organisations, whose next block is the one after `sealed_block`.
    pub(crate) fn new(sealed_block: u64, last_commit: Instant) -> Self {
        Self {
            rows: Vec::new(),
            names: BTreeMap::new(),
            erasing: BTreeMap::new(),
            sealed_block,
            blocks: VecDeque::new(),
            last_commit,
            last_epoch: 0,
        }
    }

    /// Takes in an organisation with its sealed entries.
    pub(crate) fn add_org(&mut self, key: OrgKey, org: OrgId, created_at: Instant, sealed_seq: u64) {
        let place = key.0 as usize;
        if self.rows.len() <= place {
            self.rows.resize_with(place + 1, || None);
        }
        self.names.insert(org.clone(), key);
        let last_seq = sealed_seq;
        let tail = Vec::new();
        let row = Row { org, created_at, sealed_seq, checkpoint_seq: 0, has_chunks: false, last_seq, tail };
        self.rows[place] = Some(row);
    }

    /// The highest key that was ever taken in.
    pub(crate) fn key_max(&self) -> u32 {
        u32::try_from(self.rows.len().saturating_sub(1)).expect("keys have 32 bits")
    }

    fn row(&self, key: OrgKey) -> Option<&Row> {
        self.rows.get(key.0 as usize)?.as_ref()
    }

    fn row_mut(&mut self, key: OrgKey) -> Option<&mut Row> {
        self.rows.get_mut(key.0 as usize)?.as_mut()
    }

    /// The organisation of this name.
    pub(crate) fn find(&self, org: &OrgId) -> Option<OrgKey> {
        self.names.get(org).copied()
    }

    /// What is known of an organisation.
    pub(crate) fn head(&self, key: OrgKey) -> Option<OrgHead> {
        let row = self.row(key)?;
        let Row { org, created_at, last_seq, checkpoint_seq, .. } = row;
        let (org, created_at) = (org.clone(), *created_at);
        Some(OrgHead { key, org, created_at, last_seq: *last_seq, checkpoint_seq: *checkpoint_seq })
    }

    /// All of them, by name.
    pub(crate) fn heads(&self) -> Vec<OrgHead> {
        self.names.values().filter_map(|key| self.head(*key)).collect()
    }

    /// The block before the first unsealed one.
    pub(crate) fn sealed_block(&self) -> u64 {
        self.sealed_block
    }

    /// The last block.
    pub(crate) fn last_block(&self) -> u64 {
        self.sealed_block + self.blocks.len() as u64
    }

    /// When the last block was committed.
    pub(crate) fn last_commit(&self) -> Instant {
        self.last_commit
    }

    /// The unsealed blocks' sizes, oldest first.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = BlockSize> {
        self.blocks.iter().copied()
    }

    /// Where an organisation's entries after `after` lie.
    pub(crate) fn tail(&self, key: OrgKey, after: u64) -> Option<Tail> {
        let row = self.row(key)?;
        let from = row.tail.partition_point(|piece| piece.last_seq() <= after.max(row.sealed_seq));
        let (org, last_seq, sealed_seq) = (row.org.clone(), row.last_seq, row.sealed_seq);
        Some(Tail { org, last_seq, sealed_seq, pieces: row.tail[from..].to_vec() })
    }

    /// Whether these slices go on where their organisations' journals end.
    pub(crate) fn check(&self, slices: &[Slice]) -> Result<(), StoreError> {
        // One organisation may have several slices in a commit: they go on one after another.
        let mut ends = BTreeMap::new();
        for slice in slices {
            let row = self.row(slice.org).ok_or(StoreError::UnknownOrgKey { key: slice.org })?;
            let end = ends.entry(slice.org).or_insert(row.last_seq);
            let expected = *end + 1;
            if slice.first_seq != expected || slice.count == 0 {
                let first_seq = slice.first_seq;
                return Err(StoreError::OutOfOrder { org: row.org.clone(), first_seq, expected });
            }
            *end = slice.last_seq();
        }
        Ok(())
    }

    /// Takes in a block. The journal may have lost what it should go on from: that is an error, and the index is void.
    pub(crate) fn apply(&mut self, id: BlockId, header: &Header, stored_bytes: u32) -> Result<(), Damage> {
        if id.committed_at < self.last_commit || id.epoch < self.last_epoch {
            return Err(Damage::Unreadable(
                "its time or epoch is before that of the block before".to_owned(),
            ));
        }
        for (part, number) in header.parts.iter().zip(0..) {
            if self.is_erasing(part.org) {
                continue;
            }
            let unknown = || Damage::Unreadable(format!("it names an unknown organisation {}", part.org));
            let row = self.row_mut(part.org).ok_or_else(unknown)?;
            let expected = row.last_seq + 1;
            // What is sealed may still be in blocks: a crash came before they were deleted.
            let is_sealed = row.tail.is_empty() && part.last_seq() <= row.sealed_seq;
            if is_sealed {
                continue;
            }
            let goes_on = part.first_seq == expected || (row.tail.is_empty() && part.first_seq < expected);
            if !goes_on && !salescope_faults::sabotage("torn_tail_accepted") {
                return Err(Damage::OutOfOrder { key: part.org, first_seq: part.first_seq, expected });
            }
            row.last_seq = part.last_seq();
            let (block, first_seq, count) = (id.seq, part.first_seq, part.count);
            row.tail.push(Piece { block, first_seq, count, part: number });
        }
        let parts = u32::try_from(header.parts.len()).expect("parts are numbered with 32 bits");
        self.blocks.push_back(BlockSize { stored_bytes, parts });
        self.last_commit = id.committed_at;
        self.last_epoch = id.epoch;
        Ok(())
    }

    /// The last block to be sealed now; `None` when there are not so many blocks.
    pub(crate) fn seal_to(&self, options: &SealOptions) -> Option<u64> {
        let total = self.blocks.iter().fold((0, 0), |(bytes, parts), size| {
            (bytes + u64::from(size.stored_bytes), parts + u64::from(size.parts))
        });
        let (mut bytes, mut parts, mut blocks) = (total.0, total.1, self.blocks.len() as u64);
        if bytes <= options.bytes_max && parts <= options.parts_max && blocks <= options.blocks_max {
            return None;
        }
        let mut to_block = self.sealed_block;
        for size in &self.blocks {
            let is_enough = bytes <= options.bytes_max / 2
                && parts <= options.parts_max / 2
                && blocks <= options.blocks_max / 2;
            if is_enough {
                break;
            }
            bytes -= u64::from(size.stored_bytes);
            parts -= u64::from(size.parts);
            blocks -= 1;
            to_block += 1;
        }
        Some(to_block)
    }

    /// Takes note that entries are sealed.
    pub(crate) fn seal(&mut self, key: OrgKey, to_seq: u64) {
        if let Some(row) = self.row_mut(key) {
            row.sealed_seq = row.sealed_seq.max(to_seq);
            row.tail.retain(|piece| piece.last_seq() > to_seq);
            row.tail.shrink_to_fit();
        }
    }

    /// Takes note that blocks up to `seq` are deleted; all they held is sealed.
    pub(crate) fn delete_blocks(&mut self, seq: u64) {
        while self.sealed_block < seq && self.blocks.pop_front().is_some() {
            self.sealed_block += 1;
        }
    }

    /// Takes note of an organisation's newest checkpoint; 0 for none.
    pub(crate) fn set_checkpoint(&mut self, key: OrgKey, tenant_seq: u64) {
        if let Some(row) = self.row_mut(key) {
            row.checkpoint_seq = tenant_seq;
        }
    }

    /// Takes note of whether there may be chunks of an organisation's checkpoints.
    pub(crate) fn set_chunks(&mut self, key: OrgKey, has_chunks: bool) {
        if let Some(row) = self.row_mut(key) {
            row.has_chunks = has_chunks;
        }
    }

    /// Whether there may be chunks of an organisation's checkpoints.
    pub(crate) fn has_chunks(&self, key: OrgKey) -> bool {
        self.row(key).is_some_and(|row| row.has_chunks)
    }

    /// Ends an organisation; its entries may still be in blocks, and its name is not free yet.
    pub(crate) fn begin_erasure(&mut self, key: OrgKey) {
        if let Some(row) = self.rows.get_mut(key.0 as usize).and_then(Option::take) {
            self.names.remove(&row.org);
            self.erasing.insert(key, row.org);
        }
    }

    /// Takes note of an organisation whose erasure was begun before.
    pub(crate) fn add_erasing(&mut self, key: OrgKey, org: OrgId) {
        self.erasing.insert(key, org);
    }

    /// Nothing is left of an organisation.
    pub(crate) fn end_erasure(&mut self, key: OrgKey) {
        self.erasing.remove(&key);
    }

    /// Organisations whose erasure is not finished.
    pub(crate) fn erasing(&self) -> impl Iterator<Item = (OrgKey, &OrgId)> {
        self.erasing.iter().map(|(key, org)| (*key, org))
    }

    /// Whether an organisation's erasure is not finished: its entries are left out.
    pub(crate) fn is_erasing(&self, key: OrgKey) -> bool {
        self.erasing.contains_key(&key)
    }

    /// Whether an organisation may be created by this name.
    pub(crate) fn is_free(&self, org: &OrgId) -> bool {
        !self.names.contains_key(org) && self.erasing.values().all(|erasing| erasing != org)
    }
}

#[cfg(test)]
mod tests;
