//! SQLite: the contract, and what only this backend has: files, their lock and their recovery.

mod commits;
mod damaged_files;
mod directory_of_files;
mod erasure;
mod history;
mod kill;
mod properties;
mod sealing;
mod upkeep;

use crate::contract::{Backend, Harm, contract};
use async_trait::async_trait;
use salescope_store::{OrgKey, SqliteStore, StoreError, StoreOptions};
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
    StoreOptions { commit_bytes_max: 4 << 20, entries_per_read_max: 700, ..StoreOptions::default() }
}

async fn open(dir: &Path) -> SqliteStore {
    SqliteStore::open_with(dir, options()).await.unwrap()
}

/// A connection of its own to one of the files.
async fn connect(file: PathBuf) -> SqliteConnection {
    SqliteConnectOptions::new().filename(file).connect().await.unwrap()
}

/// The value with its last bit changed.
fn flip_last_bit(mut bytes: Vec<u8>) -> Vec<u8> {
    *bytes.last_mut().unwrap() ^= 1;
    bytes
}

/// Changes one bit of a value, found by its row's number and perhaps its organisation's.
async fn flip(file: PathBuf, select: &'static str, update: &'static str, key: u32, number: u64) {
    let mut connection = connect(file).await;
    let bytes: Vec<u8> = sqlx::query_scalar(select)
        .bind(key)
        .bind(number.cast_signed())
        .fetch_one(&mut connection)
        .await
        .unwrap();
    let flipped = sqlx::query(update).bind(key).bind(number.cast_signed()).bind(flip_last_bit(bytes));
    assert_eq!(flipped.execute(&mut connection).await.unwrap().rows_affected(), 1);
    connection.close().await.unwrap();
}

/// Changes one bit of each chunk whose contents begin with `byte`.
async fn flip_chunks(file: PathBuf, key: u32, byte: u8) {
    let mut connection = connect(file).await;
    let chunks: Vec<(Vec<u8>, Vec<u8>)> = sqlx::query_as("SELECT hash, bytes FROM chunk WHERE org_key = ?1")
        .bind(key)
        .fetch_all(&mut connection)
        .await
        .unwrap();
    for (hash, bytes) in chunks {
        // The form, the token that tells how long the first run of literals is, then the first byte itself.
        if bytes[2] == byte {
            let flipped =
                sqlx::query("UPDATE chunk SET bytes = ?2 WHERE hash = ?1 AND org_key = ?3").bind(hash);
            flipped.bind(flip_last_bit(bytes)).bind(key).execute(&mut connection).await.unwrap();
        }
    }
    connection.close().await.unwrap();
}

async fn do_harm(dir: &Path, harm: Harm) {
    let (journal, checkpoints) = (dir.join("journal.db"), dir.join("checkpoints.db"));
    match harm {
        Harm::None => {}
        Harm::FlipBody(block) => {
            let update = "UPDATE block SET body = ?3 WHERE ?1 = 0 AND seq = ?2";
            flip(journal, "SELECT body FROM block WHERE ?1 = 0 AND seq = ?2", update, 0, block).await;
        }
        Harm::FlipHeader(block) => {
            let update = "UPDATE block SET header = ?3 WHERE ?1 = 0 AND seq = ?2";
            flip(journal, "SELECT header FROM block WHERE ?1 = 0 AND seq = ?2", update, 0, block).await;
        }
        Harm::DropBlock(block) => {
            let mut connection = connect(journal).await;
            let dropped = sqlx::query("DELETE FROM block WHERE seq = ?1").bind(block.cast_signed());
            assert_eq!(dropped.execute(&mut connection).await.unwrap().rows_affected(), 1);
            connection.close().await.unwrap();
        }
        Harm::FlipCheckpoint(OrgKey(key), tenant_seq) => {
            let select = "SELECT body FROM manifest WHERE org_key = ?1 AND tenant_seq = ?2";
            let update = "UPDATE manifest SET body = ?3 WHERE org_key = ?1 AND tenant_seq = ?2";
            flip(checkpoints, select, update, key, tenant_seq).await;
        }
        Harm::FlipChunk(OrgKey(key), byte) => flip_chunks(checkpoints, key, byte).await,
    }
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

    async fn restart(self, harm: Harm) -> Result<Self, StoreError> {
        let Self { dir, store } = self;
        Arc::into_inner(store).expect("nobody holds the store any more").close().await.unwrap();
        do_harm(dir.path(), harm).await;
        let store = Arc::new(SqliteStore::open_with(dir.path(), options()).await?);
        Ok(Self { dir, store })
    }
}
