//! Opening a data directory: locks it, brings its files to this version's form, and learns where every journal ends.
//!
//! Invariant: a store that opens has found no block missing or damaged by its header, no organisation's entries with a
//! gap, and no checkpoint of entries that are not there.

use super::checkpoints::SmallSaves;
use super::directory::Resolves;
use super::files::{DataFile, DirLock, create_dir};
use super::{SealedHistory, SqliteStore, Writer, blocks, checkpoints, orgs, to_sql};
use crate::block::{BlockId, Header};
use crate::error::While;
use crate::index::Index;
use crate::{Damage, Fatal, HistoryError, OrgKey, StoreError, StoreOptions};
use parking_lot::RwLock;
use salescope_domain::Instant;
use sqlx::SqliteConnection;
use std::path::Path;
use tokio::sync::Mutex;

const OPEN: &str = "open the journal";

/// Headers that are read at a time: some 100 KB.
const HEADERS_PER_READ: u32 = 1_000;

impl SqliteStore {
    /// Opens the store in `dir` with default options; creates what is missing.
    ///
    /// # Errors
    /// When another process holds the directory, it cannot be used, it was written by a newer version, or the journal is
    /// damaged or has lost entries.
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
        if dir.join(OLD_FILE).exists() {
            return Err(StoreError::OldLayout { dir: dir.to_owned() });
        }
        if !DataFile::Journal.path(dir).exists() && has_followers(dir) {
            return Err(StoreError::JournalMissing { dir: dir.to_owned() });
        }
        // The journal first: where any other file is, the journal is too.
        let mut journal = DataFile::Journal.connect(dir, &options).await?;
        let mut checkpoints = DataFile::Checkpoints.connect(dir, &options).await?;
        let directory = DataFile::Directory.connect(dir, &options).await?;
        let fatal = Fatal::default();
        let history = SealedHistory::open(dir, &options, fatal.clone()).await?;
        let mut index = read_index(&mut journal, &history.sealed_to_all().await?).await?;
        checkpoints::newest(&mut checkpoints, &mut index).await?;
        let epoch = begin_epoch(&mut journal).await?;
        let store = Self {
            fatal: fatal.clone(),
            epoch,
            index: RwLock::new(index),
            writer: Mutex::new(Writer::new(journal, fatal)),
            readers: DataFile::Journal.readers(dir, &options),
            block_cache: blocks::cache(options.block_cache_bytes_max),
            checkpoints: Mutex::new(checkpoints),
            small_saves: SmallSaves::default(),
            checkpoint_readers: DataFile::Checkpoints.readers(dir, &options),
            directory: Mutex::new(directory),
            resolves: Resolves::default(),
            history,
            sealing: Mutex::new(()),
            options,
            _lock: lock,
        };
        // One that cannot be finished now keeps nobody else from working: it stays pending, and its name taken.
        store.finish_erasures().await.ok();
        Ok(store)
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
}

/// A file that only versions with another layout wrote.
const OLD_FILE: &str = "identity.db";

/// Whether there is a file that follows the journal.
fn has_followers(dir: &Path) -> bool {
    [DataFile::Checkpoints, DataFile::History, DataFile::Directory]
        .into_iter()
        .any(|file| file.path(dir).exists())
}

/// Learns organisations and unsealed blocks.
async fn read_index(journal: &mut SqliteConnection, sealed: &[(OrgKey, u64)]) -> Result<Index, StoreError> {
    let (sealed_block, last_commit_ms): (u64, i64) =
        sqlx::query_as("SELECT sealed_block, last_commit_ms FROM meta")
            .fetch_one(&mut *journal)
            .await
            .doing(OPEN)?;
    let mut index = Index::new(sealed_block, Instant::from_ms(last_commit_ms));
    for row in orgs::all(journal).await? {
        if row.is_erasing {
            index.add_erasing(row.key, row.org);
            continue;
        }
        let at = sealed.binary_search_by_key(&row.key, |(key, _)| *key);
        let sealed_seq = at.map_or(0, |at| sealed[at].1);
        index.add_org(row.key, row.org, row.created_at, sealed_seq);
    }
    let is_known = |key| index.head(key).is_some() || index.is_erasing(key);
    if let Some((key, _)) = sealed.iter().find(|(key, _)| !is_known(*key)) {
        return Err(HistoryError::OrganisationMissing { key: *key }.into());
    }
    loop {
        let rows: Vec<(u64, u64, i64, Vec<u8>, u32)> = sqlx::query_as(
            "SELECT seq, epoch, committed_ms, header, length(header) + length(body) FROM block
             WHERE seq > ?1 ORDER BY seq LIMIT ?2",
        )
        .bind(to_sql(index.last_block()))
        .bind(HEADERS_PER_READ)
        .fetch_all(&mut *journal)
        .await
        .doing(OPEN)?;
        if rows.is_empty() {
            return Ok(index);
        }
        for (seq, epoch, committed_ms, header, stored_bytes) in rows {
            let block = index.last_block() + 1;
            let damaged = |damage| StoreError::BlockDamaged { block, damage };
            if seq != block {
                return Err(damaged(Damage::Missing));
            }
            let id = BlockId { seq, epoch, committed_at: Instant::from_ms(committed_ms) };
            let header = Header::decode(id, &header).map_err(damaged)?;
            index.apply(id, &header, stored_bytes).map_err(damaged)?;
        }
    }
}

/// Counts this opening.
async fn begin_epoch(journal: &mut SqliteConnection) -> Result<u64, StoreError> {
    sqlx::query_scalar("UPDATE meta SET epoch = epoch + 1 RETURNING epoch")
        .fetch_one(journal)
        .await
        .doing(OPEN)
}
