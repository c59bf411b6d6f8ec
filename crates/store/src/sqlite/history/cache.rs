//! Segments that were read last, unpacked: whoever pages through a history opens each one once.

use crate::OrgKey;
use quick_cache::{Weighter, sync::Cache};
use std::sync::Arc;

/// A segment, unpacked.
#[derive(Debug)]
pub(in crate::sqlite) struct OpenSegment {
    pub(in crate::sqlite) from_seq: u64,
    /// One for each entry.
    pub(in crate::sqlite) frames: Vec<u8>,
}

/// Whose segment, its first and its last entry. A segment that took others along has another first or last one.
pub(super) type SegmentName = (OrgKey, u64, u64);

pub(super) type SegmentCache = Cache<SegmentName, Arc<OpenSegment>, Weight>;

#[derive(Debug, Clone)]
pub(super) struct Weight;

impl Weighter<SegmentName, Arc<OpenSegment>> for Weight {
    fn weight(&self, _: &SegmentName, segment: &Arc<OpenSegment>) -> u64 {
        (segment.frames.len() + size_of::<OpenSegment>()) as u64
    }
}

/// The usual segment, for the cache's first size.
const SEGMENT_BYTES_USUAL: usize = 256 << 10;

pub(super) fn new(bytes_max: usize) -> SegmentCache {
    Cache::with_weighter(bytes_max / SEGMENT_BYTES_USUAL, bytes_max as u64, Weight)
}
