//! How a checkpoint is kept: a small one whole in its manifest, a large one as chunks that checkpoints share.
//!
//! Invariant: a chunk is named by what it holds, so that one that is there already is never written again, and one that
//! is not what its name says is never taken.

use crate::{Checkpoint, varint};
use bytes::Bytes;
use lz4_flex::block::{compress_into, decompress_into, get_maximum_output_size};
use sha2::{Digest, Sha256};

/// The first half of a SHA-256.
pub(crate) type ChunkHash = [u8; 16];

/// Sections are cut into pieces of this length, in bytes: long enough that a piece costs little beyond its bytes, short
/// enough that a small change does not write much.
pub(crate) const CHUNK_BYTES: usize = 256 << 10;

/// Up to this length, in bytes, a state is one row: most organisations are small.
const INLINE_BYTES_MAX: usize = 16 << 10;

const INLINE: u8 = 0;
const CHUNKED: u8 = 1;

/// A piece of a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Chunk {
    pub(crate) hash: ChunkHash,
    pub(crate) bytes: Bytes,
}

/// What a manifest's body says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Manifest {
    /// The sections themselves.
    Inline(Vec<Bytes>),
    /// Each section's length, and its chunks in order.
    Chunked(Vec<(usize, Vec<ChunkHash>)>),
}

impl Manifest {
    /// Cuts a state; the chunks that it consists of, none for a small one.
    pub(crate) fn of(sections: &[Bytes]) -> (Self, Vec<Chunk>) {
        if sections.iter().map(Bytes::len).sum::<usize>() <= INLINE_BYTES_MAX {
            return (Self::Inline(sections.to_vec()), Vec::new());
        }
        let mut chunks = Vec::new();
        let cut = |section: &Bytes| {
            let first = chunks.len();
            let starts = (0..section.len()).step_by(CHUNK_BYTES);
            chunks.extend(starts.map(|at| {
                let bytes = section.slice(at..section.len().min(at + CHUNK_BYTES));
                Chunk { hash: hash(&bytes), bytes }
            }));
            (section.len(), chunks[first..].iter().map(|chunk| chunk.hash).collect())
        };
        let sections = sections.iter().map(cut).collect();
        (Self::Chunked(sections), chunks)
    }

    /// The body's stored form.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        match self {
            Self::Inline(sections) => {
                bytes.push(INLINE);
                varint::put(&mut bytes, sections.len() as u64);
                for section in sections {
                    varint::put(&mut bytes, section.len() as u64);
                }
                bytes.extend(pack(&sections.concat()));
            }
            Self::Chunked(sections) => {
                bytes.push(CHUNKED);
                varint::put(&mut bytes, sections.len() as u64);
                for (len, hashes) in sections {
                    varint::put(&mut bytes, *len as u64);
                    bytes.extend_from_slice(hashes.as_flattened());
                }
            }
        }
        bytes
    }

    /// Reads what [`Self::encode`] wrote; `None` when it is not that.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (form, mut bytes) = bytes.split_first()?;
        let count = usize::try_from(varint::take(&mut bytes)?).ok()?;
        let take_len = |bytes: &mut &[u8]| usize::try_from(varint::take(bytes)?).ok();
        match *form {
            INLINE => {
                let lens = (0..count).map(|_| take_len(&mut bytes)).collect::<Option<Vec<_>>>()?;
                let total = lens.iter().try_fold(0_usize, |sum, len| sum.checked_add(*len))?;
                let mut state = unpack(bytes, total).filter(|_| total <= INLINE_BYTES_MAX)?;
                Some(Self::Inline(lens.into_iter().map(|len| state.split_to(len)).collect()))
            }
            CHUNKED => {
                let mut sections = Vec::new();
                for _ in 0..count {
                    let len = take_len(&mut bytes)?;
                    let (hashes, rest) = bytes
                        .split_at_checked(len.div_ceil(CHUNK_BYTES).checked_mul(size_of::<ChunkHash>())?)?;
                    let (hashes, _) = hashes.as_chunks::<{ size_of::<ChunkHash>() }>();
                    sections.push((len, hashes.to_vec()));
                    bytes = rest;
                }
                bytes.is_empty().then_some(Self::Chunked(sections))
            }
            _ => None,
        }
    }

    /// The chunks that it needs.
    pub(crate) fn hashes(&self) -> impl Iterator<Item = &ChunkHash> {
        let sections = match self {
            Self::Inline(_) => &[][..],
            Self::Chunked(sections) => sections,
        };
        sections.iter().flat_map(|(_, hashes)| hashes)
    }
}

