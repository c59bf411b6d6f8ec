//! What can go wrong in a store, with what an operator needs to act on it.

use salescope_domain::{IdError, OrgId, PersonId, SourceId};
use std::path::PathBuf;

/// Why a store did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No such organisation.
    #[error("there is no organisation {org}")]
    UnknownOrg {
        /// The one asked for.
        org: OrgId,
    },
    /// It exists already.
    #[error("the organisation {org} exists already")]
    OrgExists {
        /// The one to be created.
        org: OrgId,
    },
    /// Another process works on the data directory.
    #[error(
        "the data directory {dir} is held by {}: wait for it, stop it, or use another data directory",
        holder.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
    )]
    Locked {
        /// The data directory.
        dir: PathBuf,
        /// The other process, where it has left its id.
        holder: Option<u32>,
    },
    /// There is nothing to open.
    #[error("there is no data directory at {dir}: create an organisation first, or point to the right one")]
    NoDataDirectory {
        /// Where it was looked for.
        dir: PathBuf,
    },
    /// Files that follow the journal are there, the journal is not.
    #[error("{dir} has lost journal.db, which holds the data: restore the whole directory from a backup")]
    JournalMissing {
        /// The data directory.
        dir: PathBuf,
    },
    /// An entry of the journal is not what was written.
    #[error("entry {tenant_seq} of organisation {org} is damaged: {damage}; restore from a backup")]
    Damaged {
        /// Whose journal.
        org: OrgId,
        /// Which entry.
        tenant_seq: u64,
        /// How it shows.
        damage: Damage,
    },
    /// More submissions than one append takes.
    #[error("{count} submissions in one append; the most is {max}")]
    TooManySubmissions {
        /// How many there were.
        count: usize,
        /// How many are allowed.
        max: usize,
    },
    /// More names than one call takes.
    #[error("{count} names in one call; the most is {max}")]
    TooManyNames {
        /// How many there were.
        count: usize,
        /// How many are allowed.
        max: usize,
    },
    /// An external id or a name that cannot be kept. The text is left out: it is personal.
    #[error("item {index} of source {source_id}: the {field} {reason}")]
    InvalidName {
        /// Who sent it.
        source_id: SourceId,
        /// Position in the call, from 0.
        index: usize,
        /// `external id` or `name`.
        field: &'static str,
        /// What is wrong with it.
        reason: IdError,
    },
    /// No such person in the organisation's directory.
    #[error("organisation {org} has no person {person}")]
    UnknownPerson {
        /// Whose directory.
        org: OrgId,
        /// The person asked for.
        person: PersonId,
    },
    /// A person is erased, and old text may still lie in a log file.
    #[error(
        "{person} of {org} is erased, but another program that reads directory.db keeps its log: close that program and erase again"
    )]
    ErasureUnfinished {
        /// Whose directory.
        org: OrgId,
        /// The person.
        person: PersonId,
    },
    /// A checkpoint before the newest one.
    #[error("a checkpoint of {org} at entry {tenant_seq} is older than the newest one, at {newest}")]
    CheckpointBehind {
        /// Whose checkpoint.
        org: OrgId,
        /// Where the refused one stands.
        tenant_seq: u64,
        /// Where the newest one stands.
        newest: u64,
    },
    /// A checkpoint of entries that are not in the journal.
    #[error("a checkpoint of {org} at entry {tenant_seq} is ahead of its journal, which ends at {last}")]
    CheckpointAhead {
        /// Whose checkpoint.
        org: OrgId,
        /// Where the refused one stands.
        tenant_seq: u64,
        /// The journal's last entry.
        last: u64,
    },
    /// A checkpoint that is too large to keep.
    #[error("a checkpoint of {bytes} bytes; the most is {max}")]
    CheckpointTooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// A migration failed, or the file was written by a newer version of the program.
    #[error("could not bring {file} to this version's form")]
    Migration {
        /// The file.
        file: PathBuf,
        /// Why.
        source: sqlx::migrate::MigrateError,
    },
    /// A file or directory could not be used.
    #[error("could not {doing} {path}")]
    Io {
        /// What was tried, such as `create`.
        doing: &'static str,
        /// With what.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The database refused or failed.
    #[error("could not {doing}")]
    Database {
        /// What was tried, such as `append to the journal`.
        doing: &'static str,
        /// Why not.
        source: sqlx::Error,
    },
}

/// How damage of an entry shows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// It is not there although later ones are.
    #[error("it is missing")]
    Missing,
    /// Its checksum does not fit what is stored.
    #[error("its checksum differs")]
    Checksum,
    /// Its checksum fits and its text cannot be read, as when a newer version of the program wrote it.
    #[error("its content cannot be read: {0}")]
    Unreadable(String),
}

/// Names what was tried when a database call fails.
pub(crate) trait While<T> {
    /// Turns a database error into [`StoreError::Database`].
    fn doing(self, doing: &'static str) -> Result<T, StoreError>;
}

impl<T> While<T> for Result<T, sqlx::Error> {
    fn doing(self, doing: &'static str) -> Result<T, StoreError> {
        self.map_err(|source| StoreError::Database { doing, source })
    }
}
