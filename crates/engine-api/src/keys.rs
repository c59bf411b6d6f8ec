//! API keys, as far as the engine keeps them: by hash. Whoever makes a key shows it once and forgets it.
//!
//! Invariant: a key's text is 256 random bits behind a prefix by which scanners for leaked secrets find it.

use salescope_domain::{Instant, Label, OrgId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Length of a key's hash.
pub const KEY_HASH_BYTES: usize = 32;

/// SHA-256 of a key. Keys are random, 256 bits: nothing slower is needed.
pub type KeyHash = [u8; KEY_HASH_BYTES];

/// What every key begins with.
pub const KEY_PREFIX: &str = "ssk_";

/// A new key and its hash, of 32 bytes of a random source fit for secrets.
#[must_use]
pub fn generate_key(random: [u8; 32]) -> (String, KeyHash) {
    let mut key = String::with_capacity(KEY_PREFIX.len() + 2 * random.len());
    key.push_str(KEY_PREFIX);
    for byte in random {
        write!(key, "{byte:02x}").expect("a string takes every digit");
    }
    let hash = hash_key(&key);
    (key, hash)
}

/// The hash by which a key is kept and found.
#[must_use]
pub fn hash_key(key: &str) -> KeyHash {
    Sha256::digest(key).into()
}

/// A key to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewKey {
    /// Whose data it opens.
    pub org: OrgId,
    /// What it is for, as its owner calls it.
    pub name: Label,
    /// Its hash.
    pub hash: KeyHash,
}

/// A key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// Its number, unique in the installation.
    pub id: u64,
    /// Whose data it opens.
    pub org: OrgId,
    /// What it is for.
    pub name: Label,
    /// When it was made.
    pub created_at: Instant,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_by_the_hash_that_it_was_made_with() {
        let (key, hash) = generate_key([7; 32]);
        assert_eq!(key, format!("ssk_{}", "07".repeat(32)));
        assert_eq!(hash_key(&key), hash);
        assert_ne!(hash_key(&key[1..]), hash);
    }
}
