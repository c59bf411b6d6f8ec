//! An organisation's entries on their way from blocks into sealed history.
//!
//! Invariant: every frame that a run gives states when it was known. Blocks leave that to their own commit time, and blocks go.

use crate::frame::{self, Frame};
use crate::{Damage, OrgKey};
use bytes::Bytes;
use salescope_domain::{Instant, OrgId};

/// Bytes that the time of knowing adds to a frame, for all times from 2005 to 3084.
const KNOWN_AT_BYTES: usize = 6;

/// A block's entries of one organisation, as they lie there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// Which block it is.
    pub(crate) block: u64,
    pub(crate) committed_at: Instant,
    pub(crate) count: u32,
    pub(crate) frames: Bytes,
}

/// Entries of one organisation, one after another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    /// For messages.
    pub(crate) org: OrgId,
    pub(crate) key: OrgKey,
    /// The first entry's position.
    pub(crate) first_seq: u64,
    count: u64,
    len_bytes: usize,
    pieces: Vec<Piece>,
}

/// What stands where an entry of a block should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SpoiltEntry {
    pub(crate) block: u64,
    pub(crate) tenant_seq: u64,
    pub(crate) damage: Damage,
}

impl Run {
    /// A run without entries, which goes on at `first_seq`.
    pub(crate) fn new(org: OrgId, key: OrgKey, first_seq: u64) -> Self {
        Self { org, key, first_seq, count: 0, len_bytes: 0, pieces: Vec::new() }
    }

    /// The position of the entry that comes after its last one.
    pub(crate) fn next_seq(&self) -> u64 {
        self.first_seq + self.count
    }

    /// About what its frames take, in bytes.
    pub(crate) fn len_bytes(&self) -> usize {
        self.len_bytes
    }

    /// Appends the next entries.
    pub(crate) fn push(&mut self, piece: Piece) {
        self.count += u64::from(piece.count);
        self.len_bytes += piece.frames.len() + piece.count as usize * KNOWN_AT_BYTES;
        self.pieces.push(piece);
    }

    /// Appends all frames but the first `skip` to `bytes`.
    ///
    /// # Errors
    /// The first entry that is none.
    pub(crate) fn put(&self, skip: u64, bytes: &mut Vec<u8>) -> Result<(), SpoiltEntry> {
        bytes.reserve(self.len_bytes);
        let mut tenant_seq = self.first_seq;
        for Piece { block, committed_at, count, frames } in &self.pieces {
            let mut frames = frames.as_ref();
            for _ in 0..*count {
                let spoilt = || SpoiltEntry { block: *block, tenant_seq, damage: frame::not_a_frame() };
                let frame = Frame::take(&mut frames).ok_or_else(spoilt)?;
                if tenant_seq >= self.first_seq + skip {
                    let known_at = Some(frame.known_at(*committed_at));
                    Frame { known_at, ..frame }.put(bytes);
                }
                tenant_seq += 1;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Form;

    fn piece(count: u32, frames: &[Frame<'_>], committed_at: Instant) -> Piece {
        let mut bytes = Vec::new();
        frames.iter().for_each(|frame| frame.put(&mut bytes));
        Piece { block: 3, committed_at, count, frames: bytes.into() }
    }

    fn frame(known_at: Option<Instant>) -> Frame<'static> {
        Frame { known_at, observed_at: Instant::from_ms(1), form: Form::Json, payload: b"x" }
    }

    #[test]
    fn an_entry_that_does_not_say_when_it_was_known_became_known_with_its_commit() {
        let at = Instant::from_ms;
        let mut run = Run::new(OrgId::new("acme").unwrap(), OrgKey(1), 7);
        run.push(piece(2, &[frame(None), frame(Some(at(5)))], at(10)));
        run.push(piece(1, &[frame(Some(at(90)))], at(20)));
        assert_eq!(run.next_seq(), 10);
        for skip in 0..=3 {
            let mut bytes = Vec::new();
            run.put(skip, &mut bytes).unwrap();
            let mut left = bytes.as_slice();
            let known: Vec<_> =
                std::iter::from_fn(|| Frame::take(&mut left)).map(|frame| frame.known_at).collect();
            let all = [Some(at(10)), Some(at(5)), Some(at(20))];
            assert_eq!(known, all[usize::try_from(skip).unwrap()..]);
        }
    }

    #[test]
    fn an_entry_that_is_none_is_named_with_its_block() {
        let mut run = Run::new(OrgId::new("acme").unwrap(), OrgKey(1), 7);
        run.push(piece(2, &[frame(None)], Instant::from_ms(1)));
        let spoilt = run.put(0, &mut Vec::new()).unwrap_err();
        assert_eq!((spoilt.block, spoilt.tenant_seq), (3, 8));
    }

    #[test]
    fn the_length_of_frames_of_our_time_is_exact() {
        let now: Instant = "2026-11-25T12:00:00Z".parse().unwrap();
        let mut run = Run::new(OrgId::new("acme").unwrap(), OrgKey(1), 1);
        run.push(piece(2, &[frame(None), frame(None)], now));
        let mut bytes = Vec::new();
        run.put(0, &mut bytes).unwrap();
        assert_eq!(bytes.len(), run.len_bytes());
    }
}
