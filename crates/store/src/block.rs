//! A block: what one commit writes. A header that says whose entries lie where, and a body of slices.
//!
//! Invariants: the header's checksum covers the header and the row's numbers, and the body's checksum, which stands in the
//! header, covers the body as stored. No bit of a block changes unnoticed.

use crate::{Damage, OrgKey, Slice, varint};
use bytes::{Bytes, BytesMut};
use lz4_flex::block::{compress_into, decompress_into, get_maximum_output_size};
use salescope_domain::Instant;
use std::ops::Range;

/// The first byte of a header.
const VERSION: u8 = 1;

/// Bodies that are shorter are kept as they are: a page of the file takes as much.
const COMPRESSED_BYTES_MIN: usize = 512;

const CRC_BYTES: usize = 4;

/// A block's numbers, which are columns of its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BlockId {
    pub(crate) seq: u64,
    pub(crate) epoch: u64,
    pub(crate) committed_at: Instant,
}

/// One organisation's part of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) org: OrgKey,
    pub(crate) first_seq: u64,
    pub(crate) count: u32,
    /// Where it lies in the unpacked body, in bytes.
    pub(crate) offset: u32,
    pub(crate) len: u32,
}

impl Part {
    pub(crate) fn last_seq(&self) -> u64 {
        self.first_seq + u64::from(self.count) - 1
    }

    /// Where its frames lie in the block's unpacked body.
    pub(crate) fn range(&self) -> Range<usize> {
        let start = self.offset as usize;
        start..start + self.len as usize
    }

    /// Its frames in the block's unpacked body.
    pub(crate) fn frames<'a>(&self, body: &'a [u8]) -> &'a [u8] {
        &body[self.range()]
    }
}

/// What a header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) parts: Vec<Part>,
    /// The unpacked body's length.
    pub(crate) body_bytes: usize,
    compressed: bool,
    body_crc: u32,
}

/// A block as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Encoded {
    pub(crate) header: Vec<u8>,
    pub(crate) body: Vec<u8>,
}

/// Puts slices together. Each holds at least one entry; together they are shorter than 4 GiB.
pub(crate) fn encode(id: BlockId, slices: &[Slice], scratch: &mut Scratch) -> (Header, Encoded) {
    let body_bytes = slices.iter().map(Slice::len_bytes).sum();
    let Scratch { body, compressed } = scratch;
    body.clear();
    body.reserve(body_bytes);
    let mut parts = Vec::with_capacity(slices.len());
    for slice in slices {
        let Slice { org, first_seq, count, .. } = *slice;
        let (offset, len) = (offset_of(body.len()), offset_of(slice.len_bytes()));
        parts.push(Part { org, first_seq, count, offset, len });
        body.extend_from_slice(slice.bytes());
    }
    let stored = compress(body, compressed);
    let (is_compressed, stored) = (stored.is_some(), stored.unwrap_or(body).to_vec());
    let header = Header { parts, body_bytes, compressed: is_compressed, body_crc: crc32fast::hash(&stored) };
    let encoded = Encoded { header: header.encode(id), body: stored };
    scratch.shrink();
    (header, encoded)
}

/// Buffers that one commit leaves for the next: fresh ones of their size would be fetched from the system each time.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    body: Vec<u8>,
    compressed: Vec<u8>,
}

/// What the buffers keep: a few usual commits. A rare large one is given back.
const SCRATCH_BYTES_MAX: usize = 8 << 20;

impl Scratch {
    fn shrink(&mut self) {
        for buffer in [&mut self.body, &mut self.compressed] {
            if buffer.capacity() > SCRATCH_BYTES_MAX {
                *buffer = Vec::new();
            }
        }
    }
}

fn offset_of(bytes: usize) -> u32 {
    u32::try_from(bytes).expect("a commit is far smaller than 4 GiB")
}

/// The compressed body, where that is at least an eighth shorter.
fn compress<'a>(body: &[u8], room: &'a mut Vec<u8>) -> Option<&'a [u8]> {
    if body.len() < COMPRESSED_BYTES_MIN {
        return None;
    }
    let most = get_maximum_output_size(body.len());
    if room.len() < most {
        room.resize(most, 0);
    }
    let len = compress_into(body, room).expect("the output has the room that any input needs");
    (len < body.len() - body.len() / 8).then_some(&room[..len])
}

