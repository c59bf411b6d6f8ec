//! The store on SQLite: one process, one data directory.
//!
//! Invariants: one writer. The journal commits before what follows it. What follows the journal (identity) is brought up
//! to it before it is asked, whatever was lost between the two commits.

mod checkpoints;
mod directory;
mod files;
mod identity;
mod journal;
mod recovery;

use crate::error::While;
use crate::{StoreError, StoreOptions};
use files::{DataFile, DirLock, create_dir};
use sqlx::{Connection, SqliteConnection, SqlitePool};
use std::path::Path;
use tokio::sync::Mutex;

/// A store in a directory of its own: `lock`, `journal.db`, `identity.db`, `directory.db`.
#[derive(Debug)]
pub struct SqliteStore {
    options: StoreOptions,
    writer: Mutex<Writer>,
    readers: SqlitePool,
    directory: Mutex<SqliteConnection>,
    // Last: given up only when the connections are gone.
    _lock: DirLock,
}

/// The connections that appends need, held together so that no other append comes in between.
#[derive(Debug)]
struct Writer {
    journal: SqliteConnection,
    identity: SqliteConnection,
}

impl SqliteStore {
    /// Opens the store in `dir` with default options; creates what is missing.
    ///
    /// # Errors
    /// When another process holds the directory, it cannot be used, or it was written by a newer version.
    pub async fn open(dir: &Path) -> Result<Self, StoreError> {
        Self::open_with(dir, StoreOptions::default()).await
    }

    /// As [`Self::open`], with `options`.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_with(dir: &Path, options: StoreOptions) -> Result<Self, StoreError> {
        create_dir(dir)?;
        let lock = DirLock::take(dir)?;
        if !DataFile::Journal.path(dir).exists() && has_followers(dir) {
            return Err(StoreError::JournalMissing { dir: dir.to_owned() });
        }
        // The journal first: where any other file is, the journal is too.
        let journal = DataFile::Journal.connect(dir, &options).await?;
        let identity = DataFile::Identity.connect(dir, &options).await?;
        let directory = DataFile::Directory.connect(dir, &options).await?;
        let readers = DataFile::Journal.readers(dir, &options);
        let mut writer = Writer { journal, identity };
        recovery::align_all(&mut writer).await?;
        Ok(Self {
            options,
            writer: Mutex::new(writer),
            readers,
            directory: Mutex::new(directory),
            _lock: lock,
        })
    }

    /// Opens the store in `dir` with default options, if there is one.
    ///
    /// # Errors
    /// As [`Self::open`], and when there is none.
    pub async fn open_existing(dir: &Path) -> Result<Self, StoreError> {
        Self::open_existing_with(dir, StoreOptions::default()).await
    }

    /// As [`Self::open_existing`], with `options`.
    ///
    /// # Errors
    /// As [`Self::open_existing`].
    pub async fn open_existing_with(dir: &Path, options: StoreOptions) -> Result<Self, StoreError> {
        if !DataFile::Journal.path(dir).exists() && !has_followers(dir) {
            return Err(StoreError::NoDataDirectory { dir: dir.to_owned() });
        }
        Self::open_with(dir, options).await
    }

    /// The limits in force.
    #[must_use]
    pub fn options(&self) -> &StoreOptions {
        &self.options
    }

    /// Closes the files, then gives the directory free. Dropping the store does so too, without telling when it is done.
    ///
    /// # Errors
    /// When a file cannot be closed. Nothing that was answered is lost by it.
    pub async fn close(self) -> Result<(), StoreError> {
        let Self { options: _, writer, readers, directory, _lock } = self;
        let Writer { journal, identity } = writer.into_inner();
        readers.close().await;
        for connection in [identity, directory.into_inner(), journal] {
            connection.close().await.doing("close the data directory")?;
        }
        Ok(())
    }
}

/// Whether there is a file that follows the journal.
fn has_followers(dir: &Path) -> bool {
    [DataFile::Identity, DataFile::Directory].into_iter().any(|file| file.path(dir).exists())
}

/// Rows of one multi-row statement: far below SQLite's bound on values, and past where more rows gain speed.
const ROWS_PER_STATEMENT: usize = 500;

/// A position or count as SQLite keeps it. None gets as far as 2^63: a larger one asks for what lies after the end.
fn to_sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
