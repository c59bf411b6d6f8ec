//! Checkpoints: their port, and the SQL of `checkpoints.db`.

mod load;
mod save;
mod small;

pub(super) use load::{Tried, drop_chunks, try_load};
pub(super) use small::SmallSaves;

use super::SqliteStore;
use crate::error::While;
use crate::index::Index;
use crate::manifest::{self, Manifest};
use crate::{Candidates, Checkpoint, Checkpoints, OrgHead, OrgKey, StoreError};
use async_trait::async_trait;
use sqlx::{FromRow, SqliteConnection};

const READ: &str = "read the checkpoints";

#[async_trait]
impl Checkpoints for SqliteStore {
    async fn save(&self, key: OrgKey, checkpoint: Checkpoint) -> Result<(), StoreError> {
        self.save_checkpoint(key, checkpoint).await
    }

    async fn load(&self, key: OrgKey) -> Result<Candidates, StoreError> {
        self.load_checkpoints(key).await
    }

    async fn forget(&self, key: OrgKey, after: u64) -> Result<(), StoreError> {
        self.forget_checkpoints(key, after).await
    }
}

impl SqliteStore {
    fn known(&self, key: OrgKey) -> Result<OrgHead, StoreError> {
        self.index.read().head(key).ok_or(StoreError::UnknownOrgKey { key })
    }
}

/// A manifest's row.
#[derive(FromRow)]
pub(super) struct Row {
    pub(super) tenant_seq: u64,
    schema_version: u32,
    epoch: u64,
    crc: u32,
    body: Vec<u8>,
}

impl Row {
    /// The manifest, if it is what was written.
    fn open(&self, key: OrgKey) -> Option<Manifest> {
        let Self { tenant_seq, schema_version, epoch, crc, ref body } = *self;
        let checkpoint = Checkpoint { tenant_seq, schema_version, sections: Vec::new() };
        if manifest::crc(key.0, &checkpoint, epoch, body) != crc {
            return None;
        }
        Manifest::decode(body)
    }
}

/// An organisation's manifests, newest first.
pub(super) async fn rows(connection: &mut SqliteConnection, key: OrgKey) -> Result<Vec<Row>, StoreError> {
    sqlx::query_as(
        "SELECT tenant_seq, schema_version, epoch, crc, body FROM manifest
         WHERE org_key = ?1 ORDER BY tenant_seq DESC",
    )
    .bind(key.0)
    .fetch_all(connection)
    .await
    .doing(READ)
}

/// Tells the index of every organisation's newest checkpoint.
pub(super) async fn newest(connection: &mut SqliteConnection, index: &mut Index) -> Result<(), StoreError> {
    let rows: Vec<(u32, u64)> =
        sqlx::query_as("SELECT org_key, max(tenant_seq) FROM manifest GROUP BY org_key")
            .fetch_all(&mut *connection)
            .await
            .doing(READ)?;
    for (key, checkpoint_seq) in rows {
        let Some(head) = index.head(OrgKey(key)) else { continue };
        if checkpoint_seq > head.last_seq {
            let OrgHead { org, last_seq: last, .. } = head;
            return Err(StoreError::JournalBehind { org, last, checkpoint_seq });
        }
        index.set_checkpoint(OrgKey(key), checkpoint_seq);
    }
    let with_chunks: Vec<u32> =
        sqlx::query_scalar("SELECT DISTINCT org_key FROM chunk").fetch_all(connection).await.doing(READ)?;
    for key in with_chunks {
        index.set_chunks(OrgKey(key), true);
    }
    Ok(())
}
