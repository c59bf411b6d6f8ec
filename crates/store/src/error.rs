//! What can go wrong in a store, with what an operator needs to act on it.

use crate::{CommitError, HistoryError, OrgKey};
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
    /// No organisation has this number.
    #[error("there is no organisation {key}")]
    UnknownOrgKey {
        /// The number.
        key: OrgKey,
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
    /// A version of the program that wrote other files was at work here.
    #[error(
        "{dir} was written by a version before 0.2, which this one does not read: export there, or create a new data directory and import again"
    )]
    OldLayout {
        /// The data directory.
        dir: PathBuf,
    },
    /// An entry of the journal is not what was written.
    #[error(
        "entry {tenant_seq} of organisation {org}{} is damaged: {damage}; see `salescope journal check`",
        block.map_or_else(String::new, |block| format!(" (block {block})"))
    )]
    Damaged {
        /// Whose journal.
        org: OrgId,
        /// Which entry: the first one that cannot be relied on.
        tenant_seq: u64,
        /// The block that should hold it; absent for sealed history.
        block: Option<u64>,
        /// How it shows.
        damage: Damage,
    },
    /// A block of the journal is not what was written.
    #[error(
        "block {block} of the journal is damaged: {damage}; see `salescope journal check` and `salescope journal repair`"
    )]
    BlockDamaged {
        /// Which one.
        block: u64,
        /// How it shows.
        damage: Damage,
    },
    /// A checkpoint holds entries that the journal has lost.
    #[error(
        "the journal of organisation {org} ends at entry {last}, but was once at {checkpoint_seq} at least: entries are lost; see `salescope journal check` and `salescope journal repair`"
    )]
    JournalBehind {
        /// Whose journal.
        org: OrgId,
        /// Its last entry.
        last: u64,
        /// The last entry of its newest checkpoint.
        checkpoint_seq: u64,
    },
    /// What is asked for is no longer kept.
    #[error("the history of organisation {org} begins at entry {horizon}; what was before is no longer kept")]
    BeforeHorizon {
        /// Whose history.
        org: OrgId,
        /// The first entry that is kept.
        horizon: u64,
    },
    /// Keys or sealed history cannot be used.
    #[error(transparent)]
    History(#[from] HistoryError),
    /// A slice does not go on where its organisation's journal ends.
    #[error("a slice of organisation {org} begins at entry {first_seq}; its journal goes on at {expected}")]
    OutOfOrder {
        /// Whose slice.
        org: OrgId,
        /// Where it begins.
        first_seq: u64,
        /// Where it should begin.
        expected: u64,
    },
    /// A key with this hash is there.
    #[error("this API key exists already")]
    KeyExists,
    /// More of something than one call takes.
    #[error("{what}: {count} in one call; the most is {max}")]
    TooMany {
        /// Of what, with its unit, such as `bytes of entries`.
        what: &'static str,
        /// How many there were.
        count: usize,
        /// How many are allowed.
        max: usize,
    },
    /// A commit failed before in a way that leaves its outcome unknown.
    #[error(
        "the journal takes no more commits, as one has failed: {reason}; the process must be started anew"
    )]
    JournalFailed {
        /// What failed.
        reason: String,
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
    /// What was done for several callers at once failed for all of them.
    #[error("could not {doing}: {reason}")]
    Shared {
        /// What was tried.
        doing: &'static str,
        /// Why it failed.
        reason: String,
    },
    /// Whoever did it for several callers at once went away in the middle. It may be done or not.
    #[error("could not {doing}: it was given up midway")]
    GivenUp {
        /// What was tried.
        doing: &'static str,
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
    /// It does not go on where the one before ends.
    #[error("it begins at entry {first_seq} of organisation {key}, whose journal goes on at {expected}")]
    OutOfOrder {
        /// Whose entries.
        key: OrgKey,
        /// Where they begin.
        first_seq: u64,
        /// Where they should begin.
        expected: u64,
    },
    /// Its checksum fits, and it was closed with another key or for another place.
    #[error("it does not open with the organisation's data key")]
    WrongKey,
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

impl From<CommitError> for StoreError {
    /// For whoever does not commit entries: what failed is all that matters.
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Refused(error) | CommitError::Fatal(error) => error,
        }
    }
}

/// An error with its causes, in one line.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
