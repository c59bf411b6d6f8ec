//! The store on SQLite: one process, one data directory.
//!
//! Invariants: one writer. What is in memory about journals follows the disk: it changes only after a commit.

mod blocks;
mod checkpoints;
mod commit;
mod directory;
mod failure;
mod files;
mod history;
mod journal;
mod keys;
mod open;
mod orgs;
mod seal;
mod transaction;
mod upkeep;

use crate::error::While;
use crate::index::Index;
use crate::{Fatal, StoreError, StoreOptions};
use blocks::BlockCache;
use checkpoints::SmallSaves;
use commit::Writer;
use directory::Resolves;
use files::DirLock;
pub use history::OldestSealed;
use history::SealedHistory;
use parking_lot::RwLock;
use salescope_domain::OrgId;
use sqlx::SqlitePool;
use tokio::sync::Mutex;
use transaction::WriteConnection;

/// A store in a directory of its own.
#[derive(Debug)]
pub struct SqliteStore {
    options: StoreOptions,
    fatal: Fatal,
    /// Counts the openings of the directory.
    epoch: u64,
    index: RwLock<Index>,
    writer: Mutex<Writer>,
    /// Connections that read `journal.db`.
    readers: SqlitePool,
    block_cache: BlockCache,
    checkpoints: Mutex<WriteConnection>,
    small_saves: SmallSaves,
    checkpoint_readers: SqlitePool,
    directory: Mutex<WriteConnection>,
    resolves: Resolves,
    history: SealedHistory,
    /// Held by the one sealing at a time.
    sealing: Mutex<()>,
    // Last: given up only when the connections are gone.
    _lock: DirLock,
}

impl SqliteStore {
    /// The limits in force.
    #[must_use]
    pub fn options(&self) -> &StoreOptions {
        &self.options
    }

    /// Turns to a reason once a file has failed so that nobody knows what of the last commit is on the disk. From then on there
    /// are no commits.
    #[must_use]
    pub fn fatal(&self) -> &Fatal {
        &self.fatal
    }

    /// Closes the files, then gives the directory free. Dropping the store does so too, without telling when it is done.
    ///
    /// # Errors
    /// When a file cannot be closed. Nothing that was answered is lost by it.
    pub async fn close(self) -> Result<(), StoreError> {
        let Self { writer, readers, checkpoints, checkpoint_readers, directory, history, _lock, .. } = self;
        readers.close().await;
        checkpoint_readers.close().await;
        history.close().await?;
        let connections = [checkpoints.into_inner(), directory.into_inner(), writer.into_inner().connection];
        for connection in connections {
            connection.close().await.doing("close the data directory")?;
        }
        Ok(())
    }

    /// Fails when there is no such organisation.
    fn check_org(&self, org: &OrgId) -> Result<(), StoreError> {
        match self.index.read().find(org) {
            Some(_) => Ok(()),
            None => Err(StoreError::UnknownOrg { org: org.clone() }),
        }
    }
}

/// Rows of one multi-row statement: far below SQLite's bound on values, and past where more rows gain speed.
const ROWS_PER_STATEMENT: usize = 500;

/// A position or count as SQLite keeps it. None gets as far as 2^63: a larger one asks for what lies after the end.
fn to_sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
