//! Organisations and entries: the SQL of `journal.db`, and the order in which an append commits.

use super::{ROWS_PER_STATEMENT, SqliteStore, Writer, identity, recovery, to_sql};
use crate::codec::{StoredEntry, damaged};
use crate::error::While;
use crate::intake::{End, decide, prepare};
use crate::{Damage, Journal, JournalStats, Outcome, StoreError, Submission};
use async_trait::async_trait;
use salescope_domain::{Entry, IdError, Instant, OrgId};
use sqlx::{Connection, QueryBuilder, Row, Sqlite, SqliteConnection};

const APPEND: &str = "append to the journal";
const READ: &str = "read the journal";

/// An organisation's row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    pub(super) org_key: i64,
    pub(super) end: End,
}

#[async_trait]
impl Journal for SqliteStore {
    async fn create_org(&self, org: &OrgId, now: Instant) -> Result<(), StoreError> {
        let mut writer = self.writer.lock().await;
        let created = sqlx::query(
            "INSERT INTO organisation (org_id, created_at_ms, last_commit_ms) VALUES (?1, ?2, ?2)
             ON CONFLICT (org_id) DO NOTHING",
        )
        .bind(org.as_str())
        .bind(now.ms())
        .execute(&mut writer.journal)
        .await
        .doing("create the organisation")?;
        if created.rows_affected() == 0 {
            return Err(StoreError::OrgExists { org: org.clone() });
        }
        Ok(())
    }

    async fn orgs(&self) -> Result<Vec<OrgId>, StoreError> {
        orgs(&mut *self.readers.acquire().await.doing(READ)?).await
    }

    async fn append(
        &self,
        org: &OrgId,
        submissions: Vec<Submission>,
        now: Instant,
    ) -> Result<Vec<Outcome>, StoreError> {
        let (count, max) = (submissions.len(), self.options.submissions_per_append_max);
        if count > max {
            return Err(StoreError::TooManySubmissions { count, max });
        }
        let bytes_max = self.options.payload_bytes_max;
        let candidates: Vec<_> =
            submissions.into_iter().map(|submission| prepare(submission, now, bytes_max)).collect();

        let mut writer = self.writer.lock().await;
        let Writer { journal, identity } = &mut *writer;
        let mut transaction = journal.begin_with("BEGIN IMMEDIATE").await.doing(APPEND)?;
        let head = head(&mut transaction, org).await?;
        let identity_key = recovery::align(&mut transaction, identity, org, &head).await?;
        let keys = candidates.iter().flatten().map(|candidate| &candidate.statement.key);
        let known = identity::lookup(identity, identity_key, keys).await?;
        let decision = decide(org, candidates, &known, head.end, now);
        let Some(last) = decision.entries.last() else {
            transaction.rollback().await.doing(APPEND)?;
            return Ok(decision.outcomes);
        };
        insert_entries(&mut transaction, head.org_key, &decision.entries).await?;
        set_end(&mut transaction, head.org_key, decision.end).await?;
        transaction.commit().await.doing(APPEND)?;
        // The entries are durable, so this append has succeeded. If identity cannot follow now, the next append brings it
        // up to the journal before it asks it, or fails with the reason.
        identity::advance(identity, identity_key, &decision.changes, last).await.ok();
        Ok(decision.outcomes)
    }

    fn submissions_per_append_max(&self) -> usize {
        self.options.submissions_per_append_max
    }

    async fn read(&self, org: &OrgId, after: u64, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let limit = limit.min(self.options.entries_per_read_max);
        let mut connection = self.readers.acquire().await.doing(READ)?;
        let head = head(&mut connection, org).await?;
        let entries = entries(&mut connection, org, &head, after, limit).await?;
        entries.iter().map(|entry| entry.open(org)).collect()
    }

    async fn stats(&self, org: &OrgId) -> Result<JournalStats, StoreError> {
        let mut connection = self.readers.acquire().await.doing(READ)?;
        let row = sqlx::query_as(
            "SELECT (SELECT count(*) FROM entry AS e WHERE e.org_key = o.org_key), o.last_tenant_seq
             FROM organisation AS o WHERE o.org_id = ?1",
        )
        .bind(org.as_str())
        .fetch_optional(&mut *connection)
        .await
        .doing(READ)?;
        let (entries, last_tenant_seq) = row.ok_or_else(|| StoreError::UnknownOrg { org: org.clone() })?;
        Ok(JournalStats { entries, last_tenant_seq })
    }
}

