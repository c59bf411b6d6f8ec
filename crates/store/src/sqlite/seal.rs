//! Sealing: the oldest blocks become organisations' history, then they go.
//!
//! Invariants: a block is deleted after all of its entries are durable in history. A crash in between leaves entries in
//! both; readers take them from history, and the next sealing deletes the blocks.

use super::blocks::{OpenBlock, Unopened};
use super::{SqliteStore, to_sql, transaction};
use crate::error::While;
use crate::history::{Piece, Run};
use crate::index::BlockSize;
use crate::{Damage, OrgKey, SealOptions, SealReport, StoreError};
use bytes::BytesMut;
use salescope_domain::Instant;
use std::collections::BTreeMap;

const SEAL: &str = "seal the journal";

/// Memory that one step leaves for the next; one that takes more has the rest for itself.
const ROOM_BYTES_MAX: u64 = 64 << 20;

/// The oldest blocks, on their way into history.
struct Step {
    /// The last of them.
    to_block: u64,
    runs: BTreeMap<OrgKey, Run>,
}

impl SqliteStore {
    /// Seals the oldest blocks when there are more than `options` allows. Commits and reads go on meanwhile. What was done
    /// before an error stays done.
    ///
    /// # Errors
    /// When a block is damaged, or the backend fails.
    pub async fn seal(&self, options: SealOptions) -> Result<SealReport, StoreError> {
        let _one_at_a_time = self.sealing.lock().await;
        let mut report = SealReport::default();
        let Some(to_block) = self.index.read().seal_to(&options) else { return Ok(report) };
        // One step leaves its memory for the next, once nothing of it is in use.
        let mut room = BytesMut::new();
        while self.index.read().sealed_block() < to_block {
            room.reserve(ROOM_BYTES_MAX.min(options.step_bytes_max) as usize);
            let step = self.gather(to_block, options.step_bytes_max, &mut room).await?;
            let ends: Vec<_> = step.runs.values().map(|run| (run.key, run.next_seq() - 1)).collect();
            salescope_faults::point("seal.before_history");
            self.history.seal(step.runs.into_values().collect()).await?;
            {
                let mut index = self.index.write();
                for (key, to_seq) in ends {
                    index.seal(key, to_seq);
                }
            }
            salescope_faults::point("seal.between");
            self.delete_sealed(step.to_block, &options, &mut report).await?;
            salescope_faults::point("seal.after");
        }
        Ok(report)
    }

    /// Reads the oldest blocks up to `to_block`, or fewer where they hold more than `bytes_max`.
    async fn gather(&self, to_block: u64, bytes_max: u64, room: &mut BytesMut) -> Result<Step, StoreError> {
        let first = self.first_block().await?;
        let mut step = Step { to_block: first - 1, runs: BTreeMap::new() };
        let mut bytes = 0;
        for seq in first..=to_block {
            let damaged = |damage| StoreError::BlockDamaged { block: seq, damage };
            let packed = self.load_packed(seq).await.map_err(|unopened| match unopened {
                Unopened::Absent => damaged(Damage::Missing),
                Unopened::Damaged(damage) => damaged(damage),
                Unopened::Failed(error) => error,
            })?;
            bytes += packed.header.body_bytes as u64;
            if bytes > bytes_max && seq > first {
                break;
            }
            self.add_block(&mut step, seq, &packed.open(room).map_err(damaged)?)?;
        }
        Ok(step)
    }

    fn add_block(&self, step: &mut Step, seq: u64, block: &OpenBlock) -> Result<(), StoreError> {
        for part in &block.parts {
            if self.index.read().is_erasing(part.org) {
                continue;
            }
            let tail = self.tail(part.org, 0)?;
            // A crash may have left this block behind: its entries were sealed before.
            if part.last_seq() <= tail.sealed_seq {
                continue;
            }
            let run = step.runs.entry(part.org);
            let run = run.or_insert_with(|| Run::new(tail.org.clone(), part.org, part.first_seq));
            if part.first_seq != run.next_seq() {
                let (org, tenant_seq) = (tail.org, run.next_seq());
                return Err(StoreError::Damaged {
                    org,
                    tenant_seq,
                    block: Some(seq),
                    damage: Damage::Missing,
                });
            }
            let (committed_at, count) = (block.committed_at, part.count);
            run.push(Piece { block: seq, committed_at, count, frames: block.body.slice(part.range()) });
        }
        step.to_block = seq;
        Ok(())
    }

    /// The first block that is not deleted. A deletion that nobody waited for may be ahead of the index.
    async fn first_block(&self) -> Result<u64, StoreError> {
        let sealed_block: u64 =
            sqlx::query_scalar("SELECT sealed_block FROM meta").fetch_one(&self.readers).await.doing(SEAL)?;
        let mut index = self.index.write();
        index.delete_blocks(sealed_block);
        Ok(index.sealed_block() + 1)
    }

    /// Deletes blocks up to `to_block` in transactions so small that commits do not wait long.
    async fn delete_sealed(
        &self,
        to_block: u64,
        options: &SealOptions,
        report: &mut SealReport,
    ) -> Result<(), StoreError> {
        loop {
            let (sealed_block, sizes) = {
                let index = self.index.read();
                let left = to_block.saturating_sub(index.sealed_block());
                let left = left.min(options.blocks_per_delete_max.max(1));
                (index.sealed_block(), index.blocks().take(left as usize).collect::<Vec<BlockSize>>())
            };
            let mut deleted = SealReport::default();
            for size in sizes {
                let bytes = deleted.bytes + u64::from(size.stored_bytes);
                if deleted.blocks > 0 && bytes > options.bytes_per_delete_max {
                    break;
                }
                let parts = deleted.parts + u64::from(size.parts);
                deleted = SealReport { blocks: deleted.blocks + 1, bytes, parts };
            }
            if deleted.blocks == 0 {
                return Ok(());
            }
            self.delete_blocks(sealed_block + deleted.blocks).await?;
            report.blocks += deleted.blocks;
            report.bytes += deleted.bytes;
            report.parts += deleted.parts;
        }
    }

    async fn delete_blocks(&self, to_block: u64) -> Result<(), StoreError> {
        let mut writer = self.writer.lock().await;
        self.settle(&mut writer).await?;
        let mut transaction = writer.connection.begin_write().await.doing(SEAL)?;
        let committed_ms: i64 = sqlx::query_scalar("SELECT committed_ms FROM block WHERE seq = ?1")
            .bind(to_sql(to_block))
            .fetch_one(&mut *transaction)
            .await
            .doing(SEAL)?;
        sqlx::query("UPDATE meta SET sealed_block = ?1, last_commit_ms = ?2")
            .bind(to_sql(to_block))
            .bind(Instant::from_ms(committed_ms).ms())
            .execute(&mut *transaction)
            .await
            .doing(SEAL)?;
        sqlx::query("DELETE FROM block WHERE seq <= ?1")
            .bind(to_sql(to_block))
            .execute(&mut *transaction)
            .await
            .doing(SEAL)?;
        transaction::commit(transaction, &self.fatal, SEAL).await?;
        self.index.write().delete_blocks(to_block);
        Ok(())
    }
}
