//! A block of deals as bytes: how many there are, how many versions each has, all times, all rows.

use crate::state::deals::Block;
use crate::state::row::{Row, Times};

/// Rows are written as they lie in memory, and must read the same on every machine.
const _: () = assert!(cfg!(target_endian = "little"));

/// The bytes of a block.
pub(super) fn write_block(block: &Block) -> Vec<u8> {
    let mut counts: Vec<u32> = Vec::with_capacity(block.deals() + 1);
    counts.push(u32::try_from(block.deals()).expect("a block has few deals"));
    let mut times: Vec<Times> = Vec::new();
    let mut rows: Vec<Row> = Vec::new();
    for slot in 0..block.deals() {
        let versions = block.versions(slot);
        counts.push(u32::try_from(versions.rows.len()).expect("a block holds fewer than 2^32 versions"));
        times.extend_from_slice(versions.times);
        rows.extend_from_slice(versions.rows);
    }
    let parts: [&[u8]; 3] =
        [bytemuck::cast_slice(&counts), bytemuck::cast_slice(&times), bytemuck::cast_slice(&rows)];
    parts.concat()
}

/// The inverse of [`write_block`]; `None` when the bytes are not a block.
pub(super) fn read_block(body: &[u8]) -> Option<Block> {
    let deals = usize::try_from(u32::from_le_bytes(body.get(..4)?.try_into().ok()?)).ok()?;
    let counts_end = 4 * (deals.checked_add(1)?);
    let counts: Vec<u32> = bytemuck::allocation::pod_collect_to_vec(body.get(4..counts_end)?);
    let versions: usize = counts.iter().map(|count| *count as usize).sum();
    let times_end = counts_end + versions.checked_mul(size_of::<Times>())?;
    let rows_end = times_end + versions.checked_mul(size_of::<Row>())?;
    (body.len() == rows_end).then_some(())?;
    let times = bytemuck::allocation::pod_collect_to_vec(&body[counts_end..times_end]);
    let rows = bytemuck::allocation::pod_collect_to_vec(&body[times_end..]);
    Block::from_parts(&counts, times, rows)
}