fn header_crc(id: BlockId, header: &[u8]) -> u32 {
    let numbers = [id.seq.to_le_bytes(), id.epoch.to_le_bytes(), id.committed_at.ms().to_le_bytes()];
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(numbers.as_flattened());
    hasher.update(header);
    hasher.finalize()
}

fn check_crc(found: u32, written: u32) -> Result<(), Damage> {
    let is_sound = found == written || salescope_faults::sabotage("torn_tail_accepted");
    if is_sound { Ok(()) } else { Err(Damage::Checksum) }
}

impl Header {
    fn encode(&self, id: BlockId) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(16 + self.parts.len() * 12);
        bytes.push(VERSION);
        bytes.push(u8::from(self.compressed));
        varint::put(&mut bytes, self.body_bytes as u64);
        varint::put(&mut bytes, self.parts.len() as u64);
        for part in &self.parts {
            varint::put(&mut bytes, u64::from(part.org.0));
            varint::put(&mut bytes, part.first_seq);
            varint::put(&mut bytes, u64::from(part.count));
            varint::put(&mut bytes, u64::from(part.len));
        }
        bytes.extend_from_slice(&self.body_crc.to_le_bytes());
        let crc = header_crc(id, &bytes);
        bytes.extend_from_slice(&crc.to_le_bytes());
        bytes
    }

    /// Reads a header, if it is what was written.
    pub(crate) fn decode(id: BlockId, bytes: &[u8]) -> Result<Self, Damage> {
        let (bytes, crc) = bytes.split_last_chunk::<CRC_BYTES>().ok_or(Damage::Checksum)?;
        check_crc(header_crc(id, bytes), u32::from_le_bytes(*crc))?;
        Self::parse(bytes).ok_or_else(|| Damage::Unreadable("the header has an unknown form".to_owned()))
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let ([version, compressed @ (0 | 1)], mut bytes) = bytes.split_first_chunk::<2>()? else {
            return None;
        };
        if *version != VERSION {
            return None;
        }
        let body_bytes = usize::try_from(varint::take(&mut bytes)?).ok()?;
        let count = varint::take(&mut bytes)?;
        let mut parts = Vec::new();
        let mut offset = 0_u32;
        for _ in 0..count {
            let org = OrgKey(u32::try_from(varint::take(&mut bytes)?).ok()?);
            let first_seq = varint::take(&mut bytes)?;
            let count = u32::try_from(varint::take(&mut bytes)?).ok()?;
            let len = u32::try_from(varint::take(&mut bytes)?).ok()?;
            if first_seq == 0 || count == 0 || first_seq.checked_add(u64::from(count)).is_none() {
                return None;
            }
            parts.push(Part { org, first_seq, count, offset, len });
            offset = offset.checked_add(len)?;
        }
        let body_crc = u32::from_le_bytes(bytes.try_into().ok()?);
        (offset as usize == body_bytes).then_some(Self {
            parts,
            body_bytes,
            compressed: *compressed == 1,
            body_crc,
        })
    }

    /// Unpacks the body, if it is what was written, into memory of `room` where it has to be unpacked.
    pub(crate) fn open(&self, body: Vec<u8>, room: &mut BytesMut) -> Result<Bytes, Damage> {
        check_crc(crc32fast::hash(&body), self.body_crc)?;
        let unpacked = if self.compressed {
            room.resize(self.body_bytes, 0);
            let len = decompress_into(&body, room);
            let mut unpacked = room.split();
            unpacked.truncate(len.map_err(|error| Damage::Unreadable(error.to_string()))?);
            unpacked.freeze()
        } else {
            body.into()
        };
        if unpacked.len() != self.body_bytes {
            return Err(Damage::Unreadable("the body has another length than its header says".to_owned()));
        }
        Ok(unpacked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SliceBuilder;
    use proptest::prelude::*;
    use salescope_domain::{KpiDefinitionEntry, KpiId, Payload, Version};

    fn payload(text: &str) -> Payload {
        let kpi = KpiId::new("won").expect("it is an id");
        Payload::from(KpiDefinitionEntry { kpi, version: Version::stated(1), yaml: Some(text.to_owned()) })
    }

    fn slice() -> impl Strategy<Value = Slice> {
        let texts = prop::collection::vec("[a-z]{0,400}", 1..6);
        (any::<u32>(), 1..u64::MAX / 2, texts).prop_map(|(org, first_seq, texts)| {
            let mut builder = SliceBuilder::new(OrgKey(org), first_seq);
            for text in texts {
                builder.push(None, Instant::from_ms(5), &payload(&text));
            }
            builder.finish()
        })
    }

    fn id() -> impl Strategy<Value = BlockId> {
        (any::<u64>(), any::<u64>(), any::<i64>()).prop_map(|(seq, epoch, ms)| BlockId {
            seq,
            epoch,
            committed_at: Instant::from_ms(ms),
        })
    }

    fn flipped(bytes: &[u8], bit: usize) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        bytes
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_block_reads_back_as_the_slices_that_it_was_made_of(
            id in id(),
            slices in prop::collection::vec(slice(), 0..8),
        ) {
            let (header, encoded) = encode(id, &slices, &mut Scratch::default());
            prop_assert_eq!(Header::decode(id, &encoded.header), Ok(header.clone()));
            let body = header.open(encoded.body, &mut BytesMut::new()).unwrap();
            prop_assert_eq!(header.parts.len(), slices.len());
            for (part, slice) in header.parts.iter().zip(&slices) {
                prop_assert_eq!((part.org, part.first_seq, part.count), (slice.org, slice.first_seq, slice.count));
                prop_assert_eq!(part.last_seq(), slice.last_seq());
                prop_assert_eq!(part.frames(&body), slice.bytes());
            }
        }

        #[test]
        fn bytes_that_are_no_block_do_no_harm(id in id(), bytes: Vec<u8>) {
            prop_assert!(Header::decode(id, &bytes).is_err());
            let mut checked = bytes.clone();
            checked.extend(header_crc(id, &bytes).to_le_bytes());
            if let Ok(header) = Header::decode(id, &checked) {
                prop_assert!(header.open(bytes, &mut BytesMut::new()).is_err());
            }
        }
    }

    #[test]
    fn every_bit_that_changes_is_noticed() {
        let id = BlockId { seq: 7, epoch: 3, committed_at: Instant::from_ms(99) };
        for text in ["short", &"a long text that repeats itself ".repeat(40)] {
            let mut builder = SliceBuilder::new(OrgKey(300), 41);
            builder.push(None, Instant::from_ms(5), &payload(text));
            let (header, encoded) = encode(id, &[builder.finish()], &mut Scratch::default());
            for bit in 0..encoded.header.len() * 8 {
                assert_eq!(Header::decode(id, &flipped(&encoded.header, bit)), Err(Damage::Checksum));
            }
            for bit in 0..encoded.body.len() * 8 {
                assert_eq!(
                    header.open(flipped(&encoded.body, bit), &mut BytesMut::new()),
                    Err(Damage::Checksum)
                );
            }
            let others = [
                BlockId { seq: 6, ..id },
                BlockId { epoch: 2, ..id },
                BlockId { committed_at: Instant::from_ms(98), ..id },
            ];
            for other in others {
                assert_eq!(Header::decode(other, &encoded.header), Err(Damage::Checksum));
            }
            for len in 0..encoded.body.len() {
                assert_eq!(
                    header.open(encoded.body[..len].to_vec(), &mut BytesMut::new()),
                    Err(Damage::Checksum)
                );
            }
        }
    }

    #[test]
    fn long_bodies_are_compressed_and_noise_is_not() {
        let id = BlockId { seq: 1, epoch: 1, committed_at: Instant::from_ms(0) };
        let mut builder = SliceBuilder::new(OrgKey(1), 1);
        for _ in 0..100 {
            builder.push(None, Instant::from_ms(5), &payload("the same again and again"));
        }
        let slice = builder.finish();
        let (header, encoded) = encode(id, std::slice::from_ref(&slice), &mut Scratch::default());
        assert!(header.compressed && encoded.body.len() < slice.len_bytes() / 10);
        let mut state = 1_u32;
        let noise = std::iter::repeat_with(|| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        });
        assert_eq!(compress(&noise.take(4_000).collect::<Vec<_>>(), &mut Vec::new()), None);
    }
}
