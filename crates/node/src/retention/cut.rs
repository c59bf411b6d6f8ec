//! Cutting one organisation's history off.

use super::{Retention, Whose, info};
use crate::error::store_error;
use salescope_domain::{Instant, OrgId};
use salescope_engine_api::{CutReport, EngineResult};
use salescope_store::{BaselineSaid, History, OrgKey, SealOptions};

impl Retention {
    /// Lets history begin with the first entry that was taken in at `before` or later; in a dry run, only says what would go.
    pub(crate) async fn cut(
        &self,
        org: &OrgId,
        key: OrgKey,
        before: Instant,
        dry_run: bool,
    ) -> EngineResult<CutReport> {
        let _turn = self.turn.lock().await;
        let whose = Whose { org, key };
        let begun = self.start(org, key).await?;
        let last_seq = self.last_seq(whose)?;
        let mut rebuilt = self.rebuild(whose).await?;
        let point = rebuilt.find_cut(before, last_seq).await?;
        let mut report = CutReport {
            entries: point.tenant_seq + 1 - begun.first_seq,
            first_seq: point.tenant_seq + 1,
            last_seq,
            held_by: point.held_by,
            baseline: begun.baseline,
        };
        if report.entries == 0 || dry_run {
            return Ok(report);
        }
        rebuilt.advance(point.tenant_seq).await?;
        let baseline = self.prove(whose, rebuilt, begun).await?;
        let said = BaselineSaid { tenant_seq: baseline.tenant_seq, verified: baseline.verified };
        let failed = |error| store_error(org, &error);
        if self.store.history_stats(key).await.map_err(failed)?.sealed_seq < point.tenant_seq {
            self.store.seal(SealOptions::everything()).await.map_err(failed)?;
        }
        let committing = self.committing.lock().await;
        self.store.cut(key, baseline).await.map_err(failed)?;
        drop(committing);
        tracing::info!(%org, entries = report.entries, first_seq = report.first_seq, "history was cut off");
        report.baseline = Some(info(said));
        Ok(report)
    }
}
