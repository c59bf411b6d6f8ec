//! The versions of all deals, contiguous per deal, in blocks of deals.
//!
//! Invariants: a deal's versions lie in one unbroken run, oldest first, and both of their times never fall. The last version
//! of each deal stands a second time in an array of its own: most questions read nothing else, and read it in a stream.
//! A block is the unit of compaction, of copy-on-write and of a snapshot's chunk.

use super::row::{Row, Times};
use bytemuck::Zeroable;
use std::sync::Arc;

/// Deals in a block.
pub(crate) const BLOCK_DEALS: usize = 1024;
/// A block is compacted when more than one part in this many is dead.
const DEAD_SHARE: usize = 3;

/// Where a deal's versions lie in its block.
#[derive(Debug, Clone, Copy, Default)]
struct Span {
    start: u32,
    len: u32,
    cap: u32,
}

/// The versions of up to [`BLOCK_DEALS`] deals.
#[derive(Debug, Clone, Default)]
pub(crate) struct Block {
    spans: Vec<Span>,
    times: Vec<Times>,
    rows: Vec<Row>,
    /// The last version of each deal; blank for a deal without any.
    heads: Vec<(Times, Row)>,
    dead: usize,
}

/// A deal's versions, or the part of them that is known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Versions<'a> {
    pub rows: &'a [Row],
    pub times: &'a [Times],
    last: Option<(&'a Times, &'a Row)>,
}

impl<'a> Versions<'a> {
    /// The last version.
    pub(crate) fn head(self) -> Option<&'a Row> {
        self.last.map(|(_, row)| row)
    }

    /// When the last version was known and occurred.
    pub(crate) fn last_times(self) -> Option<&'a Times> {
        self.last.map(|(times, _)| times)
    }

    /// Those known at `at`.
    pub(crate) fn known_at(self, at: i64) -> Self {
        let at = if crate::sabotage::on("as_known_exclusive") { at - 1 } else { at };
        if self.last_times().is_none_or(|last| last.known <= at) {
            return self;
        }
        let len = self.times.partition_point(|times| times.known <= at);
        self.first(len)
    }

    /// The first `len`.
    pub(crate) fn first(self, len: usize) -> Self {
        let (rows, times) = (&self.rows[..len], &self.times[..len]);
        Self { rows, times, last: times.last().zip(rows.last()) }
    }

    /// How many occurred before `at`.
    pub(crate) fn count_before(self, at: i64) -> usize {
        // Most questions are about the present: look at the last version first.
        match self.last_times() {
            Some(last) if last.occurred >= at => self.times.partition_point(|times| times.occurred < at),
            _ => self.times.len(),
        }
    }

    /// The positions of those that occurred at or after `from` and before `to`.
    pub(crate) fn between(self, from: i64, to: i64) -> std::ops::Range<usize> {
        if self.last_times().is_none_or(|last| last.occurred < from) {
            return self.times.len()..self.times.len();
        }
        let start = self.count_before(from);
        start..self.count_before(to).max(start)
    }

    /// The state just before `at`, if the deal had one.
    pub(crate) fn before(self, at: i64) -> Option<&'a Row> {
        match self.last {
            Some((times, row)) if times.occurred < at => Some(row),
            _ => self.count_before(at).checked_sub(1).map(|index| &self.rows[index]),
        }
    }
}

impl Block {
    /// How many deals it has.
    pub(crate) fn deals(&self) -> usize {
        self.spans.len()
    }

    /// The versions of the deal at `slot`.
    pub(crate) fn versions(&self, slot: usize) -> Versions<'_> {
        let Span { start, len, .. } = self.spans[slot];
        let range = start as usize..(start + len) as usize;
        let (times, row) = &self.heads[slot];
        let last = (len > 0).then_some((times, row));
        Versions { rows: &self.rows[range.clone()], times: &self.times[range], last }
    }

    fn push(&mut self, slot: usize, times: Times, row: Row) {
        let span = self.spans[slot];
        if span.len == span.cap {
            self.grow(slot);
        }
        let span = &mut self.spans[slot];
        let at = (span.start + span.len) as usize;
        span.len += 1;
        self.times[at] = times;
        self.rows[at] = row;
        self.heads[slot] = (times, row);
    }

    fn grow(&mut self, slot: usize) {
        let Span { start, len, cap } = self.spans[slot];
        let more = (len / 2).max(1);
        if (start + cap) as usize == self.rows.len() {
            self.extend(more as usize);
            self.spans[slot].cap += more;
            return;
        }
        self.dead += cap as usize;
        if self.dead > 64 && self.dead * DEAD_SHARE > self.rows.len() {
            self.spans[slot].cap = len;
            self.compact(slot, more);
            return;
        }
        let moved = self.rows.len();
        self.extend((len + more) as usize);
        let old = start as usize..(start + len) as usize;
        self.times.copy_within(old.clone(), moved);
        self.rows.copy_within(old, moved);
        let start = u32::try_from(moved).expect("a block holds fewer than 2^32 versions");
        self.spans[slot] = Span { start, len, cap: len + more };
    }

    fn extend(&mut self, by: usize) {
        let len = self.rows.len() + by;
        if self.rows.capacity() < len {
            let step = (self.rows.capacity() / 4).max(by);
            self.rows.reserve_exact(step);
            self.times.reserve_exact(step);
        }
        self.rows.resize(len, Row::blank());
        self.times.resize(len, Times::zeroed());
    }

    /// Moves every run to its place in slot order, with room for `more` versions at `slot`.
    fn compact(&mut self, slot: usize, more: u32) {
        let mut old = std::mem::take(self);
        self.heads = std::mem::take(&mut old.heads);
        let live: usize = old.spans.iter().map(|span| (span.len + span.len / 4) as usize).sum();
        self.rows.reserve_exact(live + more as usize);
        self.times.reserve_exact(live + more as usize);
        for (at, span) in old.spans.iter().enumerate() {
            let start = u32::try_from(self.rows.len()).expect("a block holds fewer than 2^32 versions");
            let spare = if at == slot { more } else { span.len / 4 };
            let from = span.start as usize..(span.start + span.len) as usize;
            self.rows.extend_from_slice(&old.rows[from.clone()]);
            self.times.extend_from_slice(&old.times[from]);
            self.rows.resize(self.rows.len() + spare as usize, Row::blank());
            self.times.resize(self.times.len() + spare as usize, Times::zeroed());
            self.spans.push(Span { start, len: span.len, cap: span.len + spare });
        }
    }

    /// Rebuilds from version counts by deal and their times and rows in that order; `None` when they do not fit.
    pub(crate) fn from_parts(counts: &[u32], times: Vec<Times>, rows: Vec<Row>) -> Option<Self> {
        let mut spans = Vec::with_capacity(counts.len());
        let mut start = 0_u32;
        for len in counts {
            spans.push(Span { start, len: *len, cap: *len });
            start = start.checked_add(*len)?;
        }
        (start as usize == rows.len() && rows.len() == times.len()).then_some(())?;
        let head = |span: &Span| match (span.start + span.len).checked_sub(1).filter(|_| span.len > 0) {
            Some(at) => (times[at as usize], rows[at as usize]),
            None => (Times::zeroed(), Row::blank()),
        };
        let heads = spans.iter().map(head).collect();
        Some(Self { spans, times, rows, heads, dead: 0 })
    }

    fn bytes(&self) -> usize {
        self.spans.capacity() * size_of::<Span>()
            + self.times.capacity() * size_of::<Times>()
            + self.rows.capacity() * size_of::<Row>()
            + self.heads.capacity() * size_of::<(Times, Row)>()
    }
}

