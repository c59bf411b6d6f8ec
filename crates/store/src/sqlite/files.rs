//! The files of a data directory: the lock, and connections with the settings that durability rests on.

use super::transaction::WriteConnection;
use crate::error::While;
use crate::{StoreError, StoreOptions};
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, SqlitePool};
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

static JOURNAL_MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite/journal");
static CHECKPOINTS_MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite/checkpoints");
static HISTORY_MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite/history");
static DIRECTORY_MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/sqlite/directory");

/// Pages of `journal.db`. Blocks are some hundred bytes to some megabytes long: larger pages make long ones cheaper, and a
/// short one writes a whole page.
const JOURNAL_PAGE_BYTES: u32 = 4096;

/// How long the write-ahead log of `journal.db` grows before it is moved into the file, in bytes. The commit that finds it so
/// long waits for that, which takes some 50 ms; a longer one would take longer, and starts would too.
const JOURNAL_WAL_BYTES: u32 = 16 << 20;

const OPEN: &str = "open the data directory";

/// A database file of the data directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DataFile {
    Journal,
    Checkpoints,
    History,
    Directory,
}

impl DataFile {
    pub(super) fn path(self, dir: &Path) -> PathBuf {
        dir.join(match self {
            Self::Journal => "journal.db",
            Self::Checkpoints => "checkpoints.db",
            Self::History => "history.db",
            Self::Directory => "directory.db",
        })
    }

    fn migrations(self) -> &'static Migrator {
        match self {
            Self::Journal => &JOURNAL_MIGRATIONS,
            Self::Checkpoints => &CHECKPOINTS_MIGRATIONS,
            Self::History => &HISTORY_MIGRATIONS,
            Self::Directory => &DIRECTORY_MIGRATIONS,
        }
    }

    /// Opens the file for writing, creates it where it is missing, and brings it to this version's form.
    pub(super) async fn connect(
        self,
        dir: &Path,
        options: &StoreOptions,
    ) -> Result<WriteConnection, StoreError> {
        let settings = self
            .settings(dir, options)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(self.synchronous())
            // On macOS a sync reaches the disk, not only the disk's own cache.
            .pragma("fullfsync", "ON")
            .pragma("checkpoint_fullfsync", "ON");
        let settings = match self {
            Self::Journal => {
                let wal_pages = JOURNAL_WAL_BYTES / JOURNAL_PAGE_BYTES;
                let settings = settings
                    .page_size(JOURNAL_PAGE_BYTES)
                    .pragma("wal_autocheckpoint", wal_pages.to_string());
                match options.journal_pages_max {
                    Some(max) => settings.pragma("max_page_count", max.to_string()),
                    None => settings,
                }
            }
            // What is deleted here was closed with a key: it goes with that.
            Self::History => settings,
            // What is erased is overwritten, not only unlinked. For checkpoints that costs little: what replaces a deleted
            // chunk takes its pages in the same transaction.
            Self::Checkpoints | Self::Directory => settings.pragma("secure_delete", "ON"),
        };
        // Migrations run on a pool, not on the connection that they leave behind: futures that lend one are not `Send`.
        let one = SqlitePoolOptions::new().max_connections(1).test_before_acquire(false);
        let pool = one.connect_with(settings.clone()).await.doing(OPEN)?;
        let migrated = self.migrations().run(&pool).await;
        migrated.map_err(|source| StoreError::Migration { file: self.path(dir), source })?;
        Ok(WriteConnection::new(pool.acquire().await.doing(OPEN)?.detach(), settings))
    }

    fn synchronous(self) -> SqliteSynchronous {
        match self {
            Self::Journal if salescope_faults::sabotage("no_fsync") => SqliteSynchronous::Off,
            // A commit answers only when it is on the disk.
            Self::Journal | Self::History | Self::Directory => SqliteSynchronous::Full,
            // After a power cut the last checkpoints may be gone, and never half there. That costs the replay of what the
            // journal has, so a flush for each would buy nothing.
            Self::Checkpoints => SqliteSynchronous::Normal,
        }
    }

    /// Connections that only read, opened when they are first needed.
    pub(super) fn readers(self, dir: &Path, options: &StoreOptions) -> SqlitePool {
        SqlitePoolOptions::new()
            .max_connections(options.readers_max)
            // There is no network in between that could have broken it.
            .test_before_acquire(false)
            .connect_lazy_with(self.settings(dir, options).read_only(true))
    }

    fn settings(self, dir: &Path, options: &StoreOptions) -> SqliteConnectOptions {
        let settings = SqliteConnectOptions::new()
            .filename(self.path(dir))
            .foreign_keys(true)
            .busy_timeout(options.busy_timeout)
            .disable_statement_logging();
        match &options.vfs {
            Some(vfs) => settings.vfs(vfs.clone()),
            None => settings,
        }
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
