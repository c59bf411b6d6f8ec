//! The data directory: who may open it, and what is told when it cannot be opened.

use super::{connect, open};
use crate::sample::{commit_deals, create};
use salescope_store::{Journal, SqliteStore, StoreError};
use sqlx::Connection;
use std::fs;

#[tokio::test]
async fn a_second_store_on_the_same_directory_is_told_who_holds_it() {
    let dir = tempfile::tempdir().unwrap();
    let first = open(dir.path()).await;
    for second in [SqliteStore::open(dir.path()).await, SqliteStore::open_existing(dir.path()).await] {
        let error = second.unwrap_err();
        let holder = std::process::id();
        assert!(matches!(error, StoreError::Locked { holder: Some(pid), .. } if pid == holder), "{error}");
        let text = error.to_string();
        assert!(text.contains(&format!("process {holder}")) && text.contains("stop it"), "{text}");
    }
    first.close().await.unwrap();
    open(dir.path()).await.close().await.unwrap();
}

#[tokio::test]
async fn a_dropped_store_gives_its_directory_free() {
    let dir = tempfile::tempdir().unwrap();
    for number in 0..3 {
        let store = open(dir.path()).await;
        create(&store, &format!("org-{number}")).await;
        assert_eq!(store.heads().len(), number + 1);
    }
}

#[tokio::test]
async fn open_existing_finds_nothing_and_creates_nothing() {
    let dir = tempfile::tempdir().unwrap();
    for path in [dir.path().join("none"), dir.path().to_owned()] {
        let error = SqliteStore::open_existing(&path).await.unwrap_err();
        assert!(matches!(error, StoreError::NoDataDirectory { .. }), "{error}");
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    let path = dir.path().join("deep/down");
    open(&path).await.close().await.unwrap();
    SqliteStore::open_existing(&path).await.unwrap();
}

#[tokio::test]
async fn a_directory_that_lost_its_journal_is_not_started_afresh() {
    let dir = tempfile::tempdir().unwrap();
    open(dir.path()).await.close().await.unwrap();
    fs::remove_file(dir.path().join("journal.db")).unwrap();
    for opened in [SqliteStore::open(dir.path()).await, SqliteStore::open_existing(dir.path()).await] {
        assert!(matches!(opened, Err(StoreError::JournalMissing { .. })), "{opened:?}");
    }
    assert!(!dir.path().join("journal.db").exists());
}

#[tokio::test]
async fn a_file_of_a_newer_version_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    open(dir.path()).await.close().await.unwrap();
    let mut connection = connect(dir.path().join("checkpoints.db")).await;
    sqlx::query(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (29991231000000, 'from tomorrow', 1, X'00', 0)",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    connection.close().await.unwrap();
    let error = SqliteStore::open(dir.path()).await.unwrap_err();
    assert!(
        matches!(&error, StoreError::Migration { file, .. } if file.ends_with("checkpoints.db")),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_directory_of_the_first_layout_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    for file in ["journal.db", "identity.db", "directory.db"] {
        fs::write(dir.path().join(file), "old").unwrap();
    }
    let refused = SqliteStore::open(dir.path()).await;
    assert!(matches!(refused, Err(StoreError::OldLayout { .. })), "{refused:?}");
    assert_eq!(fs::read(dir.path().join("journal.db")).unwrap(), b"old");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("journal.db"), "not a database".repeat(1_000)).unwrap();
    assert!(SqliteStore::open(dir.path()).await.is_err());
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_directory_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data");
    let store = open(&path).await;
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    let acme = create(&store, "acme").await;
    commit_deals(&store, acme, 3).await;
    store.close().await.unwrap();
    let mut files: Vec<_> =
        fs::read_dir(&path).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    files.sort();
    assert_eq!(files, ["checkpoints.db", "directory.db", "history.db", "journal.db", "lock", "master.key"]);
}
