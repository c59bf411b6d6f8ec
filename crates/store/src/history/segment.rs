//! A segment: a stretch of one organisation's sealed entries, compressed and encrypted with its data key.
//!
//! Invariants: whatever its row says of it is bound to it; each of its frames states when it was known; it is never
//! longer, unpacked, than [`SEGMENT_BYTES_MAX`] unless it is one single entry.

use super::envelope::{self, Place};
use super::secret::Secret;
use crate::frame::Frame;
use crate::{Damage, OrgKey};

/// A longer stretch is cut, in bytes before compression: a reader that wants one entry unpacks no more than this.
pub(crate) const SEGMENT_BYTES_MAX: usize = 4 << 20;

/// zstd's fastest of its usual levels: on a load test's entries a little shorter than level 3, and a fifth quicker.
const COMPRESSION_LEVEL: i32 = 1;

/// What a segment's row says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SegmentHead {
    pub(crate) org: OrgKey,
    pub(crate) from_seq: u64,
    pub(crate) to_seq: u64,
    /// The earliest time at which one of its entries was known, in milliseconds.
    pub(crate) from_ms: i64,
    /// The latest one.
    pub(crate) to_ms: i64,
    /// Its frames' length, in bytes.
    pub(crate) unpacked_bytes: u64,
}

impl SegmentHead {
    fn place(&self) -> Place {
        let Self { org, from_seq, to_seq, from_ms, to_ms, unpacked_bytes } = *self;
        let (from_ms, to_ms) = (from_ms.cast_unsigned(), to_ms.cast_unsigned());
        Place::new("segment", &[u64::from(org.0), from_seq, to_seq, from_ms, to_ms, unpacked_bytes])
    }
}

/// A segment as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Segment {
    pub(crate) head: SegmentHead,
    pub(crate) sealed: Vec<u8>,
}

/// An entry that cannot be taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DamagedEntry {
    pub(crate) tenant_seq: u64,
    pub(crate) damage: Damage,
}

/// Compresses one segment after another: setting up for one takes as long as packing a short one.
pub(crate) struct Packer(zstd::bulk::Compressor<'static>);

impl Packer {
    pub(crate) fn new() -> Self {
        Self(zstd::bulk::Compressor::new(COMPRESSION_LEVEL).expect("the level is one that there is"))
    }

    fn pack(&mut self, frames: &[u8]) -> Vec<u8> {
        self.0.compress(frames).expect("compression into memory does not fail")
    }
}

/// Makes segments of an organisation's frames, the first of which is entry `first_seq`.
pub(crate) fn seal(
    packer: &mut Packer,
    key: &Secret,
    org: OrgKey,
    first_seq: u64,
    mut frames: &[u8],
) -> Result<Vec<Segment>, DamagedEntry> {
    let mut segments = Vec::new();
    let mut next_seq = first_seq;
    while !frames.is_empty() {
        let (head, stretch) = cut(org, next_seq, &mut frames)?;
        segments.push(Segment { head, sealed: envelope::close(key, &head.place(), &packer.pack(stretch)) });
        next_seq = head.to_seq + 1;
    }
    Ok(segments)
}

/// Takes the frames of the next segment from `rest`, which holds one at least.
fn cut<'a>(org: OrgKey, from_seq: u64, rest: &mut &'a [u8]) -> Result<(SegmentHead, &'a [u8]), DamagedEntry> {
    let start = *rest;
    let (mut next_seq, mut from_ms, mut to_ms) = (from_seq, i64::MAX, i64::MIN);
    while !rest.is_empty() {
        let mut left = *rest;
        let known_at = Frame::take(&mut left).and_then(|frame| frame.known_at);
        let known_ms = known_at.ok_or_else(|| unreadable(next_seq))?.ms();
        if next_seq > from_seq && start.len() - left.len() > SEGMENT_BYTES_MAX {
            break;
        }
        (from_ms, to_ms) = (from_ms.min(known_ms), to_ms.max(known_ms));
        next_seq += 1;
        *rest = left;
    }
    let stretch = &start[..start.len() - rest.len()];
    let (to_seq, unpacked_bytes) = (next_seq - 1, stretch.len() as u64);
    Ok((SegmentHead { org, from_seq, to_seq, from_ms, to_ms, unpacked_bytes }, stretch))
}

