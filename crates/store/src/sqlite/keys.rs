//! API keys: their SQL. They lie in `directory.db` and go with their organisation.

use super::{SqliteStore, to_sql};
use crate::error::While;
use crate::{Keys, StoreError};
use async_trait::async_trait;
use salescope_domain::{IdError, Instant, Label, OrgId};
use salescope_engine_api::{ApiKey, KeyHash};
use sqlx::{Row, sqlite::SqliteRow};

const CREATE: &str = "save the API key";
const READ: &str = "read the API keys";
const REVOKE: &str = "revoke the API key";

#[async_trait]
impl Keys for SqliteStore {
    async fn create_key(
        &self,
        org: &OrgId,
        name: &Label,
        hash: &KeyHash,
        now: Instant,
    ) -> Result<ApiKey, StoreError> {
        let mut connection = self.directory.lock().await;
        self.check_org(org)?;
        let created = sqlx::query(
            "INSERT INTO api_key (org_id, name, hash, created_at_ms) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (hash) DO NOTHING",
        )
        .bind(org.as_str())
        .bind(name.as_str())
        .bind(hash.as_slice())
        .bind(now.ms())
        .execute(&mut **connection)
        .await
        .doing(CREATE)?;
        if created.rows_affected() == 0 {
            return Err(StoreError::KeyExists);
        }
        let id = created.last_insert_rowid().cast_unsigned();
        Ok(ApiKey { id, org: org.clone(), name: name.clone(), created_at: now })
    }

    async fn all_keys(&self) -> Result<Vec<(KeyHash, ApiKey)>, StoreError> {
        let mut connection = self.directory.lock().await;
        let rows = sqlx::query("SELECT id, org_id, name, created_at_ms, hash FROM api_key ORDER BY id")
            .fetch_all(&mut **connection)
            .await
            .doing(READ)?;
        rows.iter().map(|row| Ok((read_hash(row)?, read_key(row)?))).collect::<Result<_, _>>().doing(READ)
    }

    async fn keys(&self, org: &OrgId) -> Result<Vec<ApiKey>, StoreError> {
        self.check_org(org)?;
        let mut connection = self.directory.lock().await;
        let rows =
            sqlx::query("SELECT id, org_id, name, created_at_ms FROM api_key WHERE org_id = ?1 ORDER BY id")
                .bind(org.as_str())
                .fetch_all(&mut **connection)
                .await
                .doing(READ)?;
        rows.iter().map(read_key).collect::<Result<_, _>>().doing(READ)
    }

    async fn revoke_key(&self, org: &OrgId, id: u64) -> Result<bool, StoreError> {
        self.check_org(org)?;
        let mut connection = self.directory.lock().await;
        let revoked = sqlx::query("DELETE FROM api_key WHERE org_id = ?1 AND id = ?2")
            .bind(org.as_str())
            .bind(to_sql(id))
            .execute(&mut **connection)
            .await
            .doing(REVOKE)?;
        Ok(revoked.rows_affected() > 0)
    }
}

fn read_key(row: &SqliteRow) -> Result<ApiKey, sqlx::Error> {
    let invalid = |error: IdError| sqlx::Error::Decode(error.into());
    Ok(ApiKey {
        id: row.try_get(0)?,
        org: OrgId::new(row.try_get(1)?).map_err(invalid)?,
        name: Label::new(row.try_get(2)?).map_err(invalid)?,
        created_at: Instant::from_ms(row.try_get(3)?),
    })
}

fn read_hash(row: &SqliteRow) -> Result<KeyHash, sqlx::Error> {
    let hash: &[u8] = row.try_get(4)?;
    hash.try_into().map_err(|error: std::array::TryFromSliceError| sqlx::Error::Decode(error.into()))
}
