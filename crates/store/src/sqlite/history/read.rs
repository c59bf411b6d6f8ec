//! Reading segments.

use super::{OpenSegment, SealedHistory, baselines};
use crate::error::While;
use crate::history::{HistoryStats, SegmentHead, segment};
use crate::sqlite::to_sql;
use crate::{Damage, OrgKey, StoreError};
use salescope_domain::OrgId;
use sqlx::SqliteConnection;
use std::sync::Arc;

const READ: &str = "read sealed history";

/// A segment's row without what is sealed.
pub(super) type HeadRow = (i64, u64, u64, i64, i64, u64);

pub(super) fn head(
    org: OrgKey,
    (_, from_seq, to_seq, from_ms, to_ms, unpacked_bytes): HeadRow,
) -> SegmentHead {
    SegmentHead { org, from_seq, to_seq, from_ms, to_ms, unpacked_bytes }
}

impl SealedHistory {
    /// The segment that holds entry `seq`, which is sealed.
    ///
    /// # Errors
    /// When the entry is before the horizon, missing or damaged, or the database fails.
    pub(in crate::sqlite) async fn segment(
        &self,
        org: &OrgId,
        key: OrgKey,
        seq: u64,
    ) -> Result<Arc<OpenSegment>, StoreError> {
        loop {
            let mut reader = self.readers.acquire().await.doing(READ)?;
            let horizon = baselines::horizon(&mut reader, key).await?;
            if seq < horizon {
                return Err(StoreError::BeforeHorizon { org: org.clone(), horizon });
            }
            let row = find(&mut reader, key, seq).await?.filter(|row| row.1 <= seq);
            let Some(row) = row else {
                // The entry may have been cut off since the horizon was read.
                if baselines::horizon(&mut reader, key).await? > horizon {
                    continue;
                }
                return Err(damaged(org, seq, Damage::Missing));
            };
            let head = head(key, row);
            let name = (key, head.from_seq, head.to_seq);
            if let Some(segment) = self.cache.get(&name) {
                return Ok(segment);
            }
            // None when it was taken along into another one meanwhile.
            let Some(sealed) = sealed(&mut reader, row.0, &head).await? else { continue };
            drop(reader);
            let secret = self.keys.key(org, key).await?;
            let frames = tokio::task::spawn_blocking(move || segment::open(&secret, &head, &sealed)).await;
            let frames = frames.expect("opening a segment neither panics nor is given up");
            let frames = frames.map_err(|damage| damaged(org, head.from_seq, damage))?;
            let segment = Arc::new(OpenSegment { from_seq: head.from_seq, frames });
            self.cache.insert(name, Arc::clone(&segment));
            return Ok(segment);
        }
    }

    /// How much there is of an organisation.
    pub(in crate::sqlite) async fn stats(&self, key: OrgKey) -> Result<HistoryStats, StoreError> {
        let mut reader = self.readers.acquire().await.doing(READ)?;
        let horizon_seq = baselines::horizon(&mut reader, key).await?;
        let (segments, sealed_seq, unpacked_bytes, stored_bytes): (u64, u64, u64, u64) = sqlx::query_as(
            "SELECT count(*), coalesce(max(to_seq), 0), coalesce(sum(unpacked_bytes), 0), coalesce(sum(length(sealed)), 0)
             FROM segment WHERE org_key = ?1",
        )
        .bind(key.0)
        .fetch_one(&mut *reader)
        .await
        .doing(READ)?;
        let sealed_seq = sealed_seq.max(horizon_seq - 1);
        Ok(HistoryStats { horizon_seq, sealed_seq, segments, unpacked_bytes, stored_bytes })
    }
}

async fn find(
    connection: &mut SqliteConnection,
    key: OrgKey,
    seq: u64,
) -> Result<Option<HeadRow>, StoreError> {
    sqlx::query_as(
        "SELECT id, from_seq, to_seq, from_ms, to_ms, unpacked_bytes FROM segment
         WHERE org_key = ?1 AND to_seq >= ?2 ORDER BY to_seq LIMIT 1",
    )
    .bind(key.0)
    .bind(to_sql(seq))
    .fetch_optional(connection)
    .await
    .doing(READ)
}

/// What is sealed in a row. SQLite may give a deleted row's id to a new one, so the row is asked for its place as well.
pub(super) async fn sealed(
    connection: &mut SqliteConnection,
    id: i64,
    head: &SegmentHead,
) -> Result<Option<Vec<u8>>, StoreError> {
    sqlx::query_scalar(
        "SELECT sealed FROM segment WHERE id = ?1 AND org_key = ?2 AND from_seq = ?3 AND to_seq = ?4",
    )
    .bind(id)
    .bind(head.org.0)
    .bind(to_sql(head.from_seq))
    .bind(to_sql(head.to_seq))
    .fetch_optional(connection)
    .await
    .doing(READ)
}

pub(super) fn damaged(org: &OrgId, tenant_seq: u64, damage: Damage) -> StoreError {
    StoreError::Damaged { org: org.clone(), tenant_seq, block: None, damage }
}