fn unreadable(tenant_seq: u64) -> DamagedEntry {
    let damage = Damage::Unreadable("it is no entry that states when it was known".to_owned());
    DamagedEntry { tenant_seq, damage }
}

/// What follows the first `count` frames; `None` when there are not as many.
pub(crate) fn skip(mut frames: &[u8], count: u64) -> Option<&[u8]> {
    for _ in 0..count {
        Frame::take(&mut frames)?;
    }
    Some(frames)
}

/// A segment's frames, if it is what was written.
pub(crate) fn open(key: &Secret, head: &SegmentHead, sealed: &[u8]) -> Result<Vec<u8>, Damage> {
    let packed = envelope::open(key, &head.place(), sealed)?;
    // The length is authentic: it was bound to the envelope.
    let unpacked_bytes = usize::try_from(head.unpacked_bytes);
    let unpacked_bytes = unpacked_bytes.map_err(|error| Damage::Unreadable(error.to_string()))?;
    let frames = zstd::bulk::decompress(&packed, unpacked_bytes);
    let frames = frames.map_err(|error| Damage::Unreadable(error.to_string()))?;
    if frames.len() == unpacked_bytes {
        Ok(frames)
    } else {
        Err(Damage::Unreadable("it has another length than its row says".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::frame::Form;
    use proptest::prelude::*;
    use salescope_domain::Instant;

    fn open_all(segments: &[Segment], key: &Secret) -> Vec<u8> {
        segments.iter().flat_map(|segment| open(key, &segment.head, &segment.sealed).unwrap()).collect()
    }

    proptest! {
        #[test]
        fn frames_read_back_from_their_segments(first in 1_u64..1_000_000, count in 0_u64..200) {
            let (key, frames) = (Secret::random(), sample::frames(first, count));
            let segments = seal(&mut Packer::new(), &key, OrgKey(1), first, &frames).unwrap();
            prop_assert_eq!(segments.len(), usize::from(count > 0));
            prop_assert_eq!(&open_all(&segments, &key), &frames);
            for Segment { head, sealed } in segments {
                let last = first + count - 1;
                let expected = SegmentHead {
                    org: OrgKey(1),
                    from_seq: first,
                    to_seq: last,
                    from_ms: i64::try_from(first).unwrap(),
                    to_ms: i64::try_from(last).unwrap(),
                    unpacked_bytes: frames.len() as u64,
                };
                prop_assert_eq!(head, expected);
                let moved = SegmentHead { to_ms: head.to_ms + 1, ..head };
                prop_assert_eq!(open(&key, &moved, &sealed), Err(Damage::Checksum));
            }
        }

    }

    proptest! {
        // Each case compresses and closes some 10 MB.
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn long_stretches_are_cut_between_entries(sizes in prop::collection::vec(1_usize..6 << 20, 1..5)) {
            let mut frames = Vec::new();
            for size in &sizes {
                let (known_at, observed_at) = (Some(Instant::from_ms(0)), Instant::from_ms(0));
                Frame { known_at, observed_at, form: Form::Json, payload: &vec![b'x'; *size] }.put(&mut frames);
            }
            let key = Secret::random();
            let segments = seal(&mut Packer::new(), &key, OrgKey(1), 1, &frames).unwrap();
            let mut next_seq = 1;
            for Segment { head, .. } in &segments {
                prop_assert_eq!(head.from_seq, next_seq);
                prop_assert!(head.unpacked_bytes <= SEGMENT_BYTES_MAX as u64 || head.from_seq == head.to_seq);
                next_seq = head.to_seq + 1;
            }
            prop_assert_eq!(next_seq, sizes.len() as u64 + 1);
            prop_assert_eq!(open_all(&segments, &key), frames);
        }

    }

    proptest! {
        #[test]
        fn what_is_skipped_is_what_the_first_entries_take(before in 0_u64..20, after in 0_u64..20) {
            let all = sample::frames(1, before + after);
            let rest = sample::frames(1 + before, after);
            prop_assert_eq!(skip(&all, before), Some(rest.as_slice()));
            prop_assert_eq!(skip(&all, before + after + 1), None);
        }
    }

    #[test]
    fn an_entry_that_is_none_is_named() {
        let mut frames = sample::frames(7, 3);
        frames.pop();
        let error = seal(&mut Packer::new(), &Secret::random(), OrgKey(1), 7, &frames).unwrap_err();
        assert_eq!(error.tenant_seq, 9);
    }
}