/// All deals, by slot.
#[derive(Debug, Clone, Default)]
pub(crate) struct Deals {
    blocks: Vec<Arc<Block>>,
    len: usize,
}

impl Deals {
    /// How many deals there are.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// A new deal without versions.
    pub(crate) fn add(&mut self) -> usize {
        if self.len.is_multiple_of(BLOCK_DEALS) {
            self.blocks.push(Arc::default());
        }
        let block = self.blocks.last_mut().expect("a block was added before its first deal");
        let block = Arc::make_mut(block);
        block.spans.push(Span::default());
        block.heads.push((Times::zeroed(), Row::blank()));
        self.len += 1;
        self.len - 1
    }

    /// The versions of a deal.
    pub(crate) fn versions(&self, deal: usize) -> Versions<'_> {
        self.blocks[deal / BLOCK_DEALS].versions(deal % BLOCK_DEALS)
    }

    /// Reads where the deal's next version will go and what its last one says, so that both are at hand.
    pub(crate) fn touch(&self, deal: usize) -> i64 {
        let block = &self.blocks[deal / BLOCK_DEALS];
        let Span { start, len, .. } = block.spans[deal % BLOCK_DEALS];
        let last = (start + len.saturating_sub(1)) as usize;
        let next = block.times.get(last).map_or(0, |times| times.known);
        let row = block.rows.get(last).map_or(0, |row| i64::from(row.owner));
        next ^ row ^ block.heads[deal % BLOCK_DEALS].0.occurred
    }

    /// Adds a version whose times are not below those of the one before.
    pub(crate) fn push(&mut self, deal: usize, times: Times, row: Row) {
        let last = self.versions(deal).last_times().copied();
        debug_assert!(last.is_none_or(|last| last.known <= times.known && last.occurred <= times.occurred));
        Arc::make_mut(&mut self.blocks[deal / BLOCK_DEALS]).push(deal % BLOCK_DEALS, times, row);
    }

    /// All blocks, in slot order.
    pub(crate) fn blocks(&self) -> &[Arc<Block>] {
        &self.blocks
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        self.blocks.iter().map(|block| block.bytes()).sum()
    }

    /// Rebuilds from blocks, all of which but the last are full; `None` when they are not.
    pub(crate) fn from_blocks(blocks: Vec<Block>) -> Option<Self> {
        let len = blocks.iter().map(Block::deals).sum();
        let full = blocks.iter().rev().skip(1).all(|block| block.deals() == BLOCK_DEALS);
        let fits = full && blocks.iter().all(|block| (1..=BLOCK_DEALS).contains(&block.deals()));
        fits.then(|| Self { blocks: blocks.into_iter().map(Arc::new).collect(), len })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_stay_in_order_through_growth_and_compaction() {
        let mut deals = Deals::default();
        let mut expected: Vec<Vec<u64>> = Vec::new();
        for deal in 0..BLOCK_DEALS + 10 {
            assert_eq!(deals.add(), deal);
            expected.push(Vec::new());
        }
        for step in 0..20_000_u64 {
            let deal = usize::try_from(step * 7919 % 1034).unwrap();
            let seq = step + 1;
            let at = i64::try_from(seq).unwrap();
            let mut row = Row::blank();
            row.seq = seq;
            deals.push(deal, Times { known: at, occurred: at }, row);
            expected[deal].push(seq);
        }
        for (deal, expected) in expected.iter().enumerate() {
            let versions = deals.versions(deal);
            let found: Vec<u64> = versions.rows.iter().map(|row| row.seq).collect();
            assert_eq!(&found, expected);
            let known = i64::try_from(expected[expected.len() / 2]).unwrap();
            assert_eq!(versions.known_at(known).rows.len(), expected.len() / 2 + 1);
            assert_eq!(versions.count_before(known), expected.len() / 2);
        }
    }
}
