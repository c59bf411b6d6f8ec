//! Sealed history: segments, keys, retention, export, and the end of an organisation.

mod baselines;
mod cuts;
mod erasure;
mod export;
mod keys;
mod sealed;

use super::{connect, flip_last_bit};
use salescope_store::{OrgKey, SealOptions, SealReport, SqliteStore};
use sqlx::Connection;
use std::fs;
use std::path::Path;

/// Seals whatever is in blocks.
async fn seal(store: &SqliteStore) -> SealReport {
    store.seal(SealOptions::everything()).await.unwrap()
}

/// The files of `dir` that hold `text`.
fn files_with(dir: &Path, text: &str) -> Vec<String> {
    let holds = |bytes: &[u8]| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    let files = fs::read_dir(dir).unwrap().map(|file| file.unwrap());
    let files = files.filter(|file| holds(&fs::read(file.path()).unwrap()));
    files.map(|file| file.file_name().into_string().unwrap()).collect()
}

/// Changes one bit of each of an organisation's segments that ends at entry `to_seq`.
async fn flip_segment(dir: &Path, OrgKey(key): OrgKey, to_seq: i64) {
    let mut connection = connect(dir.join("history.db")).await;
    let sealed: Vec<u8> = sqlx::query_scalar("SELECT sealed FROM segment WHERE org_key = ?1 AND to_seq = ?2")
        .bind(key)
        .bind(to_seq)
        .fetch_one(&mut connection)
        .await
        .unwrap();
    let update = sqlx::query("UPDATE segment SET sealed = ?3 WHERE org_key = ?1 AND to_seq = ?2");
    update.bind(key).bind(to_seq).bind(flip_last_bit(sealed)).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}
