//! Checking and repairing a data directory that no process works on.

mod blocks;
mod checkpoints;
mod examine;
mod repair;

pub(super) use examine::structure;

use super::SqliteStore;
use super::files::{DataFile, DirLock};
use super::history::SealedHistory;
use super::transaction::WriteConnection;
use crate::error::While;
use crate::{CheckReport, Fatal, RepairOptions, RepairReport, StoreError, StoreOptions};
use std::path::{Path, PathBuf};

const CHECK: &str = "check the data directory";

/// The files, held by this process alone, and not started to be worked on.
struct Files {
    dir: PathBuf,
    journal: WriteConnection,
    checkpoints: WriteConnection,
    directory: WriteConnection,
    history: SealedHistory,
    // Last: given up only when the connections are gone.
    _lock: DirLock,
}

impl Files {
    async fn open(dir: &Path, options: &StoreOptions) -> Result<Self, StoreError> {
        if !DataFile::Journal.path(dir).exists() {
            return Err(StoreError::NoDataDirectory { dir: dir.to_owned() });
        }
        let lock = DirLock::take(dir)?;
        Ok(Self {
            dir: dir.to_owned(),
            journal: DataFile::Journal.connect(dir, options).await?,
            checkpoints: DataFile::Checkpoints.connect(dir, options).await?,
            directory: DataFile::Directory.connect(dir, options).await?,
            history: SealedHistory::open(dir, options, Fatal::default()).await?,
            _lock: lock,
        })
    }

    async fn close(self) -> Result<(), StoreError> {
        let Self { journal, checkpoints, directory, history, dir: _, _lock } = self;
        history.close().await?;
        for connection in [checkpoints, directory, journal] {
            connection.close().await.doing(CHECK)?;
        }
        Ok(())
    }
}

impl SqliteStore {
    /// Reads everything in the data directory `dir` and tells what is not as it was written, with its exact place. Changes
    /// nothing.
    ///
    /// # Errors
    /// When there is no data directory, another process holds it, or it cannot be read at all.
    pub async fn check(dir: &Path, options: &StoreOptions) -> Result<CheckReport, StoreError> {
        let mut files = Files::open(dir, options).await?;
        let examined = files.examine().await?;
        files.close().await?;
        Ok(examined.report)
    }

    /// Checks `dir`, and makes of it a data directory that opens: each organisation's journal ends where its first damage
    /// begins, and checkpoints that are torn or ahead of it are dropped. The blocks that were there go to a side file.
    /// Sealed history and damage of the database files themselves are not mended; the report tells what remains.
    ///
    /// # Errors
    /// As [`Self::check`]; and when the side file or the journal cannot be written. Nothing is dropped before it is in the
    /// side file.
    pub async fn repair(
        dir: &Path,
        options: &StoreOptions,
        how: RepairOptions,
    ) -> Result<RepairReport, StoreError> {
        let mut files = Files::open(dir, options).await?;
        let examined = files.examine().await?;
        let report = files.repair(examined, how).await?;
        files.close().await?;
        Ok(report)
    }
}
