//! A database on a simulated disk of its own, and what survives of it.

use salescope_faultfs::{Options, register};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

static NAMES: AtomicU32 = AtomicU32::new(0);

/// A database in a directory of its own.
pub(crate) struct Database {
    dir: TempDir,
    vfs: String,
    settings: SqliteConnectOptions,
}

impl Database {
    /// With one table, `t`, of numbers and texts, which is on the disk.
    pub(crate) async fn new(
        options: Options,
        mode: SqliteJournalMode,
        synchronous: SqliteSynchronous,
    ) -> Self {
        let dir = tempfile::tempdir().unwrap();
        create(dir.path()).await;
        let vfs = format!("simulated-{}", NAMES.fetch_add(1, Ordering::SeqCst));
        register(&vfs, options).unwrap();
        let settings = SqliteConnectOptions::new()
            .filename(dir.path().join("a.db"))
            .vfs(vfs.clone())
            .journal_mode(mode)
            .synchronous(synchronous);
        Self { dir, vfs, settings }
    }

    pub(crate) async fn wal(options: Options, synchronous: SqliteSynchronous) -> Self {
        Self::new(options, SqliteJournalMode::Wal, synchronous).await
    }

    pub(crate) async fn connect(&self) -> SqliteConnection {
        self.settings.connect().await.unwrap()
    }

    pub(crate) async fn reader(&self) -> SqliteConnection {
        let path = self.dir.path().join("a.db");
        let settings = SqliteConnectOptions::new().filename(path).vfs(self.vfs.clone()).read_only(true);
        settings.connect().await.unwrap()
    }

    /// What a power cut leaves, read by SQLite without the simulated disk: how many rows there are, and whether the file is
    /// sound. Rows are appended in order, so a number stands for all up to it.
    pub(crate) async fn after_power_cut(&self) -> i64 {
        let left = tempfile::tempdir().unwrap();
        for entry in std::fs::read_dir(self.dir.path()).unwrap() {
            let entry = entry.unwrap();
            // Shared memory does not outlive the machine.
            if !entry.file_name().to_string_lossy().ends_with("-shm") {
                std::fs::copy(entry.path(), left.path().join(entry.file_name())).unwrap();
            }
        }
        let settings = SqliteConnectOptions::new().filename(left.path().join("a.db"));
        let mut connection = settings.connect().await.unwrap();
        let sound: String =
            sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut connection).await.unwrap();
        assert_eq!(sound, "ok");
        let (rows, last, texts): (i64, i64, i64) = sqlx::query_as(
            "SELECT count(*), coalesce(max(n), 0), count(*) FILTER (WHERE text = printf('%.*c', 900, char(64 + n % 26)))
             FROM t",
        )
        .fetch_one(&mut connection)
        .await
        .unwrap();
        assert_eq!((rows, rows), (last, texts), "a row in the middle is gone, or its text is another");
        connection.close().await.unwrap();
        rows
    }
}

async fn create(dir: &Path) {
    let settings = SqliteConnectOptions::new().filename(dir.join("a.db")).create_if_missing(true);
    let mut connection = settings.connect().await.unwrap();
    sqlx::query("CREATE TABLE t (n INTEGER PRIMARY KEY, text TEXT NOT NULL)")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

/// Commits the next row.
pub(crate) async fn commit(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let next = "INSERT INTO t SELECT n, printf('%.*c', 900, char(64 + n % 26))
                FROM (SELECT coalesce(max(n), 0) + 1 AS n FROM t)";
    sqlx::query(next).execute(connection).await.map(|_| ())
}

pub(crate) async fn rows(connection: &mut SqliteConnection) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM t").fetch_one(connection).await.unwrap()
}
