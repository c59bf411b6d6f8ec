//! Deleting what lies before a baseline, and finding whose entries are old enough to be cut off.
//!
//! Invariants: only entries before a baseline that is on the disk are deleted. A crash on the way leaves some of them; nobody
//! reads those, and the next run deletes them.

use super::SealedHistory;
use super::read::{HeadRow, damaged, head, sealed};
use crate::error::While;
use crate::history::{DamagedEntry, Packer, Segment, segment};
use crate::sqlite::{SqliteStore, to_sql, transaction};
use crate::{Damage, OrgKey, StoreError};
use salescope_domain::{Instant, OrgId};
use sqlx::SqliteConnection;

const CUT: &str = "delete what was cut off";
const FIND: &str = "look for old history";

/// Segments that one transaction deletes: some 100 MB, which seals of others wait for.
const SEGMENTS_PER_DELETE_MAX: i64 = 64;

/// Some organisations' oldest sealed entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OldestSealed {
    /// Whose.
    pub key: OrgKey,
    /// When the first of those was known that lie together in the organisation's first segment. They were observed then, or
    /// later.
    pub known_at: Instant,
}

impl SqliteStore {
    /// The next organisations by key that have sealed entries, at most `limit`.
    ///
    /// # Errors
    /// When the backend fails.
    pub async fn oldest_sealed(&self, after: OrgKey, limit: u32) -> Result<Vec<OldestSealed>, StoreError> {
        self.history.oldest(after, limit).await
    }

    /// When the oldest entries that are not sealed were committed; `None` when all are sealed.
    ///
    /// # Errors
    /// When the backend fails.
    pub async fn oldest_unsealed(&self) -> Result<Option<Instant>, StoreError> {
        let at_ms: Option<i64> = sqlx::query_scalar("SELECT committed_ms FROM block ORDER BY seq LIMIT 1")
            .fetch_optional(&self.readers)
            .await
            .doing(FIND)?;
        Ok(at_ms.map(Instant::from_ms))
    }
}

impl SealedHistory {
    async fn oldest(&self, OrgKey(after): OrgKey, limit: u32) -> Result<Vec<OldestSealed>, StoreError> {
        let mut reader = self.readers.acquire().await.doing(FIND)?;
        let rows: Vec<(u32, i64)> = sqlx::query_as(
            "SELECT s.org_key, s.from_ms
             FROM (SELECT org_key, min(to_seq) AS to_seq FROM segment WHERE org_key > ?1
                   GROUP BY org_key ORDER BY org_key LIMIT ?2) AS first
             CROSS JOIN segment AS s ON s.org_key = first.org_key AND s.to_seq = first.to_seq
             ORDER BY s.org_key",
        )
        .bind(after)
        .bind(limit)
        .fetch_all(&mut *reader)
        .await
        .doing(FIND)?;
        let oldest = |(key, ms)| OldestSealed { key: OrgKey(key), known_at: Instant::from_ms(ms) };
        Ok(rows.into_iter().map(oldest).collect())
    }

    /// Organisations whose first segment begins before the horizon, each with the horizon.
    pub(super) async fn unfinished_cuts(&self) -> Result<Vec<(OrgKey, u64)>, StoreError> {
        let mut reader = self.readers.acquire().await.doing(CUT)?;
        let rows: Vec<(u32, u64)> = sqlx::query_as(
            "SELECT org_key, tenant_seq + 1 FROM baseline AS b WHERE tenant_seq >=
                (SELECT from_seq FROM segment AS s WHERE s.org_key = b.org_key ORDER BY to_seq LIMIT 1)",
        )
        .fetch_all(&mut *reader)
        .await
        .doing(CUT)?;
        Ok(rows.into_iter().map(|(key, horizon)| (OrgKey(key), horizon)).collect())
    }

    /// Deletes an organisation's sealed entries before `horizon`.
    pub(super) async fn delete_before(
        &self,
        org: &OrgId,
        key: OrgKey,
        horizon: u64,
    ) -> Result<(), StoreError> {
        loop {
            let mut writer = self.writer.lock().await;
            let mut transaction = writer.begin_write().await.doing(CUT)?;
            let deleted = sqlx::query(
                "DELETE FROM segment WHERE id IN
                    (SELECT id FROM segment WHERE org_key = ?1 AND to_seq < ?2 ORDER BY to_seq LIMIT ?3)",
            )
            .bind(key.0)
            .bind(to_sql(horizon))
            .bind(SEGMENTS_PER_DELETE_MAX)
            .execute(&mut *transaction)
            .await
            .doing(CUT)?;
            transaction::commit(transaction, &self.fatal, CUT).await?;
            if deleted.rows_affected() == 0 {
                break;
            }
        }
        self.shorten(org, key, horizon).await
    }

    /// Takes the entries before `horizon` out of the segment that holds entries on both sides of it.
    async fn shorten(&self, org: &OrgId, key: OrgKey, horizon: u64) -> Result<(), StoreError> {
        let mut writer = self.writer.lock().await;
        let Some(row) = straddling(&mut writer, key, horizon).await? else { return Ok(()) };
        let (id, whole) = (row.0, head(key, row));
        let Some(closed) = sealed(&mut writer, id, &whole).await? else { return Ok(()) };
        let secret = self.keys.key(org, key).await?;
        let making = tokio::task::spawn_blocking(move || {
            let at = |DamagedEntry { tenant_seq, damage }| (tenant_seq, damage);
            let frames =
                segment::open(&secret, &whole, &closed).map_err(|damage| (whole.from_seq, damage))?;
            let kept = segment::skip(&frames, horizon - whole.from_seq);
            let kept = kept.ok_or((whole.from_seq, Damage::Missing))?;
            segment::seal(&mut Packer::new(), &secret, key, horizon, kept).map_err(at)
        });
        let segments = match making.await.expect("making segments neither panics nor is given up") {
            Ok(segments) => segments,
            // It stays as it is, for whoever reads the entries after the horizon to be told.
            Err((_, Damage::Checksum)) => return Ok(()),
            Err((tenant_seq, damage)) => return Err(damaged(org, tenant_seq, damage)),
        };
        let mut transaction = writer.begin_write().await.doing(CUT)?;
        swap(&mut transaction, id, segments).await.doing(CUT)?;
        transaction::commit(transaction, &self.fatal, CUT).await
    }
}

/// The segment that holds the last entry before `horizon` and the first one after it.
async fn straddling(
    connection: &mut SqliteConnection,
    key: OrgKey,
    horizon: u64,
) -> Result<Option<HeadRow>, StoreError> {
    sqlx::query_as(
        "SELECT id, from_seq, to_seq, from_ms, to_ms, unpacked_bytes FROM segment
         WHERE org_key = ?1 AND to_seq >= ?2 AND from_seq < ?2 ORDER BY to_seq LIMIT 1",
    )
    .bind(key.0)
    .bind(to_sql(horizon))
    .fetch_optional(connection)
    .await
    .doing(CUT)
}

async fn swap(connection: &mut SqliteConnection, id: i64, segments: Vec<Segment>) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM segment WHERE id = ?1").bind(id).execute(&mut *connection).await?;
    super::seal::insert(connection, segments).await
}
