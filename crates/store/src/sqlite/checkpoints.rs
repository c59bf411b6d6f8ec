//! Checkpoints: their SQL. They lie in `journal.db`, so that one can never be ahead of the entries it includes.

use super::journal::head;
use super::{SqliteStore, to_sql};
use crate::codec::checksum;
use crate::error::While;
use crate::{CHECKPOINTS_KEPT, Candidates, Checkpoint, Checkpoints, StoreError};
use async_trait::async_trait;
use salescope_domain::OrgId;
use sqlx::{Connection, SqliteConnection};

const SAVE: &str = "save the checkpoint";
const READ: &str = "read the checkpoints";

#[async_trait]
impl Checkpoints for SqliteStore {
    async fn save(&self, org: &OrgId, checkpoint: Checkpoint) -> Result<(), StoreError> {
        let (bytes, max) = (checkpoint.bytes.len(), self.options.checkpoint_bytes_max);
        if bytes > max {
            return Err(StoreError::CheckpointTooLarge { bytes, max });
        }
        let tenant_seq = checkpoint.tenant_seq;
        let crc = crc(org, &checkpoint);
        let mut writer = self.writer.lock().await;
        let mut transaction = writer.journal.begin_with("BEGIN IMMEDIATE").await.doing(SAVE)?;
        let head = head(&mut transaction, org).await?;
        let last = head.end.tenant_seq;
        if tenant_seq > last {
            return Err(StoreError::CheckpointAhead { org: org.clone(), tenant_seq, last });
        }
        // One that is ahead of the journal is damaged. It must not stand in the way of sound ones.
        delete_after(&mut transaction, head.org_key, last).await?;
        if let Some(newest) =
            newest(&mut transaction, head.org_key).await?.filter(|newest| tenant_seq < *newest)
        {
            return Err(StoreError::CheckpointBehind { org: org.clone(), tenant_seq, newest });
        }
        insert(&mut transaction, head.org_key, checkpoint, crc).await?;
        delete_old(&mut transaction, head.org_key).await?;
        transaction.commit().await.doing(SAVE)
    }

    async fn candidates(&self, org: &OrgId) -> Result<Candidates, StoreError> {
        let mut connection = self.readers.acquire().await.doing(READ)?;
        let org_key = head(&mut connection, org).await?.org_key;
        let rows: Vec<(u64, u32, u32, Vec<u8>)> = sqlx::query_as(
            "SELECT tenant_seq, schema_version, crc, state FROM checkpoint WHERE org_key = ?1
             ORDER BY tenant_seq DESC",
        )
        .bind(org_key)
        .fetch_all(&mut *connection)
        .await
        .doing(READ)?;
        // Read after the checkpoints: the journal only grows.
        let last = head(&mut connection, org).await?.end.tenant_seq;
        let mut candidates = Candidates::default();
        for (tenant_seq, schema_version, stored_crc, bytes) in rows {
            let checkpoint = Checkpoint { tenant_seq, schema_version, bytes };
            if tenant_seq <= last && crc(org, &checkpoint) == stored_crc {
                candidates.sound.push(checkpoint);
            } else {
                candidates.damaged.push(tenant_seq);
            }
        }
        Ok(candidates)
    }
}

fn crc(org: &OrgId, checkpoint: &Checkpoint) -> u32 {
    let numbers = [checkpoint.tenant_seq.to_le_bytes(), u64::from(checkpoint.schema_version).to_le_bytes()];
    checksum(org, numbers.as_flattened(), &checkpoint.bytes)
}

async fn delete_after(connection: &mut SqliteConnection, org_key: i64, last: u64) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM checkpoint WHERE org_key = ?1 AND tenant_seq > ?2")
        .bind(org_key)
        .bind(to_sql(last))
        .execute(connection)
        .await
        .doing(SAVE)?;
    Ok(())
}

async fn newest(connection: &mut SqliteConnection, org_key: i64) -> Result<Option<u64>, StoreError> {
    sqlx::query_scalar("SELECT max(tenant_seq) FROM checkpoint WHERE org_key = ?1")
        .bind(org_key)
        .fetch_one(connection)
        .await
        .doing(SAVE)
}

async fn insert(
    connection: &mut SqliteConnection,
    org_key: i64,
    checkpoint: Checkpoint,
    crc: u32,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO checkpoint (org_key, tenant_seq, schema_version, crc, state) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (org_key, tenant_seq) DO UPDATE
         SET schema_version = excluded.schema_version, crc = excluded.crc, state = excluded.state",
    )
    .bind(org_key)
    .bind(to_sql(checkpoint.tenant_seq))
    .bind(checkpoint.schema_version)
    .bind(crc)
    .bind(checkpoint.bytes)
    .execute(connection)
    .await
    .doing(SAVE)?;
    Ok(())
}

async fn delete_old(connection: &mut SqliteConnection, org_key: i64) -> Result<(), StoreError> {
    sqlx::query(
        "DELETE FROM checkpoint WHERE org_key = ?1 AND tenant_seq NOT IN
         (SELECT tenant_seq FROM checkpoint WHERE org_key = ?1 ORDER BY tenant_seq DESC LIMIT ?2)",
    )
    .bind(org_key)
    .bind(to_sql(CHECKPOINTS_KEPT as u64))
    .execute(connection)
    .await
    .doing(SAVE)?;
    Ok(())
}
