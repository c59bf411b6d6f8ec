//! The master key: where it comes from, and what is said when it is not the one.

use super::super::options;
use super::seal;
use crate::sample::{assert_deals, commit_deals, create};
use salescope_store::{HistoryError, Journal, MasterKey, OrgKey, SqliteStore, StoreError, StoreOptions};
use sqlx::Connection;
use std::path::Path;

async fn open_with(dir: &Path, master_key: Option<MasterKey>) -> Result<SqliteStore, StoreError> {
    SqliteStore::open_with(dir, StoreOptions { master_key, ..options() }).await
}

/// A directory with five sealed entries.
async fn sealed(dir: &Path, master_key: Option<MasterKey>) -> OrgKey {
    let store = open_with(dir, master_key).await.unwrap();
    let key = create(&store, "acme").await;
    commit_deals(&store, key, 5).await;
    seal(&store).await;
    store.close().await.unwrap();
    key
}

fn refusal(opened: Result<SqliteStore, StoreError>) -> HistoryError {
    match opened {
        Err(StoreError::History(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_directory_without_its_master_key_does_not_open_and_gets_no_new_one() {
    let dir = tempfile::tempdir().unwrap();
    let key = sealed(dir.path(), None).await;
    let (file, aside) = (dir.path().join("master.key"), dir.path().join("aside"));
    std::fs::rename(&file, &aside).unwrap();
    let error = refusal(open_with(dir.path(), None).await);
    assert!(matches!(&error, HistoryError::MasterKeyMissing { path } if *path == file), "{error}");
    assert!(!file.exists());
    std::fs::rename(&aside, &file).unwrap();
    assert_deals(&open_with(dir.path(), None).await.unwrap(), key, 5).await;
}

#[tokio::test]
async fn another_master_key_is_found_out_when_the_store_opens() {
    let dir = tempfile::tempdir().unwrap();
    sealed(dir.path(), None).await;
    std::fs::write(dir.path().join("master.key"), [7; 32]).unwrap();
    assert_eq!(refusal(open_with(dir.path(), None).await), HistoryError::MasterKeyWrong);
    let other = MasterKey::new(1, [8; 32]);
    assert_eq!(refusal(open_with(dir.path(), Some(other)).await), HistoryError::MasterKeyWrong);
    let newer = refusal(open_with(dir.path(), Some(MasterKey::new(2, [8; 32]))).await);
    assert_eq!(newer, HistoryError::MasterKeyVersion { version: 1, current: 2 });
}

#[tokio::test]
async fn a_master_key_that_is_passed_in_is_in_no_file() {
    let dir = tempfile::tempdir().unwrap();
    let master = MasterKey::new(3, *b"thirty-two bytes from elsewhere!");
    let key = sealed(dir.path(), Some(master.clone())).await;
    assert!(!dir.path().join("master.key").exists());
    assert_eq!(super::files_with(dir.path(), "thirty-two bytes"), [""; 0]);
    assert_deals(&open_with(dir.path(), Some(master)).await.unwrap(), key, 5).await;
}

#[tokio::test]
async fn an_organisation_that_lost_its_data_key_is_named_and_gets_no_new_one() {
    let dir = tempfile::tempdir().unwrap();
    let key = sealed(dir.path(), None).await;
    let mut connection = super::connect(dir.path().join("directory.db")).await;
    sqlx::query("DELETE FROM data_key").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let store = open_with(dir.path(), None).await.unwrap();
    let is_missing = |error: &StoreError| matches!(error, StoreError::History(HistoryError::DataKeyMissing { org }) if org.as_str() == "acme");
    assert!(is_missing(&store.read(key, 0, 1).await.unwrap_err()));
    commit_deals(&store, key, 1).await;
    let sealing = store.seal(salescope_store::SealOptions::everything()).await;
    assert!(is_missing(&sealing.unwrap_err()));
    assert_eq!(store.read(key, 5, 9).await.unwrap().len(), 1);
}
