//! SQLite: the contract, and what only this backend has: files, their lock and their recovery.

mod directory_of_files;
mod erasure;
mod kill;
mod recovery;

use crate::contract::{Backend, Harm, contract};
use async_trait::async_trait;
use salescope_domain::OrgId;
use salescope_store::{SqliteStore, StoreOptions};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tempfile::TempDir;

contract!(super::sqlite::Sqlite);

/// A store in a directory that goes with it.
pub(crate) struct Sqlite {
    dir: TempDir,
    store: Arc<SqliteStore>,
}

/// Small, so that tests reach the limits.
fn options() -> StoreOptions {
    StoreOptions { submissions_per_append_max: 2_000, entries_per_read_max: 700, ..StoreOptions::default() }
}

async fn open(dir: &Path) -> SqliteStore {
    SqliteStore::open_with(dir, options()).await.unwrap()
}

/// A connection of its own to one of the files.
async fn connect(file: PathBuf) -> SqliteConnection {
    SqliteConnectOptions::new().filename(file).connect().await.unwrap()
}

/// Runs one statement on `journal.db` for one position of one organisation; it must change one row.
async fn harm(dir: &Path, sql: &'static str, org: &OrgId, tenant_seq: u64) {
    let mut connection = connect(dir.join("journal.db")).await;
    let changed = sqlx::query(sql)
        .bind(org.as_str())
        .bind(tenant_seq.cast_signed())
        .execute(&mut connection)
        .await
        .unwrap();
    assert_eq!(changed.rows_affected(), 1);
    connection.close().await.unwrap();
}

#[async_trait]
impl Backend for Sqlite {
    type Store = SqliteStore;

    async fn fresh() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Arc::new(open(dir.path()).await);
        Self { dir, store }
    }

    fn store(&self) -> Arc<SqliteStore> {
        Arc::clone(&self.store)
    }

    async fn restart(self, what: Harm<'_>) -> Self {
        let Self { dir, store } = self;
        Arc::into_inner(store).expect("nobody holds the store any more").close().await.unwrap();
        match what {
            Harm::None => {}
            Harm::FlipEntry(org, tenant_seq) => {
                // The last byte is a brace; a bracket in its place.
                let sql = "UPDATE entry SET payload = CAST(substr(payload, 1, length(payload) - 1) || X'5D' AS BLOB)
                    WHERE org_key = (SELECT org_key FROM organisation WHERE org_id = ?1) AND tenant_seq = ?2";
                harm(dir.path(), sql, org, tenant_seq).await;
            }
            Harm::DropEntry(org, tenant_seq) => {
                let sql = "DELETE FROM entry
                    WHERE org_key = (SELECT org_key FROM organisation WHERE org_id = ?1) AND tenant_seq = ?2";
                harm(dir.path(), sql, org, tenant_seq).await;
            }
            Harm::FlipCheckpoint(org, tenant_seq) => {
                // The first byte of a test's checkpoint is 0; one bit of it changes.
                let sql = "UPDATE checkpoint SET state = CAST(X'01' || substr(state, 2) AS BLOB)
                    WHERE org_key = (SELECT org_key FROM organisation WHERE org_id = ?1) AND tenant_seq = ?2";
                harm(dir.path(), sql, org, tenant_seq).await;
            }
            Harm::LoseIdentity => std::fs::remove_file(dir.path().join("identity.db")).unwrap(),
        }
        let store = Arc::new(open(dir.path()).await);
        Self { dir, store }
    }
}
