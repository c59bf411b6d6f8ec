//! How one entry lies among others: flags, times, length, payload.
//!
//! Invariants: frames need nothing but their own bytes and the commit time to be read: slices, blocks and segments hold the
//! same ones. A payload is in the compact form where its kind has one, else JSON; both are read for good, so that old journals
//! stay readable.

use crate::{Damage, varint};
use salescope_domain::{Instant, Payload};

/// The frame states its `known_at`; without it, the entry became known with its commit.
const KNOWN_AT: u8 = 1;

/// The payload is in the compact form.
const COMPACT: u8 = 2;

/// Bytes of the payload's length. Fixed, so that the payload is written in place and measured afterwards.
const LENGTH_BYTES: usize = 4;

/// How a payload is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Json,
    Compact,
}

/// A frame's parts; the payload is as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame<'a> {
    /// When the source knew it, where that is stated.
    pub(crate) known_at: Option<Instant>,
    /// When we took it in.
    pub(crate) observed_at: Instant,
    pub(crate) form: Form,
    pub(crate) payload: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Appends the frame.
    pub(crate) fn put(&self, bytes: &mut Vec<u8>) {
        put_front(bytes, self.known_at, self.observed_at, self.form);
        let length = u32::try_from(self.payload.len()).expect("a payload is far smaller than 4 GiB");
        bytes.extend_from_slice(&length.to_le_bytes());
        bytes.extend_from_slice(self.payload);
    }

    /// Takes a frame from the front of `bytes`; `None` when what stands there is none.
    pub(crate) fn take(bytes: &mut &'a [u8]) -> Option<Self> {
        let (flags, mut rest) = bytes.split_first()?;
        if flags & !(KNOWN_AT | COMPACT) != 0 {
            return None;
        }
        let known_at = match flags & KNOWN_AT {
            0 => None,
            _ => Some(Instant::from_ms(varint::take_signed(&mut rest)?)),
        };
        let form = if flags & COMPACT == 0 { Form::Json } else { Form::Compact };
        let observed_at = Instant::from_ms(varint::take_signed(&mut rest)?);
        let (length, rest) = rest.split_first_chunk::<LENGTH_BYTES>()?;
        let (payload, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        *bytes = rest;
        Some(Self { known_at, observed_at, form, payload })
    }

    /// What the payload says.
    pub(crate) fn read(&self) -> Result<Payload, Damage> {
        match self.form {
            Form::Json => serde_json::from_slice(self.payload).map_err(|error| error.to_string()),
            Form::Compact => Payload::from_compact(self.payload).map_err(|error| error.to_string()),
        }
        .map_err(Damage::Unreadable)
    }

    /// When it was known, given when it was committed.
    pub(crate) fn known_at(&self, committed_at: Instant) -> Instant {
        self.known_at.unwrap_or(committed_at).min(committed_at)
    }
}

/// What stands where a frame should.
pub(crate) fn not_a_frame() -> Damage {
    Damage::Unreadable("it is no entry".to_owned())
}

/// Appends an entry whose payload is not written yet.
pub(crate) fn put_entry(
    bytes: &mut Vec<u8>,
    known_at: Option<Instant>,
    observed_at: Instant,
    payload: &Payload,
) {
    let start = bytes.len();
    put_front(bytes, known_at, observed_at, Form::Compact);
    let at = bytes.len();
    bytes.extend_from_slice(&[0; LENGTH_BYTES]);
    if !payload.put_compact(bytes) {
        bytes[start] &= !COMPACT;
        serde_json::to_writer(&mut *bytes, payload).expect("a payload is plain data with text keys");
    }
    let length = bytes.len() - at - LENGTH_BYTES;
    let length = u32::try_from(length).expect("a payload is far smaller than 4 GiB");
    bytes[at..at + LENGTH_BYTES].copy_from_slice(&length.to_le_bytes());
}

fn put_front(bytes: &mut Vec<u8>, known_at: Option<Instant>, observed_at: Instant, form: Form) {
    let form = if form == Form::Compact { COMPACT } else { 0 };
    match known_at {
        None => bytes.push(form),
        Some(at) => {
            bytes.push(form | KNOWN_AT);
            varint::put_signed(bytes, at.ms());
        }
    }
    varint::put_signed(bytes, observed_at.ms());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn instant() -> impl Strategy<Value = Instant> {
        any::<i64>().prop_map(Instant::from_ms)
    }

    proptest! {
        #[test]
        fn frames_read_back_one_after_another(
            parts in prop::collection::vec(
                (prop::option::of(instant()), instant(), any::<bool>(), any::<Vec<u8>>()),
                0..8,
            ),
        ) {
            let frames: Vec<_> = parts
                .iter()
                .map(|(known_at, observed_at, is_json, payload)| Frame {
                    known_at: *known_at,
                    observed_at: *observed_at,
                    form: if *is_json { Form::Json } else { Form::Compact },
                    payload,
                })
                .collect();
            let mut bytes = Vec::new();
            for frame in &frames {
                frame.put(&mut bytes);
            }
            let mut left = bytes.as_slice();
            for frame in frames {
                prop_assert_eq!(Frame::take(&mut left), Some(frame));
            }
            prop_assert_eq!(Frame::take(&mut left), None);
            prop_assert!(left.is_empty());
        }

        #[test]
        fn bytes_that_are_no_frame_are_left_where_they_are(bytes: Vec<u8>) {
            let mut left = bytes.as_slice();
            if Frame::take(&mut left).is_none() {
                prop_assert_eq!(left, &bytes);
            }
        }
    }
}
