//! Checking and repairing a data directory that no process works on.

mod aside;
mod blocks;
mod checkpoints;
mod corruption;
mod examine;
mod repair;

pub(super) use examine::structure;

use super::SqliteStore;
use super::files::{DataFile, DirLock};
use super::history::SealedHistory;
use super::transaction::WriteConnection;
use crate::error::While;
use crate::upkeep::Findings;
use crate::{CheckReport, Fatal, RepairOptions, RepairReport, StoreError, StoreOptions};
use corruption::or_told;
use std::path::{Path, PathBuf};

const CHECK: &str = "check the data directory";

/// The files, held by this process alone, and not started to be worked on.
struct Files {
    dir: PathBuf,
    journal: WriteConnection,
    /// Absent where the file cannot even be opened. All of it can be lost.
    checkpoints: Option<WriteConnection>,
    directory: WriteConnection,
    history: SealedHistory,
    /// What opening the files has found.
    found: Findings,
    // Last: given up only when the connections are gone.
    _lock: DirLock,
}

impl Files {
    /// Opens the files; gives what is wrong where one that cannot be lost cannot be opened as it is damaged.
    async fn open(dir: &Path, options: &StoreOptions) -> Result<Result<Self, Findings>, StoreError> {
        if !DataFile::Journal.path(dir).exists() {
            return Err(StoreError::NoDataDirectory { dir: dir.to_owned() });
        }
        let lock = DirLock::take(dir)?;
        let mut found = Findings::default();
        let journal = DataFile::Journal.connect(dir, options).await;
        let journal = or_told(journal, "journal.db", &mut found)?;
        let checkpoints = DataFile::Checkpoints.connect(dir, options).await;
        let checkpoints = or_told(checkpoints, "checkpoints.db", &mut found)?;
        let directory = DataFile::Directory.connect(dir, options).await;
        let Some(directory) = or_told(directory, "directory.db", &mut found)? else { return Ok(Err(found)) };
        let history = SealedHistory::open(dir, options, Fatal::default()).await;
        let history = or_told(history, "history.db", &mut found)?;
        let (Some(journal), Some(history)) = (journal, history) else { return Ok(Err(found)) };
        Ok(Ok(Self { dir: dir.to_owned(), journal, checkpoints, directory, history, found, _lock: lock }))
    }

    /// Closes the files; they stay this process's until the lock is dropped.
    async fn close(self) -> Result<DirLock, StoreError> {
        let Self { journal, checkpoints, directory, history, dir: _, found: _, _lock: lock } = self;
        history.close().await?;
        for connection in [checkpoints, Some(directory), Some(journal)].into_iter().flatten() {
            connection.close().await.doing(CHECK)?;
        }
        Ok(lock)
    }
}

impl SqliteStore {
    /// Reads everything in the data directory `dir` and tells what is not as it was written, with its exact place. Changes
    /// nothing.
    ///
    /// # Errors
    /// When there is no data directory, another process holds it, or it cannot be read at all.
    pub async fn check(dir: &Path, options: &StoreOptions) -> Result<CheckReport, StoreError> {
        let mut files = match Files::open(dir, options).await? {
            Ok(files) => files,
            Err(found) => return Ok(found.into()),
        };
        let examined = files.examine().await?;
        files.close().await?;
        Ok(examined.report)
    }

    /// Checks `dir`, and makes of it a data directory that opens: each organisation's journal ends where its first damage
    /// begins, and checkpoints that are torn or ahead of it are dropped, all of them where their file is damaged. What was
    /// there goes to side files. Sealed history and damage of the other database files themselves are not mended; the report
    /// tells what remains.
    ///
    /// # Errors
    /// As [`Self::check`]; and when a side file or the journal cannot be written. Nothing is dropped before it is in a side
    /// file.
    pub async fn repair(
        dir: &Path,
        options: &StoreOptions,
        how: RepairOptions,
    ) -> Result<RepairReport, StoreError> {
        let mut files = match Files::open(dir, options).await? {
            Ok(files) => files,
            Err(found) => {
                let check = CheckReport::from(found);
                let remaining = check.findings.clone();
                return Ok(RepairReport {
                    check,
                    dry_run: how.dry_run,
                    remaining,
                    ..RepairReport::default()
                });
            }
        };
        let examined = files.examine().await?;
        let mut report = files.repair(examined, how).await?;
        let lock = files.close().await?;
        if report.checkpoints_anew && !how.dry_run {
            report.checkpoints_side_file = aside::move_checkpoints(dir)?;
        }
        drop(lock);
        Ok(report)
    }
}