/// The name of a chunk with these contents.
pub(crate) fn hash(bytes: &[u8]) -> ChunkHash {
    let mut hash = ChunkHash::default();
    hash.copy_from_slice(&Sha256::digest(bytes)[..size_of::<ChunkHash>()]);
    hash
}

/// Checksum of a manifest: of whose it is, its numbers and its body.
pub(crate) fn crc(org_key: u32, checkpoint: &Checkpoint, epoch: u64, body: &[u8]) -> u32 {
    let numbers = [
        u64::from(org_key).to_le_bytes(),
        checkpoint.tenant_seq.to_le_bytes(),
        u64::from(checkpoint.schema_version).to_le_bytes(),
        epoch.to_le_bytes(),
    ];
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(numbers.as_flattened());
    hasher.update(body);
    hasher.finalize()
}

const PLAIN: u8 = 0;
const LZ4: u8 = 1;

/// Compresses where that helps; the first byte tells.
pub(crate) fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut packed = vec![0; 1 + get_maximum_output_size(bytes.len())];
    packed[0] = LZ4;
    let len = compress_into(bytes, &mut packed[1..]).expect("the output has the room that any input needs");
    if len < bytes.len() {
        packed.truncate(1 + len);
    } else {
        packed.clear();
        packed.push(PLAIN);
        packed.extend_from_slice(bytes);
    }
    packed
}

/// Reads what [`pack`] wrote of `len` bytes; `None` when it is not that.
pub(crate) fn unpack(packed: &[u8], len: usize) -> Option<Bytes> {
    let (form, packed) = packed.split_first()?;
    match *form {
        PLAIN => (packed.len() == len).then(|| Bytes::copy_from_slice(packed)),
        LZ4 => {
            // No input grows more than 255 times: a length that is not ours must not take the memory.
            let mut bytes = vec![0; (len <= packed.len().saturating_mul(256)).then_some(len)?];
            (decompress_into(packed, &mut bytes).ok()? == len).then(|| bytes.into())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Few bytes many times over, or noise.
    fn section() -> impl Strategy<Value = Bytes> {
        let noise = prop::collection::vec(any::<u8>(), 0..64);
        (noise, 0_usize..20_000).prop_map(|(noise, times)| noise.repeat(times).into())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn a_state_is_put_together_again_from_its_manifest_and_chunks(
            sections in prop::collection::vec(section(), 0..4),
        ) {
            let (manifest, chunks) = Manifest::of(&sections);
            prop_assert_eq!(Manifest::decode(&manifest.encode()), Some(manifest.clone()));
            let Manifest::Chunked(parts) = manifest else {
                prop_assert_eq!(manifest, Manifest::Inline(sections));
                return Ok(());
            };
            for ((len, hashes), section) in parts.iter().zip(&sections) {
                let mut state = Vec::new();
                for hash in hashes {
                    let chunk = chunks.iter().find(|chunk| chunk.hash == *hash).unwrap();
                    prop_assert_eq!(unpack(&pack(&chunk.bytes), chunk.bytes.len()), Some(chunk.bytes.clone()));
                    state.extend_from_slice(&chunk.bytes);
                }
                prop_assert_eq!((*len, &state[..]), (section.len(), &section[..]));
            }
        }

        #[test]
        fn bytes_that_are_no_manifest_do_no_harm(bytes: Vec<u8>) {
            let mut bytes = bytes;
            Manifest::decode(&bytes);
            bytes.insert(0, CHUNKED);
            Manifest::decode(&bytes);
            bytes[0] = INLINE;
            Manifest::decode(&bytes);
        }
    }
}
