//! Source versions: which of two statements about an object is the newer one.

use serde::{Deserialize, Serialize};

/// What a version number stands on.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, minicbor::Encode, minicbor::Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Basis {
    /// The source states it: a version counter, or its modification time in milliseconds.
    #[n(0)]
    Stated,
    /// The business time of an event without a version; of two equal ones the later arrival wins.
    #[n(1)]
    Timed,
    /// The time of reading a snapshot that states no change time; the same content is no news.
    #[n(2)]
    Snapshot,
}

/// A version of an object, ordered by number, then sequence.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, minicbor::Encode, minicbor::Decode,
)]
#[cbor(map)]
pub struct Version {
    /// What the number stands on.
    #[n(0)]
    pub basis: Basis,
    /// Counter, or milliseconds since the epoch.
    #[n(1)]
    pub number: i64,
    /// Order among changes with the same number.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[n(2)]
    #[cbor(skip_if = "is_zero")]
    pub sequence: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if hands a reference")]
pub(crate) fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl Version {
    /// A version that the source states.
    #[must_use]
    pub fn stated(number: i64) -> Self {
        Self { basis: Basis::Stated, number, sequence: 0 }
    }

    /// A version taken from a business time in milliseconds.
    #[must_use]
    pub fn timed(ms: i64) -> Self {
        Self { basis: Basis::Timed, number: ms, sequence: 0 }
    }

    /// A snapshot read at this time in milliseconds.
    #[must_use]
    pub fn snapshot(ms: i64) -> Self {
        Self { basis: Basis::Snapshot, number: ms, sequence: 0 }
    }

    /// Number and sequence: what versions are ordered by.
    #[must_use]
    pub fn order(self) -> (i64, u32) {
        (self.number, self.sequence)
    }

    /// Whether this one may replace `last`: a stated one must be newer, the others must not be older.
    #[must_use]
    pub fn supersedes(self, last: (i64, u32)) -> bool {
        match self.basis {
            Basis::Stated => self.order() > last,
            Basis::Timed | Basis::Snapshot => self.order() >= last,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_version_never_supersedes_and_an_equal_stated_one_does_not_either() {
        let last = (5, 1);
        assert!(!Version::stated(5).supersedes(last));
        assert!(!Version { sequence: 1, ..Version::stated(5) }.supersedes(last));
        assert!(Version { sequence: 2, ..Version::stated(5) }.supersedes(last));
        assert!(Version { sequence: 1, ..Version::timed(5) }.supersedes(last));
        assert!(!Version::timed(4).supersedes(last));
        assert!(Version::stated(6).supersedes(last));
    }
}
