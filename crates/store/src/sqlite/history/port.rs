//! The history's port.

use crate::sqlite::SqliteStore;
use crate::{
    Baseline, BaselineSaid, Baselines, DamagedStretch, History, HistoryStats, OrgHead, OrgKey, Roster,
    StoreError,
};
use async_trait::async_trait;
use salescope_domain::Instant;

#[async_trait]
impl History for SqliteStore {
    async fn history_stats(&self, key: OrgKey) -> Result<HistoryStats, StoreError> {
        self.org_head(key)?;
        self.history.stats(key).await
    }

    async fn check_history(&self, key: OrgKey) -> Result<Vec<DamagedStretch>, StoreError> {
        self.history.check(&self.org_head(key)?.org, key).await
    }

    async fn roster(&self, key: OrgKey) -> Result<Roster, StoreError> {
        self.read_roster(&self.org_head(key)?.org).await
    }

    async fn cut(&self, key: OrgKey, baseline: Baseline) -> Result<(), StoreError> {
        self.history.cut(&self.org_head(key)?.org, key, baseline).await
    }

    async fn erase_org(&self, key: OrgKey, now: Instant) -> Result<(), StoreError> {
        self.mark_erased(key, now).await?;
        self.finish_erasures().await
    }

    async fn baseline_said(&self, key: OrgKey) -> Result<Option<BaselineSaid>, StoreError> {
        self.org_head(key)?;
        self.history.baseline_said(key).await
    }

    async fn finish_cuts(&self) -> Result<(), StoreError> {
        for (key, horizon) in self.history.unfinished_cuts().await? {
            // None where it is being erased: all of it goes.
            let head = self.index.read().head(key);
            if let Some(head) = head {
                self.history.delete_before(&head.org, key, horizon).await?;
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Baselines for SqliteStore {
    async fn baseline(&self, key: OrgKey) -> Result<Option<Baseline>, StoreError> {
        self.history.baseline(&self.org_head(key)?.org, key).await
    }
}

impl SqliteStore {
    fn org_head(&self, key: OrgKey) -> Result<OrgHead, StoreError> {
        self.index.read().head(key).ok_or(StoreError::UnknownOrgKey { key })
    }
}
