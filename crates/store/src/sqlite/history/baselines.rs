//! Baselines: their SQL, and cutting history off before them.

use super::SealedHistory;
use crate::error::While;
use crate::history::{Baseline, BaselineHead, BaselineSaid, HistoryError, Verified, baseline};
use crate::sqlite::{to_sql, transaction};
use crate::{OrgKey, StoreError};
use salescope_domain::{Instant, OrgId};
use sqlx::{Connection, SqliteConnection};

const CUT: &str = "save the baseline";
const READ: &str = "read the baseline";

/// The first entry that is kept.
pub(super) async fn horizon(connection: &mut SqliteConnection, key: OrgKey) -> Result<u64, StoreError> {
    let tenant_seq: Option<u64> = sqlx::query_scalar("SELECT tenant_seq FROM baseline WHERE org_key = ?1")
        .bind(key.0)
        .fetch_optional(connection)
        .await
        .doing(READ)?;
    Ok(tenant_seq.unwrap_or(0) + 1)
}

impl SealedHistory {
    /// Lets an organisation's history begin after `baseline`.
    pub(super) async fn cut(&self, org: &OrgId, key: OrgKey, baseline: Baseline) -> Result<(), StoreError> {
        let mut writer = self.writer.lock().await;
        let sealed = last_sealed(&mut writer, key).await?;
        let (tenant_seq, newest) = (baseline.tenant_seq, horizon(&mut writer, key).await? - 1);
        if tenant_seq <= newest {
            return Err(HistoryError::BaselineBehind { org: org.clone(), tenant_seq, newest }.into());
        }
        if tenant_seq > sealed {
            return Err(HistoryError::BaselineAhead { org: org.clone(), tenant_seq, sealed }.into());
        }
        let secret = self.keys.key(org, key).await?;
        let sealing = tokio::task::spawn_blocking(move || {
            let head = BaselineHead::of(key, &baseline);
            let pieces: Vec<_> = baseline::seal(&secret, &head, &baseline).collect();
            (head, pieces)
        });
        let (head, pieces) = sealing.await.expect("sealing a state neither panics nor is given up");
        let mut transaction = writer.begin_write().await.doing(CUT)?;
        delete(&mut transaction, key).await?;
        insert(&mut transaction, &head, pieces).await?;
        transaction::commit(transaction, &self.fatal, CUT).await?;
        drop(writer);
        self.delete_before(org, key, tenant_seq + 1).await
    }

    /// What is said of an organisation's baseline.
    pub(super) async fn baseline_said(&self, key: OrgKey) -> Result<Option<BaselineSaid>, StoreError> {
        let mut reader = self.readers.acquire().await.doing(READ)?;
        let head = head(&mut reader, key).await?;
        Ok(head.map(|head| BaselineSaid { tenant_seq: head.tenant_seq, verified: head.verified }))
    }

    /// What an organisation's history begins with.
    pub(super) async fn baseline(&self, org: &OrgId, key: OrgKey) -> Result<Option<Baseline>, StoreError> {
        let mut reader = self.readers.acquire().await.doing(READ)?;
        // One view of the row and its pieces.
        let mut transaction = reader.begin().await.doing(READ)?;
        let Some(head) = head(&mut transaction, key).await? else { return Ok(None) };
        let pieces: Vec<Vec<u8>> =
            sqlx::query_scalar("SELECT sealed FROM baseline_piece WHERE org_key = ?1 ORDER BY number")
                .bind(key.0)
                .fetch_all(&mut *transaction)
                .await
                .doing(READ)?;
        transaction.rollback().await.doing(READ)?;
        drop(reader);
        let (secret, tenant_seq) = (self.keys.key(org, key).await?, head.tenant_seq);
        let opening = tokio::task::spawn_blocking(move || baseline::open(&secret, &head, &pieces));
        let opened = opening.await.expect("opening a state neither panics nor is given up");
        let org = org.clone();
        Ok(Some(opened.map_err(|damage| HistoryError::BaselineDamaged { org, tenant_seq, damage })?))
    }
}

/// The last entry in segments, or in the baseline where there are none.
pub(super) async fn last_sealed(connection: &mut SqliteConnection, key: OrgKey) -> Result<u64, StoreError> {
    let (segments, baseline): (u64, u64) = sqlx::query_as(
        "SELECT coalesce((SELECT max(to_seq) FROM segment WHERE org_key = ?1), 0),
                coalesce((SELECT tenant_seq FROM baseline WHERE org_key = ?1), 0)",
    )
    .bind(key.0)
    .fetch_one(connection)
    .await
    .doing(READ)?;
    Ok(segments.max(baseline))
}

/// Deletes a baseline with its pieces.
pub(super) async fn delete(connection: &mut SqliteConnection, key: OrgKey) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM baseline WHERE org_key = ?1")
        .bind(key.0)
        .execute(connection)
        .await
        .doing(CUT)?;
    Ok(())
}

async fn insert(
    connection: &mut SqliteConnection,
    head: &BaselineHead,
    pieces: Vec<Vec<u8>>,
) -> Result<(), StoreError> {
    let Verified { at, answers, differences, recomputed_seq } = head.verified;
    sqlx::query(
        "INSERT INTO baseline (org_key, tenant_seq, schema_version, verified_at_ms, answers, differences, hash, layout, recomputed_seq)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )
    .bind(head.org.0)
    .bind(to_sql(head.tenant_seq))
    .bind(head.schema_version)
    .bind(at.ms())
    .bind(to_sql(answers))
    .bind(to_sql(differences))
    .bind(&head.hash)
    .bind(&head.layout)
    .bind(to_sql(recomputed_seq))
    .execute(&mut *connection)
    .await
    .doing(CUT)?;
    for (piece, number) in pieces.into_iter().zip(0_i64..) {
        sqlx::query("INSERT INTO baseline_piece (org_key, number, sealed) VALUES (?1, ?2, ?3)")
            .bind(head.org.0)
            .bind(number)
            .bind(piece)
            .execute(&mut *connection)
            .await
            .doing(CUT)?;
    }
    Ok(())
}

type BaselineRow = (u64, u32, i64, u64, u64, Vec<u8>, Vec<u8>, u64);

async fn head(connection: &mut SqliteConnection, org: OrgKey) -> Result<Option<BaselineHead>, StoreError> {
    let row: Option<BaselineRow> = sqlx::query_as(
        "SELECT tenant_seq, schema_version, verified_at_ms, answers, differences, hash, layout, recomputed_seq
         FROM baseline WHERE org_key = ?1",
    )
    .bind(org.0)
    .fetch_optional(connection)
    .await
    .doing(READ)?;
    Ok(row.map(|(tenant_seq, schema_version, at_ms, answers, differences, hash, layout, recomputed_seq)| {
        let verified = Verified { at: Instant::from_ms(at_ms), answers, differences, recomputed_seq };
        BaselineHead { org, tenant_seq, schema_version, verified, hash, layout }
    }))
}
