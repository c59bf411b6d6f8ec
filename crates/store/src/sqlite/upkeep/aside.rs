//! Side files: what a repair takes away lies in them.
//!
//! Invariant: a side file has a name that no other file has.

use super::Files;
use super::blocks::Plan;
use super::checkpoints::Unusable;
use crate::StoreError;
use crate::error::While;
use crate::sqlite::files::DataFile;
use crate::sqlite::to_sql;
use sqlx::Connection;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

const KEEP: &str = "keep what is damaged in a side file";

/// What SQLite puts beside a database file.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

fn free(dir: &Path, stem: &str) -> PathBuf {
    let paths = (1..).map(|number| dir.join(format!("{stem}-cut-{number}.db")));
    paths.into_iter().find(|path| !path.exists()).expect("there are fewer files than numbers")
}

impl Files {
    /// Copies the blocks that are about to change, and who is who, into a file of their own.
    pub(super) async fn keep_blocks(&mut self, plan: &Plan) -> Result<PathBuf, StoreError> {
        let path = free(&self.dir, "journal");
        sqlx::query("ATTACH DATABASE ?1 AS cut")
            .bind(path.to_string_lossy().into_owned())
            .execute(&mut *self.journal)
            .await
            .doing(KEEP)?;
        let mut transaction = self.journal.begin().await.doing(KEEP)?;
        for statement in [
            "CREATE TABLE cut.organisation AS SELECT * FROM main.organisation",
            "CREATE TABLE cut.block AS SELECT * FROM main.block WHERE seq < 0",
        ] {
            sqlx::query(statement).execute(&mut *transaction).await.doing(KEEP)?;
        }
        for seq in plan.rewritten.keys() {
            sqlx::query("INSERT INTO cut.block SELECT * FROM main.block WHERE seq = ?1")
                .bind(to_sql(*seq))
                .execute(&mut *transaction)
                .await
                .doing(KEEP)?;
        }
        transaction.commit().await.doing(KEEP)?;
        sqlx::query("DETACH DATABASE cut").execute(&mut *self.journal).await.doing(KEEP)?;
        Ok(path)
    }

    /// Copies the checkpoints that are about to go, with all chunks of their organisations, into a file of their own.
    pub(super) async fn keep_checkpoints(
        &mut self,
        unusable: &[Unusable],
    ) -> Result<Option<PathBuf>, StoreError> {
        let Some(checkpoints) = &mut self.checkpoints else { return Ok(None) };
        let path = free(&self.dir, "checkpoints");
        sqlx::query("ATTACH DATABASE ?1 AS cut")
            .bind(path.to_string_lossy().into_owned())
            .execute(&mut **checkpoints)
            .await
            .doing(KEEP)?;
        let mut transaction = checkpoints.begin().await.doing(KEEP)?;
        for statement in [
            "CREATE TABLE cut.manifest AS SELECT * FROM main.manifest WHERE 0",
            "CREATE TABLE cut.chunk AS SELECT * FROM main.chunk WHERE 0",
        ] {
            sqlx::query(statement).execute(&mut *transaction).await.doing(KEEP)?;
        }
        let mut last = None;
        for Unusable { key, tenant_seq, .. } in unusable {
            sqlx::query(
                "INSERT INTO cut.manifest SELECT * FROM main.manifest WHERE org_key = ?1 AND tenant_seq = ?2",
            )
            .bind(key.0)
            .bind(to_sql(*tenant_seq))
            .execute(&mut *transaction)
            .await
            .doing(KEEP)?;
            // An organisation's checkpoints follow one another.
            if last.replace(*key) != Some(*key) {
                sqlx::query("INSERT INTO cut.chunk SELECT * FROM main.chunk WHERE org_key = ?1")
                    .bind(key.0)
                    .execute(&mut *transaction)
                    .await
                    .doing(KEEP)?;
            }
        }
        transaction.commit().await.doing(KEEP)?;
        sqlx::query("DETACH DATABASE cut").execute(&mut **checkpoints).await.doing(KEEP)?;
        Ok(Some(path))
    }
}

/// Moves the whole of `checkpoints.db` aside; the next start begins a new one. The files are closed.
pub(super) fn move_checkpoints(dir: &Path) -> Result<Option<PathBuf>, StoreError> {
    let (from, to) = (DataFile::Checkpoints.path(dir), free(dir, "checkpoints"));
    let beside = |path: &Path, end: &str| -> PathBuf {
        let mut path: OsString = path.as_os_str().to_owned();
        path.push(end);
        path.into()
    };
    let moves = BESIDE.map(|end| (beside(&from, end), beside(&to, end)));
    // The file itself last: as long as it is there, the rest belongs to it.
    for (from, to) in moves.into_iter().filter(|(from, _)| from.exists()).chain([(from, to.clone())]) {
        fs::rename(&from, &to).map_err(|source| StoreError::Io {
            doing: "move aside",
            path: from,
            source,
        })?;
    }
    let synced = File::open(dir).and_then(|dir| dir.sync_all());
    synced.map_err(|source| StoreError::Io { doing: "flush", path: dir.to_owned(), source })?;
    Ok(Some(to))
}
