//! What can go wrong with keys and sealed history, beyond damage of entries.

use crate::OrgKey;
use salescope_domain::OrgId;
use std::path::PathBuf;

/// Why sealed history cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HistoryError {
    /// Data keys are there, the master key that opens them is not.
    #[error(
        "the master key {path} is missing, and without it sealed history cannot be read: put it back from where it was backed up"
    )]
    MasterKeyMissing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The file holds something else than a key.
    #[error("{path} is no master key: it has {bytes} bytes where a key has {expected}")]
    MasterKeyInvalid {
        /// The file.
        path: PathBuf,
        /// Its length.
        bytes: usize,
        /// A key's length.
        expected: usize,
    },
    /// A master key that did not close what is here.
    #[error(
        "this is not the master key that the data directory was written with: use the one from the same installation or backup"
    )]
    MasterKeyWrong,
    /// The data directory was written with a version of the master key that is not at hand.
    #[error("a data key is wrapped with version {version} of the master key; version {current} is in use")]
    MasterKeyVersion {
        /// The version asked for.
        version: u32,
        /// The one at hand.
        current: u32,
    },
    /// An organisation has sealed history and no key to it.
    #[error(
        "the data key of organisation {org} is missing from directory.db: restore directory.db and history.db from one backup"
    )]
    DataKeyMissing {
        /// Whose key.
        org: OrgId,
    },
    /// A stored data key is not what was written.
    #[error("the data key of organisation {org} is damaged: restore directory.db from a backup")]
    DataKeyDamaged {
        /// Whose key.
        org: OrgId,
    },
    /// Sealed entries of an organisation that was never created here. Its number would be given to another one.
    #[error(
        "history.db holds entries of organisation {key}, which journal.db does not know: restore both from one backup"
    )]
    OrganisationMissing {
        /// Its number.
        key: OrgKey,
    },
    /// A baseline of entries that are not in sealed history yet.
    #[error(
        "a baseline of {org} at entry {tenant_seq} is ahead of sealed history, which ends at {sealed}: seal first"
    )]
    BaselineAhead {
        /// Whose baseline.
        org: OrgId,
        /// Where it stands.
        tenant_seq: u64,
        /// Where sealed history ends.
        sealed: u64,
    },
    /// A baseline that is not after the one that is there.
    #[error("a baseline of {org} at entry {tenant_seq} is not after the one there, at entry {newest}")]
    BaselineBehind {
        /// Whose baseline.
        org: OrgId,
        /// Where the refused one stands.
        tenant_seq: u64,
        /// Where the one there stands.
        newest: u64,
    },
    /// A stored baseline is not what was written.
    #[error(
        "the baseline of organisation {org} at entry {tenant_seq} is damaged: {damage}; restore history.db from a backup"
    )]
    BaselineDamaged {
        /// Whose baseline.
        org: OrgId,
        /// Where it stands.
        tenant_seq: u64,
        /// How it shows.
        damage: crate::Damage,
    },
    /// An organisation is gone, and some of its bytes may still be in a file.
    #[error(
        "what is left of an erased organisation could not be overwritten in {file}, which another program holds: it is tried again at the next start"
    )]
    ErasureUnfinished {
        /// The file.
        file: &'static str,
    },
}
