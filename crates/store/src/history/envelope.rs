//! How a sealed thing lies on the disk: form, nonce, AES-256-GCM ciphertext with its tag, CRC-32.
//!
//! Invariants: an envelope opens only with its key and in its own place, which is bound to it as associated data. The
//! checksum stands outside, so that a damaged envelope is told from one that another key closed.

use super::secret::Secret;
use crate::Damage;
use aes_gcm::aead::{Aead, Generate, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};

/// The first byte of an envelope.
const FORM: u8 = 1;

/// Random, so one key closes at most 2^32 envelopes (NIST SP 800-38D). An organisation that is sealed each second for a
/// hundred years has as many.
const NONCE_BYTES: usize = 12;

const CRC_BYTES: usize = 4;

/// Where an envelope belongs: what kind of thing it holds, and the numbers that tell it from others of the kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place(Vec<u8>);

impl Place {
    /// `kind` differs between kinds, and a kind's numbers are always as many.
    pub(crate) fn new(kind: &'static str, numbers: &[u64]) -> Self {
        Self::with_text(kind, numbers, &[])
    }

    /// As [`Self::new`], with bytes that belong to it as well.
    pub(crate) fn with_text(kind: &'static str, numbers: &[u64], text: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(2 + kind.len() + numbers.len() * 8 + text.len());
        bytes.push(FORM);
        bytes.extend_from_slice(kind.as_bytes());
        // No kind has a byte 0.
        bytes.push(0);
        for number in numbers {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend_from_slice(text);
        Self(bytes)
    }
}

/// Closes `plain` for `place`.
pub(crate) fn close(key: &Secret, place: &Place, plain: &[u8]) -> Vec<u8> {
    let nonce = Nonce::generate();
    let sealed = cipher(key).encrypt(&nonce, Payload { msg: plain, aad: &place.0 });
    let sealed = sealed.expect("what is closed is far shorter than the 64 GiB that the cipher takes");
    let mut bytes = Vec::with_capacity(1 + NONCE_BYTES + sealed.len() + CRC_BYTES);
    bytes.push(FORM);
    bytes.extend_from_slice(&nonce);
    bytes.extend_from_slice(&sealed);
    let crc = crc(place, &bytes);
    bytes.extend_from_slice(&crc.to_le_bytes());
    bytes
}

/// Opens what [`close`] made. [`Damage::Checksum`] when it, or the place's numbers, are not what was written;
/// [`Damage::WrongKey`] when they are and the key is not the one.
pub(crate) fn open(key: &Secret, place: &Place, bytes: &[u8]) -> Result<Vec<u8>, Damage> {
    let bytes = checked(place, bytes)?;
    let ([form], bytes) = bytes.split_first_chunk::<1>().ok_or(Damage::Checksum)?;
    if *form != FORM {
        return Err(Damage::Unreadable(format!("it is sealed in an unknown form {form}")));
    }
    let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or(Damage::Checksum)?;
    let opened = cipher(key).decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad: &place.0 });
    opened.map_err(|_| Damage::WrongKey)
}

/// The envelope without its checksum, if that fits. Needs no key.
fn checked<'a>(place: &Place, bytes: &'a [u8]) -> Result<&'a [u8], Damage> {
    let (bytes, stored) = bytes.split_last_chunk::<CRC_BYTES>().ok_or(Damage::Checksum)?;
    if crc(place, bytes) == u32::from_le_bytes(*stored) { Ok(bytes) } else { Err(Damage::Checksum) }
}

fn cipher(key: &Secret) -> Aes256Gcm {
    Aes256Gcm::new(key.bytes().into())
}

fn crc(place: &Place, bytes: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&place.0);
    hasher.update(bytes);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_envelope_opens_in_its_place_with_its_key_and_nowhere_else(plain: Vec<u8>, a: u64, b: u64) {
            let (key, place) = (Secret::random(), Place::new("thing", &[a, b]));
            let closed = close(&key, &place, &plain);
            prop_assert_eq!(open(&key, &place, &closed), Ok(plain));
            prop_assert_eq!(open(&Secret::random(), &place, &closed), Err(Damage::WrongKey));
            for other in [
                Place::new("thing", &[a, b.wrapping_add(1)]),
                Place::new("thong", &[a, b]),
                Place::with_text("thing", &[a, b], b"x"),
            ] {
                prop_assert_eq!(open(&key, &other, &closed), Err(Damage::Checksum));
            }
        }

        #[test]
        fn every_flipped_bit_is_told_as_damage(plain in prop::collection::vec(any::<u8>(), 0..32)) {
            let (key, place) = (Secret::random(), Place::new("thing", &[]));
            let closed = close(&key, &place, &plain);
            for bit in 0..closed.len() * 8 {
                let mut damaged = closed.clone();
                damaged[bit / 8] ^= 1 << (bit % 8);
                prop_assert_eq!(open(&key, &place, &damaged), Err(Damage::Checksum));
            }
        }

        #[test]
        fn no_bytes_are_taken_for_an_envelope_by_chance(bytes: Vec<u8>) {
            prop_assert!(open(&Secret::random(), &Place::new("thing", &[]), &bytes).is_err());
        }
    }

    #[test]
    fn an_envelope_that_was_moved_with_its_checksum_set_right_does_not_open() {
        let key = Secret::random();
        let (here, there) = (Place::new("thing", &[1]), Place::new("thing", &[2]));
        let mut closed = close(&key, &here, b"mine");
        let at = closed.len() - CRC_BYTES;
        let crc = crc(&there, &closed[..at]);
        closed[at..].copy_from_slice(&crc.to_le_bytes());
        assert_eq!(open(&key, &there, &closed), Err(Damage::WrongKey));
    }

    #[test]
    fn the_same_text_is_closed_differently_each_time() {
        let (key, place) = (Secret::random(), Place::new("thing", &[]));
        assert_ne!(close(&key, &place, b"same"), close(&key, &place, b"same"));
    }
}