/// Every organisation, sorted.
pub(super) async fn orgs(connection: &mut SqliteConnection) -> Result<Vec<OrgId>, StoreError> {
    let ids: Vec<String> = sqlx::query_scalar("SELECT org_id FROM organisation ORDER BY org_id")
        .fetch_all(connection)
        .await
        .doing(READ)?;
    let parse = |id: &String| OrgId::new(id).map_err(|error: IdError| sqlx::Error::Decode(error.into()));
    ids.iter().map(parse).collect::<Result<_, _>>().doing(READ)
}

/// An organisation's row, if there is such an organisation.
pub(super) async fn head(connection: &mut SqliteConnection, org: &OrgId) -> Result<Head, StoreError> {
    let row =
        sqlx::query_as("SELECT org_key, last_tenant_seq, last_commit_ms FROM organisation WHERE org_id = ?1")
            .bind(org.as_str())
            .fetch_optional(connection)
            .await
            .doing(READ)?;
    let (org_key, tenant_seq, committed_ms) =
        row.ok_or_else(|| StoreError::UnknownOrg { org: org.clone() })?;
    Ok(Head { org_key, end: End { tenant_seq, committed_at: Instant::from_ms(committed_ms) } })
}

/// The entries after `after`, at most `limit`, up to the end that `head` knows. Each is where it belongs; none is checked.
pub(super) async fn entries(
    connection: &mut SqliteConnection,
    org: &OrgId,
    head: &Head,
    after: u64,
    limit: usize,
) -> Result<Vec<StoredEntry>, StoreError> {
    let to = head.end.tenant_seq.min(after.saturating_add(limit as u64));
    let rows = sqlx::query(
        "SELECT tenant_seq, known_at_ms, observed_at_ms, payload, crc FROM entry
         WHERE org_key = ?1 AND tenant_seq > ?2 AND tenant_seq <= ?3 ORDER BY tenant_seq",
    )
    .bind(head.org_key)
    .bind(to_sql(after))
    .bind(to_sql(to))
    .fetch_all(connection)
    .await
    .doing(READ)?;
    let entries = rows
        .iter()
        .map(|row| {
            Ok(StoredEntry {
                tenant_seq: row.try_get(0)?,
                known_at_ms: row.try_get(1)?,
                observed_at_ms: row.try_get(2)?,
                payload: row.try_get(3)?,
                crc: row.try_get(4)?,
            })
        })
        .collect::<Result<Vec<_>, sqlx::Error>>()
        .doing(READ)?;
    let mut found = entries.iter().map(|entry| entry.tenant_seq);
    match (after.saturating_add(1)..=to).find(|expected| found.next() != Some(*expected)) {
        None => Ok(entries),
        Some(missing) => Err(damaged(org, missing, Damage::Missing)),
    }
}

/// The stored checksum of one entry.
pub(super) async fn entry_crc(
    connection: &mut SqliteConnection,
    head: &Head,
    tenant_seq: u64,
) -> Result<Option<u32>, StoreError> {
    sqlx::query_scalar("SELECT crc FROM entry WHERE org_key = ?1 AND tenant_seq = ?2")
        .bind(head.org_key)
        .bind(to_sql(tenant_seq))
        .fetch_optional(connection)
        .await
        .doing(READ)
}

async fn insert_entries(
    connection: &mut SqliteConnection,
    org_key: i64,
    entries: &[StoredEntry],
) -> Result<(), StoreError> {
    for chunk in entries.chunks(ROWS_PER_STATEMENT) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO entry (org_key, tenant_seq, known_at_ms, observed_at_ms, payload, crc) ",
        );
        query.push_values(chunk, |mut row, entry| {
            row.push_bind(org_key)
                .push_bind(to_sql(entry.tenant_seq))
                .push_bind(entry.known_at_ms)
                .push_bind(entry.observed_at_ms)
                .push_bind(entry.payload.as_slice())
                .push_bind(entry.crc);
        });
        query.build().execute(&mut *connection).await.doing(APPEND)?;
    }
    Ok(())
}

async fn set_end(connection: &mut SqliteConnection, org_key: i64, end: End) -> Result<(), StoreError> {
    sqlx::query("UPDATE organisation SET last_tenant_seq = ?2, last_commit_ms = ?3 WHERE org_key = ?1")
        .bind(org_key)
        .bind(to_sql(end.tenant_seq))
        .bind(end.committed_at.ms())
        .execute(connection)
        .await
        .doing(APPEND)?;
    Ok(())
}
