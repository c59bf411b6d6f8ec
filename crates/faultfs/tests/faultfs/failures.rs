//! A disk that is full, and a sync that fails.

use crate::fixture::{Database, commit, rows};
use salescope_faultfs::{Full, Options, RegisterError, register};
use sqlx::sqlite::SqliteSynchronous;

fn code(error: &sqlx::Error) -> String {
    error.as_database_error().unwrap().code().unwrap().into_owned()
}

#[tokio::test]
async fn a_failed_sync_is_told_and_what_it_was_to_write_is_gone_although_the_next_sync_succeeds() {
    let options = Options { early_permille: 0, fail_sync_at: Some(6), ..Options::default() };
    let database = Database::wal(options, SqliteSynchronous::Full).await;
    let mut connection = database.connect().await;
    let mut committed = 0;
    let error = loop {
        match commit(&mut connection).await {
            Ok(()) => committed += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(code(&error), "1034");
    assert_eq!(database.after_power_cut().await, committed);
    // Whoever goes on after a failed sync believes what is not there.
    for _ in 0..3 {
        commit(&mut connection).await.unwrap();
    }
    let believed = rows(&mut connection).await;
    assert!(database.after_power_cut().await <= believed);
}

#[tokio::test]
async fn a_full_disk_refuses_commits_and_takes_them_again_when_there_is_room() {
    let full = Full { from: 20, count: 6 };
    let options = Options { early_permille: 0, full: Some(full), ..Options::default() };
    let database = Database::wal(options, SqliteSynchronous::Full).await;
    let mut connection = database.connect().await;
    let (mut committed, mut refused) = (0, 0);
    for _ in 0..40 {
        match commit(&mut connection).await {
            Ok(()) => committed += 1,
            Err(error) => {
                assert_eq!(code(&error), "13");
                refused += 1;
            }
        }
        assert_eq!(database.after_power_cut().await, committed);
    }
    assert!(refused > 0 && committed > 30, "{refused} refused, {committed} committed");
}

#[tokio::test]
async fn a_disk_is_full_when_its_files_have_grown_too_far() {
    let options = Options { early_permille: 0, grow_bytes_max: Some(100_000), ..Options::default() };
    let database = Database::wal(options, SqliteSynchronous::Full).await;
    let mut connection = database.connect().await;
    let mut committed = 0;
    while commit(&mut connection).await.is_ok() {
        committed += 1;
    }
    assert!((10..30).contains(&committed), "{committed}");
    assert_eq!(database.after_power_cut().await, committed);
}

#[test]
fn a_name_is_taken_once() {
    register("twice", Options::default()).unwrap();
    assert_eq!(register("twice", Options::default()), Err(RegisterError::Name("twice".into())));
    assert_eq!(register("a\0b", Options::default()), Err(RegisterError::Name("a\0b".into())));
}

#[tokio::test]
async fn one_commit_of_more_than_128_kib_is_on_the_disk_whole() {
    let options = Options { early_permille: 0, ..Options::default() };
    let database = Database::wal(options, SqliteSynchronous::Full).await;
    let mut connection = database.connect().await;
    sqlx::raw_sql("CREATE TABLE large (bytes); INSERT INTO large VALUES (randomblob(131072 * 4))")
        .execute(&mut connection)
        .await
        .unwrap();
    commit(&mut connection).await.unwrap();
    assert_eq!(database.after_power_cut().await, 1);
}
