//! The frame of a snapshot: a directory, then the bodies that it lists, end to end.
//!
//! Layout, little endian: magic `SLKP`, version, number of bodies, then (tag, length, CRC-32) of each, then the CRC-32 of all
//! that; then the bodies. Invariant: a body says nothing of the others and of its place, so that one that did not change is the
//! same bytes in the next snapshot.

use super::{MAGIC, SNAPSHOT_VERSION, SnapshotError, number};

/// Magic, version and number of bodies.
const DIRECTORY_HEAD: usize = 12;
/// Tag (4), length (8) and CRC-32 (4).
const LISTED: usize = 16;

/// What a body holds. The codes are those that were ever written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag(pub(super) u32);

/// Puts the directory before the bodies.
pub(super) fn with_directory(bodies: Vec<(Tag, Vec<u8>)>) -> Vec<Vec<u8>> {
    let mut directory = Vec::with_capacity(DIRECTORY_HEAD + LISTED * bodies.len() + 4);
    directory.extend_from_slice(MAGIC);
    directory.extend_from_slice(&SNAPSHOT_VERSION.to_le_bytes());
    let count = u32::try_from(bodies.len()).expect("a snapshot has fewer than 2^32 sections");
    directory.extend_from_slice(&count.to_le_bytes());
    for (Tag(tag), body) in &bodies {
        directory.extend_from_slice(&tag.to_le_bytes());
        directory.extend_from_slice(&(body.len() as u64).to_le_bytes());
        directory.extend_from_slice(&crc32fast::hash(body).to_le_bytes());
    }
    directory.extend_from_slice(&crc32fast::hash(&directory).to_le_bytes());
    std::iter::once(directory).chain(bodies.into_iter().map(|(_, body)| body)).collect()
}

/// A body as it lies in a snapshot, not checked yet.
#[derive(Clone, Copy)]
pub(super) struct Body<'a> {
    pub(super) tag: Tag,
    crc: u32,
    start: usize,
    bytes: &'a [u8],
}

impl<'a> Body<'a> {
    /// The bytes, if they are whole.
    pub(super) fn checked(self) -> Result<&'a [u8], SnapshotError> {
        if crc32fast::hash(self.bytes) == self.crc {
            Ok(self.bytes)
        } else {
            Err(SnapshotError::Damaged(self.start))
        }
    }
}

/// The bodies of a snapshot whose directory is whole, and which ends where it should.
pub(super) fn bodies(bytes: &[u8]) -> Result<Vec<Body<'_>>, SnapshotError> {
    let count = u32::from_le_bytes(number(bytes, DIRECTORY_HEAD - 4)?) as usize;
    let listed_end = count.checked_mul(LISTED).and_then(|len| len.checked_add(DIRECTORY_HEAD));
    let listed_end = listed_end.ok_or(SnapshotError::Damaged(DIRECTORY_HEAD - 4))?;
    let crc = u32::from_le_bytes(number(bytes, listed_end)?);
    if crc32fast::hash(&bytes[..listed_end]) != crc {
        return Err(SnapshotError::Damaged(0));
    }
    let mut start = listed_end + 4;
    let mut bodies = Vec::with_capacity(count);
    for at in (DIRECTORY_HEAD..listed_end).step_by(LISTED) {
        let tag = Tag(u32::from_le_bytes(number(bytes, at)?));
        let len = usize::try_from(u64::from_le_bytes(number(bytes, at + 4)?)).ok();
        let crc = u32::from_le_bytes(number(bytes, at + 12)?);
        let end = len.and_then(|len| start.checked_add(len)).ok_or(SnapshotError::Damaged(at))?;
        let body = bytes.get(start..end).ok_or(SnapshotError::Damaged(bytes.len()))?;
        bodies.push(Body { tag, crc, start, bytes: body });
        start = end;
    }
    if start == bytes.len() { Ok(bodies) } else { Err(SnapshotError::Damaged(start)) }
}
