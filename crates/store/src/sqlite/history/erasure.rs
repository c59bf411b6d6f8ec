//! Erasing an organisation: first it is gone, then its bytes are.
//!
//! Invariants: from the moment that it is marked, nothing of it is committed, sealed, saved or answered. Its name stays in
//! its row, and is not given to another, until all else is overwritten: by that an erasure that was cut off is found.

use super::SealedHistory;
use super::baselines;
use crate::error::While;
use crate::history::HistoryError;
use crate::sqlite::{SqliteStore, transaction};
use crate::{OrgKey, SealOptions, StoreError};
use salescope_domain::{Instant, OrgId};
use sqlx::SqliteConnection;

const ERASE: &str = "erase the organisation";

impl SqliteStore {
    /// Organisations whose erasure was begun and could not be finished yet.
    #[must_use]
    pub fn pending_erasures(&self) -> Vec<OrgKey> {
        self.index.read().erasing().map(|(key, _)| key).collect()
    }

    /// The key of an organisation of this name whose erasure was begun and could not be finished yet.
    #[must_use]
    pub fn pending_erasure(&self, org: &OrgId) -> Option<OrgKey> {
        self.index.read().erasing().find(|(_, erasing)| *erasing == org).map(|(key, _)| key)
    }

    /// Ends an organisation.
    pub(super) async fn mark_erased(&self, key: OrgKey, now: Instant) -> Result<(), StoreError> {
        let mut writer = self.writer.lock().await;
        self.settle(&mut writer).await?;
        if self.index.read().erasing().any(|(erasing, _)| erasing == key) {
            return Ok(());
        }
        if self.index.read().head(key).is_none() {
            return Err(StoreError::UnknownOrgKey { key });
        }
        writer.marking = Some(key);
        let marked = sqlx::query("UPDATE organisation SET erased_at_ms = ?2 WHERE org_key = ?1")
            .bind(key.0)
            .bind(now.ms())
            .execute(&mut *writer.connection)
            .await;
        marked.map_err(|source| transaction::failed(source, &self.fatal, ERASE))?;
        writer.marking = None;
        self.index.write().begin_erasure(key);
        Ok(())
    }

    /// Overwrites what is left of organisations that are marked.
    pub(in crate::sqlite) async fn finish_erasures(&self) -> Result<(), StoreError> {
        let erasing: Vec<_> = self.index.read().erasing().map(|(key, org)| (key, org.clone())).collect();
        if erasing.is_empty() {
            return Ok(());
        }
        // A sealing that began before the mark has its entries in hand: they are in history when it is done.
        drop(self.sealing.lock().await);
        for (key, org) in &erasing {
            self.history.erase(*key).await?;
            self.delete_names(org).await?;
            self.delete_checkpoints(*key).await?;
        }
        truncate(&mut *self.directory.lock().await, "directory.db").await?;
        truncate(&mut *self.checkpoints.lock().await, "checkpoints.db").await?;
        // Marked organisations' entries are not sealed; they go with the blocks.
        self.seal(SealOptions::everything()).await?;
        self.block_cache.clear();
        let mut writer = self.writer.lock().await;
        rewrite(&mut writer.connection).await?;
        truncate(&mut writer.connection, "journal.db").await?;
        for (key, _) in &erasing {
            blank_name(&mut writer.connection, *key).await?;
            self.index.write().end_erasure(*key);
        }
        truncate(&mut writer.connection, "journal.db").await
    }

    async fn delete_checkpoints(&self, key: OrgKey) -> Result<(), StoreError> {
        let mut connection = self.checkpoints.lock().await;
        for statement in ["DELETE FROM manifest WHERE org_key = ?1", "DELETE FROM chunk WHERE org_key = ?1"] {
            sqlx::query(statement).bind(key.0).execute(&mut **connection).await.doing(ERASE)?;
        }
        Ok(())
    }
}

impl SealedHistory {
    /// Destroys an organisation's key, and deletes what it closed.
    async fn erase(&self, key: OrgKey) -> Result<(), StoreError> {
        self.keys.destroy(key).await?;
        let mut writer = self.writer.lock().await;
        let mut transaction = writer.begin_write().await.doing(ERASE)?;
        sqlx::query("DELETE FROM segment WHERE org_key = ?1")
            .bind(key.0)
            .execute(&mut *transaction)
            .await
            .doing(ERASE)?;
        baselines::delete(&mut transaction, key).await?;
        transaction::commit(transaction, &self.fatal, ERASE).await?;
        self.cache.clear();
        Ok(())
    }
}

/// Writes `journal.db` anew, without what was deleted: blocks are not overwritten when they go, as that would double what
/// a commit costs. The file holds little more than names now. Its copy stays in memory: a temporary file would be one more
/// to be erased.
async fn rewrite(journal: &mut SqliteConnection) -> Result<(), StoreError> {
    for statement in ["PRAGMA temp_store = MEMORY", "VACUUM"] {
        sqlx::query(statement).execute(&mut *journal).await.doing(ERASE)?;
    }
    Ok(())
}

/// Takes the name out of an erased organisation's row. That ends its erasure.
async fn blank_name(journal: &mut SqliteConnection, key: OrgKey) -> Result<(), StoreError> {
    sqlx::query("PRAGMA secure_delete = ON").execute(&mut *journal).await.doing(ERASE)?;
    let blanked = sqlx::query("UPDATE organisation SET org_id = '' WHERE org_key = ?1")
        .bind(key.0)
        .execute(&mut *journal)
        .await;
    sqlx::query("PRAGMA secure_delete = OFF").execute(&mut *journal).await.doing(ERASE)?;
    blanked.doing(ERASE)?;
    Ok(())
}

/// Moves the write-ahead log, which still has the old text, into the file, where it is overwritten, and empties it.
async fn truncate(connection: &mut SqliteConnection, file: &'static str) -> Result<(), StoreError> {
    let (busy, _, _): (i64, i64, i64) =
        sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(connection).await.doing(ERASE)?;
    if busy == 0 { Ok(()) } else { Err(HistoryError::ErasureUnfinished { file }.into()) }
}
