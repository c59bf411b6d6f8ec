//! The files of a data directory: the lock, and connections with the settings that durability rests on.

use crate::error::While;
use crate::{StoreError, StoreOptions};
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, SqliteConnection, SqlitePool};
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

static JOURNAL_MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite/journal");
static IDENTITY_MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite/identity");
static DIRECTORY_MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite/directory");

const OPEN: &str = "open the data directory";

/// A database file of the data directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DataFile {
    Journal,
    Identity,
    Directory,
}

impl DataFile {
    pub(super) fn path(self, dir: &Path) -> PathBuf {
        dir.join(match self {
            Self::Journal => "journal.db",
            Self::Identity => "identity.db",
            Self::Directory => "directory.db",
        })
    }

    fn migrations(self) -> &'static Migrator {
        match self {
            Self::Journal => &JOURNAL_MIGRATIONS,
            Self::Identity => &IDENTITY_MIGRATIONS,
            Self::Directory => &DIRECTORY_MIGRATIONS,
        }
    }

    /// Opens the file for writing, creates it where it is missing, and brings it to this version's form.
    pub(super) async fn connect(
        self,
        dir: &Path,
        options: &StoreOptions,
    ) -> Result<SqliteConnection, StoreError> {
        let mut settings = self
            .settings(dir, options)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A commit answers only when it is on the disk; on macOS also out of the disk's own cache.
            .synchronous(SqliteSynchronous::Full)
            .pragma("fullfsync", "ON")
            .pragma("checkpoint_fullfsync", "ON");
        if self == Self::Directory {
            // What is erased is overwritten, not only unlinked.
            settings = settings.pragma("secure_delete", "ON");
        }
        // Migrations run on a pool, not on the connection that they leave behind: futures that lend one are not `Send`.
        let one = SqlitePoolOptions::new().max_connections(1).test_before_acquire(false);
        let pool = one.connect_with(settings).await.doing(OPEN)?;
        let migrated = self.migrations().run(&pool).await;
        migrated.map_err(|source| StoreError::Migration { file: self.path(dir), source })?;
        Ok(pool.acquire().await.doing(OPEN)?.detach())
    }

    /// Connections that only read, opened when they are first needed.
    pub(super) fn readers(self, dir: &Path, options: &StoreOptions) -> SqlitePool {
        SqlitePoolOptions::new()
            .max_connections(options.readers_max)
            .connect_lazy_with(self.settings(dir, options).read_only(true))
    }

    fn settings(self, dir: &Path, options: &StoreOptions) -> SqliteConnectOptions {
        SqliteConnectOptions::new()
            .filename(self.path(dir))
            .foreign_keys(true)
            .busy_timeout(options.busy_timeout)
            .disable_statement_logging()
    }
}

/// Creates the data directory for its owner alone; leaves an existing one as it is.
pub(super) fn create_dir(dir: &Path) -> Result<(), StoreError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(|source| io_error("create", dir, source))
}

/// The claim to a data directory: as long as it lives, no other process opens the store. A process that dies gives it up.
#[derive(Debug)]
pub(super) struct DirLock {
    file: File,
}

impl DirLock {
    pub(super) fn take(dir: &Path) -> Result<Self, StoreError> {
        let path = dir.join("lock");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|source| io_error("open", &path, source))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StoreError::Locked { dir: dir.to_owned(), holder: read_holder(&mut file) });
            }
            Err(TryLockError::Error(source)) => return Err(io_error("lock", &path, source)),
        }
        // Only for the message that a second process gets.
        file.set_len(0)
            .and_then(|()| file.write_all(std::process::id().to_string().as_bytes()))
            .map_err(|source| io_error("write", &path, source))?;
        Ok(Self { file })
    }
}

impl Drop for DirLock {
    fn drop(&mut self) {
        // Closing the file would not do: a child process that is just being started still has it open.
        // Should it fail, the lock goes with the last one that has the file open.
        self.file.unlock().ok();
    }
}

fn read_holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

fn io_error(doing: &'static str, path: &Path, source: std::io::Error) -> StoreError {
    StoreError::Io { doing, path: path.to_owned(), source }
}
