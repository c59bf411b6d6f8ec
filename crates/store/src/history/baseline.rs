//! A baseline: the state that stands for entries that are no longer kept.
//!
//! Invariant: its hash is that of the state, and its envelope binds the state to its organisation, its position and what
//! verification said.

use super::envelope::{self, Place};
use super::secret::Secret;
use crate::{Damage, OrgKey, varint};
use salescope_domain::Instant;
use sha2::{Digest, Sha256};

/// Sections are kept in pieces of this length, in bytes before compression: SQLite takes no value above 1 GB, and memory
/// holds one piece twice.
pub(crate) const PIECE_BYTES: usize = 4 << 20;

const COMPRESSION_LEVEL: i32 = 3;

/// What verification said of a baseline's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// When.
    pub at: Instant,
    /// Answers of the state that were compared with those that were come to on another way.
    pub answers: u64,
    /// Those that differed.
    pub differences: u64,
    /// The last entry up to which that way was an independent recomputation from the entries themselves; 0 for none.
    pub recomputed_seq: u64,
}

/// A state that history begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baseline {
    /// The last entry that it includes. The first one that is kept comes after it.
    pub tenant_seq: u64,
    /// The form of the sections, which only the saver knows.
    pub schema_version: u32,
    /// The state.
    pub sections: Vec<Vec<u8>>,
    /// What verification said.
    pub verified: Verified,
}

impl Baseline {
    /// SHA-256 of the state: of each section's length and bytes.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        let mut hasher = Sha256::new();
        for section in &self.sections {
            hasher.update((section.len() as u64).to_le_bytes());
            hasher.update(section);
        }
        hasher.finalize().into()
    }
}

/// What a baseline's row says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BaselineHead {
    pub(crate) org: OrgKey,
    pub(crate) tenant_seq: u64,
    pub(crate) schema_version: u32,
    pub(crate) verified: Verified,
    pub(crate) hash: Vec<u8>,
    /// The sections' lengths.
    pub(crate) layout: Vec<u8>,
}

impl BaselineHead {
    pub(crate) fn of(org: OrgKey, baseline: &Baseline) -> Self {
        let mut layout = Vec::new();
        for section in &baseline.sections {
            varint::put(&mut layout, section.len() as u64);
        }
        Self {
            org,
            tenant_seq: baseline.tenant_seq,
            schema_version: baseline.schema_version,
            verified: baseline.verified,
            hash: baseline.hash().to_vec(),
            layout,
        }
    }

    fn place(&self, piece: u64) -> Place {
        let Verified { at, answers, differences, recomputed_seq } = self.verified;
        let numbers = [
            u64::from(self.org.0),
            self.tenant_seq,
            u64::from(self.schema_version),
            at.ms().cast_unsigned(),
            answers,
            differences,
            recomputed_seq,
            piece,
        ];
        Place::with_text("baseline", &numbers, &[self.hash.as_slice(), self.layout.as_slice()].concat())
    }

    fn section_bytes(&self) -> Option<Vec<usize>> {
        let mut left = self.layout.as_slice();
        let mut lengths = Vec::new();
        while !left.is_empty() {
            lengths.push(usize::try_from(varint::take(&mut left)?).ok()?);
        }
        Some(lengths)
    }
}

/// The pieces of a baseline, sealed. There is one at least, so that what the row says is bound to something.
pub(crate) fn seal<'a>(
    key: &'a Secret,
    head: &'a BaselineHead,
    baseline: &'a Baseline,
) -> impl Iterator<Item = Vec<u8>> + 'a {
    let pieces = baseline.sections.iter().flat_map(|section| section.chunks(PIECE_BYTES));
    let none = baseline.sections.iter().all(Vec::is_empty).then_some(&[][..]);
    pieces.chain(none).zip(0..).map(|(piece, number)| {
        let packed =
            zstd::bulk::compress(piece, COMPRESSION_LEVEL).expect("compression into memory does not fail");
        envelope::close(key, &head.place(number), &packed)
    })
}

/// The baseline in its pieces, if it is what was written.
pub(crate) fn open(key: &Secret, head: &BaselineHead, pieces: &[Vec<u8>]) -> Result<Baseline, Damage> {
    let unreadable = |why: &str| Damage::Unreadable(why.to_owned());
    let mut opened = pieces.iter().zip(0..).map(|(piece, number)| {
        let packed = envelope::open(key, &head.place(number), piece)?;
        let piece = zstd::bulk::decompress(&packed, PIECE_BYTES);
        piece.map_err(|error| Damage::Unreadable(error.to_string()))
    });
    let lengths = head.section_bytes().ok_or_else(|| unreadable("its sections' lengths are none"))?;
    let mut sections = Vec::with_capacity(lengths.len());
    for length in lengths {
        let mut section = Vec::new();
        while section.len() < length {
            section.extend(opened.next().ok_or(Damage::Missing)??);
        }
        sections.push(section);
    }
    // The piece that stands for no bytes at all, or more than there should be.
    if opened.any(|piece| piece.is_ok_and(|piece| !piece.is_empty())) {
        return Err(unreadable("it is longer than its row says"));
    }
    let BaselineHead { tenant_seq, schema_version, verified, .. } = *head;
    let baseline = Baseline { tenant_seq, schema_version, sections, verified };
    if baseline.hash() == head.hash.as_slice() { Ok(baseline) } else { Err(Damage::Checksum) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn baseline(lengths: &[usize]) -> Baseline {
        let section = |length: &usize| (0..*length).map(|at| (at % 251) as u8).collect();
        let verified = Verified { at: Instant::from_ms(5), answers: 400, differences: 0, recomputed_seq: 7 };
        Baseline {
            tenant_seq: 9,
            schema_version: 3,
            sections: lengths.iter().map(section).collect(),
            verified,
        }
    }

    proptest! {
        #[test]
        fn a_baseline_reads_back_from_its_pieces(
            lengths in prop::collection::vec(prop_oneof![Just(0), 1..100_usize, Just(PIECE_BYTES), PIECE_BYTES..PIECE_BYTES + 9], 0..4),
        ) {
            let (key, baseline) = (Secret::random(), baseline(&lengths));
            let head = BaselineHead::of(OrgKey(1), &baseline);
            let pieces: Vec<_> = seal(&key, &head, &baseline).collect();
            prop_assert!(!pieces.is_empty());
            prop_assert_eq!(open(&key, &head, &pieces), Ok(baseline));
        }
    }

    #[test]
    fn what_the_row_says_cannot_be_changed_unnoticed() {
        let (key, baseline) = (Secret::random(), baseline(&[3]));
        let head = BaselineHead::of(OrgKey(1), &baseline);
        let pieces: Vec<_> = seal(&key, &head, &baseline).collect();
        let verified = Verified { differences: 1, ..head.verified };
        for changed in [
            BaselineHead { verified, ..head.clone() },
            BaselineHead { verified: Verified { recomputed_seq: 9, ..head.verified }, ..head.clone() },
            BaselineHead { tenant_seq: 10, ..head.clone() },
            BaselineHead { org: OrgKey(2), ..head.clone() },
        ] {
            assert_eq!(open(&key, &changed, &pieces), Err(Damage::Checksum));
        }
        assert_eq!(open(&key, &head, &[]), Err(Damage::Missing));
    }
}
