//! Connections that write, and their transactions of several rows.
//!
//! Invariants: a transaction begins on a connection that is in none. A commit of which nobody knows whether it is on the disk
//! is the last one of this process: a sync that failed is not tried again and then believed.

use super::failure::{Failure, judge};
use crate::error::with_causes;
use crate::{Fatal, StoreError};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection, Sqlite, SqliteConnection, Transaction};
use std::ops::{Deref, DerefMut};

/// A connection that writes.
#[derive(Debug)]
pub(super) struct WriteConnection {
    connection: SqliteConnection,
    settings: SqliteConnectOptions,
}

impl WriteConnection {
    /// Of a file that `settings` opens.
    pub(super) fn new(connection: SqliteConnection, settings: SqliteConnectOptions) -> Self {
        Self { connection, settings }
    }

    /// Begins a transaction that writes.
    pub(super) async fn begin_write(&mut self) -> Result<Transaction<'_, Sqlite>, sqlx::Error> {
        if self.connection.is_in_transaction() {
            // The rollback of a transaction that was given up may still be on its way.
            self.connection.ping().await?;
        }
        if self.connection.is_in_transaction() {
            // SQLite takes some commits back by itself when they fail, on a full disk for one. The driver does not notice, and
            // would count that transaction as open for good.
            self.connection = self.settings.connect().await?;
        }
        self.connection.begin_with("BEGIN IMMEDIATE").await
    }

    pub(super) async fn close(self) -> Result<(), sqlx::Error> {
        self.connection.close().await
    }
}

impl Deref for WriteConnection {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.connection
    }
}

impl DerefMut for WriteConnection {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }
}

/// Commits a transaction of a file whose commits are answers.
pub(super) async fn commit(
    transaction: Transaction<'_, Sqlite>,
    fatal: &Fatal,
    doing: &'static str,
) -> Result<(), StoreError> {
    transaction.commit().await.map_err(|source| failed(source, fatal, doing))
}

/// The error of a commit that failed. Where it may be on the disk all the same, it is fatal.
pub(super) fn failed(source: sqlx::Error, fatal: &Fatal, doing: &'static str) -> StoreError {
    let failure = judge(&source);
    let error = StoreError::Database { doing, source };
    if failure == Failure::Unknown {
        fatal.report(with_causes(&error));
    }
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn after_a_transaction_that_sqlite_took_back_by_itself_the_next_one_begins() {
        let dir = tempfile::tempdir().unwrap();
        let settings = SqliteConnectOptions::new().filename(dir.path().join("db")).create_if_missing(true);
        let mut writer = WriteConnection::new(settings.connect().await.unwrap(), settings);
        let mut taken_back = writer.begin_write().await.unwrap();
        sqlx::raw_sql("CREATE TABLE lost (id); ROLLBACK").execute(&mut *taken_back).await.unwrap();
        taken_back.commit().await.unwrap_err();

        let mut next = writer.begin_write().await.unwrap();
        sqlx::raw_sql("CREATE TABLE kept (id)").execute(&mut *next).await.unwrap();
        commit(next, &Fatal::default(), "test").await.unwrap();
        let tables: Vec<String> =
            sqlx::query_scalar("SELECT name FROM sqlite_schema").fetch_all(&mut *writer).await.unwrap();
        assert_eq!(tables, ["kept"]);
    }
}
