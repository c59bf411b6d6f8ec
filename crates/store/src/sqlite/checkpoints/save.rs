//! Saving a checkpoint: only chunks that the organisation does not have yet are written.
//!
//! Invariants: a manifest and its chunks are there together or not at all. Positions only grow.

use super::{Row, SqliteStore, rows};
use crate::error::While;
use crate::manifest::{self, Chunk, ChunkHash, Manifest, pack};
use crate::sqlite::{ROWS_PER_STATEMENT, to_sql};
use crate::{CHECKPOINTS_KEPT, Checkpoint, OrgKey, StoreError};
use bytes::Bytes;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use std::collections::HashSet;

const SAVE: &str = "save the checkpoint";
const FORGET: &str = "forget checkpoints";

impl SqliteStore {
    pub(super) async fn save_checkpoint(
        &self,
        key: OrgKey,
        mut checkpoint: Checkpoint,
    ) -> Result<(), StoreError> {
        let (count, max) =
            (checkpoint.sections.iter().map(Vec::len).sum(), self.options.checkpoint_bytes_max);
        if count > max {
            return Err(StoreError::TooMany { what: "bytes of a checkpoint", count, max });
        }
        let head = self.known(key)?;
        let (last, tenant_seq) = (head.last_seq, checkpoint.tenant_seq);
        if tenant_seq > last {
            return Err(StoreError::CheckpointAhead { org: head.org, tenant_seq, last });
        }
        let sections = std::mem::take(&mut checkpoint.sections).into_iter().map(Bytes::from).collect();
        let (manifest, chunks) = cut(sections).await;

        salescope_faults::point("checkpoint.save.before");
        if chunks.is_empty() && !self.index.read().has_chunks(key) {
            return self.save_small(key, &checkpoint, &manifest).await;
        }
        self.save_large(key, &checkpoint, &manifest, chunks).await
    }

    async fn save_large(
        &self,
        key: OrgKey,
        checkpoint: &Checkpoint,
        manifest: &Manifest,
        chunks: Vec<Chunk>,
    ) -> Result<(), StoreError> {
        let tenant_seq = checkpoint.tenant_seq;
        let mut connection = self.checkpoints.lock().await;
        // It may have been erased meanwhile: then nothing of it is written any more.
        let head = self.known(key)?;
        // Before there are any: should nobody wait for the end of this, they are found all the same.
        self.index.write().set_chunks(key, true);
        let mut transaction = connection.begin_write().await.doing(SAVE)?;
        let before = rows(&mut transaction, key).await?;
        if let Some(newest) = before.first().map(|row| row.tenant_seq).filter(|newest| tenant_seq < *newest) {
            return Err(StoreError::CheckpointBehind { org: head.org, tenant_seq, newest });
        }
        insert_manifest(&mut transaction, key, checkpoint, self.epoch, manifest).await?;
        salescope_faults::point("checkpoint.save.middle");
        let kept = before.iter().filter(|row| row.tenant_seq != tenant_seq).take(CHECKPOINTS_KEPT - 1);
        let kept: Vec<&Row> = kept.collect();
        let oldest = kept.last().map_or(tenant_seq, |row| row.tenant_seq);
        if before.iter().any(|row| row.tenant_seq < oldest) {
            delete_before(&mut transaction, key, oldest).await?;
        }
        let mut needed: HashSet<ChunkHash> = manifest.hashes().copied().collect();
        for row in kept {
            needed.extend(row.open(key).iter().flat_map(Manifest::hashes));
        }
        let has_chunks = align_chunks(&mut transaction, key, &needed, chunks).await?;
        transaction.commit().await.doing(SAVE)?;
        let mut index = self.index.write();
        index.set_checkpoint(key, tenant_seq);
        index.set_chunks(key, has_chunks);
        Ok(())
    }

