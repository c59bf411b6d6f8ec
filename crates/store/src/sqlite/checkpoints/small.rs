//! Saving checkpoints that are one row each: those that come while one statement is under way share the next one.
//!
//! Invariant: a checkpoint is one row, so it is there whole or not at all. Older ones are only deleted after it is there.

use super::SqliteStore;
use crate::error::While;
use crate::manifest::{self, Manifest};
use crate::sqlite::to_sql;
use crate::{Checkpoint, OrgKey, StoreError};
use parking_lot::Mutex;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use std::collections::HashSet;
use tokio::sync::oneshot;

const SAVE: &str = "save checkpoints";

/// Saves of one statement: it holds at most this many times 16 KiB.
const SAVES_PER_STATEMENT_MAX: usize = 100;

/// Saves that wait for the connection.
pub(in crate::sqlite) type SmallSaves = Mutex<Vec<Waiting>>;

/// A save, and where its answer goes.
#[derive(Debug)]
pub(in crate::sqlite) struct Waiting {
    save: Save,
    answer: oneshot::Sender<Result<(), StoreError>>,
}

#[derive(Debug)]
struct Save {
    key: OrgKey,
    tenant_seq: u64,
    schema_version: u32,
    crc: u32,
    body: Vec<u8>,
}

impl SqliteStore {
    pub(super) async fn save_small(
        &self,
        key: OrgKey,
        checkpoint: &Checkpoint,
        manifest: &Manifest,
    ) -> Result<(), StoreError> {
        let body = manifest.encode();
        let crc = manifest::crc(key.0, checkpoint, self.epoch, &body);
        let Checkpoint { tenant_seq, schema_version, .. } = *checkpoint;
        let save = Save { key, tenant_seq, schema_version, crc, body };
        let (answer, mut answered) = oneshot::channel();
        self.small_saves.lock().push(Waiting { save, answer });
        loop {
            // Whoever gets the connection saves for all who wait.
            let mut connection = self.checkpoints.lock().await;
            match answered.try_recv() {
                Ok(answer) => return answer,
                Err(oneshot::error::TryRecvError::Closed) => return Err(StoreError::GivenUp { doing: SAVE }),
                Err(oneshot::error::TryRecvError::Empty) => self.save_batch(&mut connection).await,
            }
        }
    }

    /// Takes those that have waited longest, and answers them.
    async fn save_batch(&self, connection: &mut SqliteConnection) {
        let batch = self.take_batch();
        if batch.is_empty() {
            return;
        }
        let saved = self.write(connection, &batch).await;
        let mut index = self.index.write();
        for Waiting { save, answer } in batch {
            let told = match &saved {
                Ok(()) => {
                    index.set_checkpoint(save.key, save.tenant_seq);
                    Ok(())
                }
                Err(error) => {
                    Err(StoreError::Shared { doing: SAVE, reason: crate::error::with_causes(error) })
                }
            };
            // Nobody may be waiting any more; it is saved all the same.
            answer.send(told).ok();
        }
    }

    /// The next saves, of one organisation each. Those that cannot be are answered at once.
    fn take_batch(&self) -> Vec<Waiting> {
        let (mut waiting, index) = (self.small_saves.lock(), self.index.read());
        let (mut batch, mut later, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
        for Waiting { save, answer } in waiting.drain(..) {
            let (key, tenant_seq) = (save.key, save.tenant_seq);
            match index.head(key) {
                None => drop(answer.send(Err(StoreError::UnknownOrgKey { key }))),
                Some(head) if head.checkpoint_seq > tenant_seq => {
                    let (org, newest) = (head.org, head.checkpoint_seq);
                    drop(answer.send(Err(StoreError::CheckpointBehind { org, tenant_seq, newest })));
                }
                Some(_) if batch.len() == SAVES_PER_STATEMENT_MAX || !seen.insert(key) => {
                    later.push(Waiting { save, answer });
                }
                Some(_) => batch.push(Waiting { save, answer }),
            }
        }
        *waiting = later;
        batch
    }

    async fn write(&self, connection: &mut SqliteConnection, batch: &[Waiting]) -> Result<(), StoreError> {
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO manifest (org_key, tenant_seq, schema_version, epoch, crc, body) ",
        );
        query.push_values(batch, |mut row, Waiting { save, .. }| {
            row.push_bind(save.key.0)
                .push_bind(to_sql(save.tenant_seq))
                .push_bind(save.schema_version)
                .push_bind(to_sql(self.epoch))
                .push_bind(save.crc)
                .push_bind(save.body.as_slice());
        });
        query.push(
            " ON CONFLICT (org_key, tenant_seq) DO UPDATE SET schema_version = excluded.schema_version,
             epoch = excluded.epoch, crc = excluded.crc, body = excluded.body",
        );
        // Only the statement for one save is worth keeping: there are as many others as there are sizes of a batch.
        let query = query.build().persistent(batch.len() == 1);
        query.execute(&mut *connection).await.doing(SAVE)?;
        salescope_faults::point("checkpoint.save.middle");
        self.delete_older(connection, batch).await
    }

    /// Deletes what is older than the checkpoint that was the newest one until now.
    async fn delete_older(
        &self,
        connection: &mut SqliteConnection,
        batch: &[Waiting],
    ) -> Result<(), StoreError> {
        let before: Vec<[u64; 2]> = {
            let index = self.index.read();
            let newest = |key| index.head(key).map(|head| head.checkpoint_seq);
            let older = batch.iter().filter_map(|Waiting { save, .. }| {
                newest(save.key).filter(|seq| (1..save.tenant_seq).contains(seq)).map(|seq| (save.key, seq))
            });
            older.map(|(key, seq)| [u64::from(key.0), seq]).collect()
        };
        if before.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "DELETE FROM manifest WHERE rowid IN (
                SELECT m.rowid FROM json_each(?1) AS k
                CROSS JOIN manifest AS m ON m.org_key = k.value ->> 0 AND m.tenant_seq < k.value ->> 1
             )",
        )
        .bind(serde_json::to_string(&before).expect("numbers always serialise"))
        .execute(connection)
        .await
        .doing(SAVE)?;
        Ok(())
    }
}
