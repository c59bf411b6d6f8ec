//! Cutting journals to what can be relied on.
//!
//! Invariant: the side file is on the disk before the journal changes, and the journal changes in one transaction.

use super::Files;
use super::blocks::Plan;
use super::examine::Examined;
use crate::block::{BlockId, Encoded};
use crate::error::While;
use crate::sqlite::to_sql;
use crate::{Cut, DroppedCheckpoint, RepairOptions, RepairReport, StoreError};
use sqlx::Connection;
use std::path::PathBuf;

const REPAIR: &str = "repair the journal";
const KEEP: &str = "keep damaged blocks in a side file";

impl Files {
    pub(super) async fn repair(
        &mut self,
        examined: Examined,
        how: RepairOptions,
    ) -> Result<RepairReport, StoreError> {
        let remaining = examined.beyond_repair();
        let is_file_damaged = examined.is_file_damaged();
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
        if !how.dry_run {
            if !plan.rewritten.is_empty() {
                report.side_file = Some(self.keep(&plan).await?);
            }
            self.rewrite(&plan).await?;
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

    /// Copies the blocks that are about to change, and who is who, into a file of their own.
    async fn keep(&mut self, plan: &Plan) -> Result<PathBuf, StoreError> {
        let free = (1..).map(|number| self.dir.join(format!("journal-cut-{number}.db")));
        let path = free.into_iter().find(|path| !path.exists()).expect("there are fewer files than numbers");
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