    pub(super) async fn forget_checkpoints(&self, key: OrgKey, after: u64) -> Result<(), StoreError> {
        self.known(key)?;
        let mut connection = self.checkpoints.lock().await;
        let mut transaction = connection.begin_write().await.doing(FORGET)?;
        sqlx::query("DELETE FROM manifest WHERE org_key = ?1 AND tenant_seq > ?2")
            .bind(key.0)
            .bind(to_sql(after))
            .execute(&mut *transaction)
            .await
            .doing(FORGET)?;
        let left = rows(&mut transaction, key).await?;
        let needed = left
            .iter()
            .filter_map(|row| row.open(key))
            .flat_map(|found| found.hashes().copied().collect::<Vec<_>>());
        let has_chunks = align_chunks(&mut transaction, key, &needed.collect(), Vec::new()).await?;
        transaction.commit().await.doing(FORGET)?;
        let newest = left.first().map_or(0, |row| row.tenant_seq);
        let mut index = self.index.write();
        index.set_checkpoint(key, newest);
        index.set_chunks(key, has_chunks);
        Ok(())
    }
}

/// States that are longer are hashed off the runtime's threads: this many bytes take some 10 ms.
const HASHED_HERE_BYTES_MAX: usize = 4 << 20;

async fn cut(sections: Vec<Bytes>) -> (Manifest, Vec<Chunk>) {
    if sections.iter().map(Bytes::len).sum::<usize>() <= HASHED_HERE_BYTES_MAX {
        return Manifest::of(&sections);
    }
    let cut = tokio::task::spawn_blocking(move || Manifest::of(&sections)).await;
    cut.expect("cutting bytes neither panics nor is given up")
}

async fn insert_manifest(
    connection: &mut SqliteConnection,
    key: OrgKey,
    checkpoint: &Checkpoint,
    epoch: u64,
    manifest: &Manifest,
) -> Result<(), StoreError> {
    let body = manifest.encode();
    let crc = manifest::crc(key.0, checkpoint, epoch, &body);
    sqlx::query(
        "INSERT INTO manifest (org_key, tenant_seq, schema_version, epoch, crc, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (org_key, tenant_seq) DO UPDATE SET schema_version = excluded.schema_version,
         epoch = excluded.epoch, crc = excluded.crc, body = excluded.body",
    )
    .bind(key.0)
    .bind(to_sql(checkpoint.tenant_seq))
    .bind(checkpoint.schema_version)
    .bind(to_sql(epoch))
    .bind(crc)
    .bind(body)
    .execute(connection)
    .await
    .doing(SAVE)?;
    Ok(())
}

async fn delete_before(
    connection: &mut SqliteConnection,
    key: OrgKey,
    tenant_seq: u64,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM manifest WHERE org_key = ?1 AND tenant_seq < ?2")
        .bind(key.0)
        .bind(to_sql(tenant_seq))
        .execute(connection)
        .await
        .doing(SAVE)?;
    Ok(())
}

/// Writes those of `chunks` that are not there, and deletes what is there and not `needed`. Answers whether any are there.
async fn align_chunks(
    connection: &mut SqliteConnection,
    key: OrgKey,
    needed: &HashSet<ChunkHash>,
    chunks: Vec<Chunk>,
) -> Result<bool, StoreError> {
    let there: Vec<Vec<u8>> = sqlx::query_scalar("SELECT hash FROM chunk WHERE org_key = ?1")
        .bind(key.0)
        .fetch_all(&mut *connection)
        .await
        .doing(SAVE)?;
    let is_needed = |hash: &[u8]| ChunkHash::try_from(hash).is_ok_and(|hash| needed.contains(&hash));
    let (there, unneeded): (Vec<_>, Vec<_>) = there.into_iter().partition(|hash| is_needed(hash));
    let mut there: HashSet<Vec<u8>> = there.into_iter().collect();
    for some in unneeded.chunks(ROWS_PER_STATEMENT) {
        let mut query = QueryBuilder::<Sqlite>::new("DELETE FROM chunk WHERE org_key = ");
        query.push_bind(key.0).push(" AND hash IN (");
        let mut hashes = query.separated(", ");
        for hash in some {
            hashes.push_bind(hash.as_slice());
        }
        query.push(")");
        query.build().execute(&mut *connection).await.doing(SAVE)?;
    }
    for Chunk { hash, bytes } in chunks {
        if there.insert(hash.to_vec()) {
            sqlx::query("INSERT INTO chunk (org_key, hash, bytes) VALUES (?1, ?2, ?3)")
                .bind(key.0)
                .bind(hash.to_vec())
                .bind(pack(&bytes))
                .execute(&mut *connection)
                .await
                .doing(SAVE)?;
        }
    }
    Ok(!there.is_empty())
}
