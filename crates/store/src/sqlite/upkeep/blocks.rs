//! The walk through the blocks, and what is to be written in their place.

use super::{CHECK, Files};
use crate::block::{self, BlockId, Encoded, Header, Part};
use crate::error::While;
use crate::sqlite::to_sql;
use crate::upkeep::{Seen, Survey};
use crate::{CheckReport, Damage, Slice, StoreError};
use bytes::{Bytes, BytesMut};
use salescope_domain::Instant;
use std::collections::BTreeMap;

/// What is to be done about the blocks.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Blocks that are to be written anew: their numbers, and which of their parts stay. None stays of one that is missing
    /// or cannot be read.
    pub(super) rewritten: BTreeMap<u64, (BlockId, Vec<bool>)>,
    /// The last block that counts as sealed, where that changes: blocks in front are missing.
    pub(super) sealed_block: Option<u64>,
}

/// A row, read and opened as far as that goes.
struct Row {
    id: BlockId,
    parts: Result<Vec<Part>, Damage>,
    body: Result<Bytes, Damage>,
}

impl Files {
    pub(super) async fn examine_blocks(
        &mut self,
        survey: &mut Survey,
        report: &mut CheckReport,
    ) -> Result<Plan, StoreError> {
        let (sealed_block, last_commit_ms): (u64, i64) =
            sqlx::query_as("SELECT sealed_block, last_commit_ms FROM meta")
                .fetch_one(&mut *self.journal)
                .await
                .doing(CHECK)?;
        let mut plan = Plan::default();
        // What a block has where its own numbers cannot be relied on.
        let mut last =
            BlockId { seq: sealed_block, epoch: 0, committed_at: Instant::from_ms(last_commit_ms) };
        while let Some(seq) = self.next_block(last.seq).await? {
            if last.seq == sealed_block && seq > sealed_block + 1 {
                survey.block(sealed_block + 1, &Seen::Missing);
                plan.sealed_block = Some(seq - 1);
            } else {
                for missing in last.seq + 1..seq {
                    survey.block(missing, &Seen::Missing);
                    plan.rewritten.insert(missing, (BlockId { seq: missing, ..last }, Vec::new()));
                }
            }
            let row = self.read_block(seq).await?;
            let follows = row.id.committed_at >= last.committed_at && row.id.epoch >= last.epoch;
            let kept = match &row.parts {
                Err(damage) => survey.block(seq, &Seen::Unreadable(damage.clone())),
                Ok(_) if !follows => survey.block(seq, &Seen::Unreadable(out_of_time())),
                Ok(parts) => {
                    let body = row.body.as_deref().map_err(Damage::clone);
                    survey.block(seq, &Seen::Parts(parts, body))
                }
            };
            let is_sound = row.parts.is_ok() && follows;
            let id = if is_sound { row.id } else { BlockId { seq, ..last } };
            if !is_sound || kept.iter().any(|kept| !kept) {
                plan.rewritten.insert(seq, (id, kept));
            }
            report.blocks += 1;
            last = id;
        }
        Ok(plan)
    }

    async fn next_block(&mut self, after: u64) -> Result<Option<u64>, StoreError> {
        sqlx::query_scalar("SELECT min(seq) FROM block WHERE seq > ?1")
            .bind(to_sql(after))
            .fetch_one(&mut *self.journal)
            .await
            .doing(CHECK)
    }

    async fn read_block(&mut self, seq: u64) -> Result<Row, StoreError> {
        let (epoch, committed_ms, header, body): (u64, i64, Vec<u8>, Vec<u8>) =
            sqlx::query_as("SELECT epoch, committed_ms, header, body FROM block WHERE seq = ?1")
                .bind(to_sql(seq))
                .fetch_one(&mut *self.journal)
                .await
                .doing(CHECK)?;
        let id = BlockId { seq, epoch, committed_at: Instant::from_ms(committed_ms) };
        Ok(match Header::decode(id, &header) {
            Ok(header) => Row { id, body: header.open(body, &mut BytesMut::new()), parts: Ok(header.parts) },
            Err(damage) => Row { id, body: Err(damage.clone()), parts: Err(damage) },
        })
    }

    /// A block with only those of its parts that stay.
    pub(super) async fn reduced_block(&mut self, id: BlockId, kept: &[bool]) -> Result<Encoded, StoreError> {
        let mut slices = Vec::new();
        if kept.contains(&true) {
            let row = self.read_block(id.seq).await?;
            let damaged = |damage| StoreError::BlockDamaged { block: id.seq, damage };
            let (parts, body) = (row.parts.map_err(damaged)?, row.body.map_err(damaged)?);
            let staying = parts.iter().zip(kept).filter(|(_, kept)| **kept);
            slices.extend(staying.map(|(part, _)| {
                Slice::from_parts(part.org, part.first_seq, part.count, part.frames(&body).to_vec())
            }));
        }
        let (_, encoded) = block::encode(id, &slices, &mut block::Scratch::default());
        Ok(encoded)
    }
}

fn out_of_time() -> Damage {
    Damage::Unreadable("its time or epoch is before that of the block before".to_owned())
}
