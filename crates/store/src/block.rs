//! A block: what one commit writes. A header that says whose entries lie where, and a body of slices.
//!
//! Invariants: the header's checksum covers the header and the row's numbers, and the body's checksum, which stands in the
//! header, covers the body as stored. No bit of a block changes unnoticed.

use crate::{Damage, OrgKey, Slice, varint};
use lz4_flex::block::{compress_into, decompress_into, get_maximum_output_size};
use salescope_domain::Instant;

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

    /// Its frames in the block's unpacked body.
    pub(crate) fn frames<'a>(&self, body: &'a [u8]) -> &'a [u8] {
        &body[self.offset as usize..][..self.len as usize]
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
pub(crate) fn encode(id: BlockId, slices: &[Slice]) -> (Header, Encoded) {
    let body_bytes = slices.iter().map(Slice::len_bytes).sum();
    let mut body = Vec::with_capacity(body_bytes);
    let mut parts = Vec::with_capacity(slices.len());
    for slice in slices {
        let Slice { org, first_seq, count, .. } = *slice;
        let (offset, len) = (offset_of(body.len()), offset_of(slice.len_bytes()));
        parts.push(Part { org, first_seq, count, offset, len });
        body.extend_from_slice(slice.bytes());
    }
    let compressed = compress(&body);
    let is_compressed = compressed.is_some();
    let body = compressed.unwrap_or(body);
    let header = Header { parts, body_bytes, compressed: is_compressed, body_crc: crc32fast::hash(&body) };
    let encoded = Encoded { header: header.encode(id), body };
    (header, encoded)
}

fn offset_of(bytes: usize) -> u32 {
    u32::try_from(bytes).expect("a commit is far smaller than 4 GiB")
}

/// The compressed body, where that is at least an eighth shorter.
fn compress(body: &[u8]) -> Option<Vec<u8>> {
    if body.len() < COMPRESSED_BYTES_MIN {
        return None;
    }
    let mut compressed = vec![0; get_maximum_output_size(body.len())];
    let len = compress_into(body, &mut compressed).expect("the output has the room that any input needs");
    compressed.truncate(len);
    (len < body.len() - body.len() / 8).then_some(compressed)
}

fn header_crc(id: BlockId, header: &[u8]) -> u32 {
    let numbers = [id.seq.to_le_bytes(), id.epoch.to_le_bytes(), id.committed_at.ms().to_le_bytes()];
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(numbers.as_flattened());
    hasher.update(header);
    hasher.finalize()
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
        if header_crc(id, bytes) != u32::from_le_bytes(*crc) {
            return Err(Damage::Checksum);
        }
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

    /// Unpacks the body, if it is what was written.
    pub(crate) fn open(&self, body: Vec<u8>) -> Result<Vec<u8>, Damage> {
        if crc32fast::hash(&body) != self.body_crc {
            return Err(Damage::Checksum);
        }
        let unpacked = if self.compressed {
            let mut unpacked = vec![0; self.body_bytes];
            let len = decompress_into(&body, &mut unpacked);
            unpacked.truncate(len.map_err(|error| Damage::Unreadable(error.to_string()))?);
            unpacked
        } else {
            body
        };
        if unpacked.len() != self.body_bytes {
            return Err(Damage::Unreadable("the body has another length than its header says".to_owned()));
        }
        Ok(unpacked)
    }
}
