//! Cutting journals to what can be relied on.
//!
//! Invariant: a side file is on the disk before the journal changes, and the journal changes in one transaction.

use super::Files;
use super::blocks::Plan;
use super::examine::Examined;
use crate::block::{BlockId, Encoded};
use crate::error::While;
use crate::sqlite::to_sql;
use crate::{Cut, DroppedCheckpoint, RepairOptions, RepairReport, StoreError};

const REPAIR: &str = "repair the journal";

impl Files {
    pub(super) async fn repair(
        &mut self,
        examined: Examined,
        how: RepairOptions,
    ) -> Result<RepairReport, StoreError> {
        let remaining = examined.beyond_repair();
        let is_file_damaged = examined.is_file_damaged();
        let checkpoints_anew = examined.are_checkpoints_lost();
        let Examined { report: check, survey, plan, checkpoints } = examined;
        let mut report = RepairReport { check, dry_run: how.dry_run, remaining, ..RepairReport::default() };
        if is_file_damaged {
            return Ok(report);
        }
        let broken = survey.outcomes().map(|(_, outcome)| outcome).filter(|outcome| outcome.is_broken);
        report.cuts = broken
            .map(|outcome| Cut { org: outcome.org, last_seq: outcome.last_seq, entries: outcome.left_out })
            .collect();
        report.blocks_rewritten = plan.rewritten.len() as u64;
        report.checkpoints_anew = checkpoints_anew;
        if !how.dry_run {
            if !plan.rewritten.is_empty() {
                report.side_file = Some(self.keep_blocks(&plan).await?);
            }
            self.rewrite(&plan).await?;
            if !checkpoints.is_empty() {
                report.checkpoints_side_file = self.keep_checkpoints(&checkpoints).await?;
            }
        }
        for unusable in checkpoints {
            if !how.dry_run {
                self.drop_checkpoint(&unusable).await?;
            }
            let (tenant_seq, is_ahead) = (unusable.tenant_seq, unusable.is_ahead);
            report.checkpoints.push(DroppedCheckpoint { org: unusable.org, tenant_seq, is_ahead });
        }
        Ok(report)
    }

    async fn rewrite(&mut self, plan: &Plan) -> Result<(), StoreError> {
        let mut blocks: Vec<(BlockId, Encoded)> = Vec::new();
        for (id, kept) in plan.rewritten.values() {
            blocks.push((*id, self.reduced_block(*id, kept).await?));
        }
        let mut transaction = self.journal.begin_write().await.doing(REPAIR)?;
        for (id, Encoded { header, body }) in blocks {
            sqlx::query(
                "INSERT OR REPLACE INTO block (seq, epoch, committed_ms, header, body) VALUES (?1, ?2, ?3, ?4, ?5)",
            )
            .bind(to_sql(id.seq))
            .bind(to_sql(id.epoch))
            .bind(id.committed_at.ms())
            .bind(header)
            .bind(body)
            .execute(&mut *transaction)
            .await
            .doing(REPAIR)?;
        }
        if let Some(sealed_block) = plan.sealed_block {
            sqlx::query("UPDATE meta SET sealed_block = ?1")
                .bind(to_sql(sealed_block))
                .execute(&mut *transaction)
                .await
                .doing(REPAIR)?;
        }
        transaction.commit().await.doing(REPAIR)
    }
}
