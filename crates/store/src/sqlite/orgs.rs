//! Organisations: their SQL.

use super::{ROWS_PER_STATEMENT, SqliteStore, transaction};
use crate::error::While;
use crate::{OrgKey, StoreError};
use salescope_domain::{IdError, Instant, OrgId};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use std::collections::HashSet;

const CREATE: &str = "create the organisations";
const READ: &str = "read the organisations";

/// An organisation's row.
pub(super) struct OrgRow {
    pub(super) key: OrgKey,
    pub(super) org: OrgId,
    pub(super) created_at: Instant,
    /// Its erasure was begun and not finished.
    pub(super) is_erasing: bool,
}

impl SqliteStore {
    /// Creates those that are not there, in one transaction.
    pub(super) async fn create_all(
        &self,
        orgs: &[OrgId],
        now: Instant,
    ) -> Result<Vec<Result<OrgKey, StoreError>>, StoreError> {
        let (count, max) = (orgs.len(), self.options.orgs_per_call_max);
        if count > max {
            return Err(StoreError::TooMany { what: "organisations", count, max });
        }
        let mut writer = self.writer.lock().await;
        self.settle(&mut writer).await?;
        let mut transaction = writer.connection.begin_write().await.doing(CREATE)?;
        let known_max = self.index.read().key_max();
        for OrgRow { key, org, created_at, is_erasing } in after(&mut transaction, known_max).await? {
            // A creation whose end nobody waited for. Nothing can have been committed for it yet.
            if !is_erasing {
                self.index.write().add_org(key, org, created_at, 0);
            }
        }
        // The disk is asked for the highest key: erased organisations have rows too.
        let mut next: u32 = sqlx::query_scalar("SELECT coalesce(max(org_key), 0) + 1 FROM organisation")
            .fetch_one(&mut *transaction)
            .await
            .doing(CREATE)?;
        let (mut created, mut answers, mut seen) = (Vec::new(), Vec::with_capacity(count), HashSet::new());
        for org in orgs {
            if !self.index.read().is_free(org) || !seen.insert(org) {
                answers.push(Err(StoreError::OrgExists { org: org.clone() }));
            } else {
                created.push((OrgKey(next), org));
                answers.push(Ok(OrgKey(next)));
                next = next.checked_add(1).expect("there are fewer than 2^32 organisations");
            }
        }
        insert(&mut transaction, &created, now).await.doing(CREATE)?;
        transaction::commit(transaction, &self.fatal, CREATE).await?;
        let mut index = self.index.write();
        for (key, org) in created {
            index.add_org(key, org.clone(), now, 0);
        }
        Ok(answers)
    }
}

async fn insert(
    connection: &mut SqliteConnection,
    orgs: &[(OrgKey, &OrgId)],
    now: Instant,
) -> Result<(), sqlx::Error> {
    for chunk in orgs.chunks(ROWS_PER_STATEMENT) {
        let mut query =
            QueryBuilder::<Sqlite>::new("INSERT INTO organisation (org_key, org_id, created_at_ms) ");
        query.push_values(chunk, |mut row, (key, org)| {
            row.push_bind(key.0).push_bind(org.as_str()).push_bind(now.ms());
        });
        query.build().execute(&mut *connection).await?;
    }
    Ok(())
}

/// Every organisation of which something is left.
pub(super) async fn all(connection: &mut SqliteConnection) -> Result<Vec<OrgRow>, StoreError> {
    after(connection, 0).await
}

/// Those whose keys are higher than `key`.
async fn after(connection: &mut SqliteConnection, key: u32) -> Result<Vec<OrgRow>, StoreError> {
    let rows: Vec<(u32, String, i64, bool)> = sqlx::query_as(
        "SELECT org_key, org_id, created_at_ms, erased_at_ms IS NOT NULL FROM organisation
         WHERE org_id <> '' AND org_key > ?1 ORDER BY org_key",
    )
    .bind(key)
    .fetch_all(connection)
    .await
    .doing(READ)?;
    let parse = |(key, org, created_ms, is_erasing): (u32, String, i64, bool)| {
        let org = OrgId::new(&org).map_err(|error: IdError| sqlx::Error::Decode(error.into()))?;
        Ok(OrgRow { key: OrgKey(key), org, created_at: Instant::from_ms(created_ms), is_erasing })
    };
    rows.into_iter().map(parse).collect::<Result<_, _>>().doing(READ)
}
