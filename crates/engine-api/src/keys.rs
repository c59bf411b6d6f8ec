//! API keys, as far as the engine keeps them: by hash. Whoever makes a key shows it once and forgets it.

use salescope_domain::{Instant, Label, OrgId};
use serde::{Deserialize, Serialize};

/// Length of a key's hash.
pub const KEY_HASH_BYTES: usize = 32;

/// SHA-256 of a key. Keys are random, 256 bits: nothing slower is needed.
pub type KeyHash = [u8; KEY_HASH_BYTES];

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
