//! Secret keys: 256 bits that are wiped when they go and never show in a log.

use aes_gcm::aead::Generate;
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Length of a key, in bytes: AES-256.
pub(crate) const SECRET_BYTES: usize = 32;

/// A secret key.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub(crate) struct Secret([u8; SECRET_BYTES]);

impl Secret {
    /// A key that nobody had before, from the system's source of randomness.
    pub(crate) fn random() -> Self {
        Self(Generate::generate())
    }

    pub(crate) fn new(bytes: [u8; SECRET_BYTES]) -> Self {
        Self(bytes)
    }

    pub(crate) fn bytes(&self) -> &[u8; SECRET_BYTES] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}
