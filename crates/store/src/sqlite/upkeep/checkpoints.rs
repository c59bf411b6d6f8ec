//! The walk through the checkpoints.

use super::{CHECK, Files};
use crate::error::While;
use crate::manifest::ChunkHash;
use crate::sqlite::checkpoints::{Tried, drop_chunks, rows, try_load};
use crate::sqlite::to_sql;
use crate::upkeep::Survey;
use crate::{CheckReport, OrgKey, StoreError};
use salescope_domain::OrgId;

/// A checkpoint that nothing can start from.
#[derive(Debug, Clone)]
pub(super) struct Unusable {
    pub(super) key: OrgKey,
    pub(super) org: OrgId,
    pub(super) tenant_seq: u64,
    /// Whether it is ahead of what the journal holds; else it is torn.
    pub(super) is_ahead: bool,
    /// Its chunks that are not what they should be.
    spoilt: Vec<ChunkHash>,
}

impl Files {
    pub(super) async fn examine_checkpoints(
        &mut self,
        orgs: &[(OrgKey, OrgId)],
        survey: &mut Survey,
        report: &mut CheckReport,
    ) -> Result<Vec<Unusable>, StoreError> {
        let mut unusable = Vec::new();
        let Some(checkpoints) = &mut self.checkpoints else { return Ok(unusable) };
        for (key, org) in orgs {
            let last_seq = survey.last_seq(*key).unwrap_or_default();
            let rows = rows(checkpoints, *key).await?;
            // The newest one tells how far the journal was, even when it is torn.
            if let Some(ahead) = rows.first().map(|row| row.tenant_seq).filter(|seq| *seq > last_seq) {
                survey.findings.behind(org, last_seq, ahead);
            }
            for row in rows {
                let (key, tenant_seq) = (*key, row.tenant_seq);
                let is_ahead = tenant_seq > last_seq;
                let spoilt = match try_load(checkpoints, key, &row).await? {
                    Tried::Sound if !is_ahead => {
                        report.checkpoints += 1;
                        continue;
                    }
                    Tried::Sound => Vec::new(),
                    Tried::Torn(spoilt) => {
                        survey.findings.checkpoint(org, tenant_seq);
                        spoilt
                    }
                };
                unusable.push(Unusable { key, org: org.clone(), tenant_seq, is_ahead, spoilt });
            }
        }
        Ok(unusable)
    }

    pub(super) async fn drop_checkpoint(&mut self, unusable: &Unusable) -> Result<(), StoreError> {
        let Some(checkpoints) = &mut self.checkpoints else { return Ok(()) };
        drop_chunks(checkpoints, unusable.key, &unusable.spoilt).await?;
        // Its other chunks go with the organisation's next checkpoint.
        sqlx::query("DELETE FROM manifest WHERE org_key = ?1 AND tenant_seq = ?2")
            .bind(unusable.key.0)
            .bind(to_sql(unusable.tenant_seq))
            .execute(&mut **checkpoints)
            .await
            .doing(CHECK)?;
        Ok(())
    }
}
