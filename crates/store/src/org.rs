//! What a store knows of an organisation without reading its journal.

use salescope_domain::{Instant, OrgId};
use std::fmt;

/// An organisation's number in this store: short, never reused.
#[derive(Copy, Clone, Eq, PartialEq, Ord, PartialOrd, Hash, Debug)]
pub struct OrgKey(pub u32);

impl fmt::Display for OrgKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// An organisation and where its journal ends.
#[derive(Clone, Eq, PartialEq, Debug)]
pub struct OrgHead {
    /// Its number here.
    pub key: OrgKey,
    /// Its name.
    pub org: OrgId,
    /// When it was created.
    pub created_at: Instant,
    /// Its last entry; 0 when there is none.
    pub last_seq: u64,
    /// The last entry that its newest checkpoint includes; 0 when there is no checkpoint.
    pub checkpoint_seq: u64,
}
