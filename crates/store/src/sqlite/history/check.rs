//! Checking an organisation's sealed history from end to end.

use super::read::{HeadRow, head, sealed};
use super::{SealedHistory, baselines};
use crate::error::While;
use crate::history::{HistoryError, segment};
use crate::sqlite::upkeep::structure;
use crate::{Damage, DamagedStretch, OrgKey, StoreError};
use salescope_domain::OrgId;

impl SealedHistory {
    /// SQLite's own check of the file's structure; what it tells when that is damaged.
    pub(in crate::sqlite) async fn quick_check(&self, lines_max: u32) -> Result<(), String> {
        structure(&mut *self.writer.lock().await, lines_max).await
    }

    /// Opens the baseline and every segment, and counts entries; answers what is damaged or missing, in order. A baseline counts
    /// as the entries that it stands for.
    pub(in crate::sqlite) async fn check(
        &self,
        org: &OrgId,
        key: OrgKey,
    ) -> Result<Vec<DamagedStretch>, StoreError> {
        // Nothing is sealed meanwhile.
        let mut writer = self.writer.lock().await;
        let rows: Vec<HeadRow> = sqlx::query_as(
            "SELECT id, from_seq, to_seq, from_ms, to_ms, unpacked_bytes FROM segment
             WHERE org_key = ?1 ORDER BY to_seq",
        )
        .bind(key.0)
        .fetch_all(&mut **writer)
        .await
        .doing("check sealed history")?;
        let mut found = Vec::new();
        match self.baseline(org, key).await {
            Ok(_) => {}
            Err(StoreError::History(HistoryError::BaselineDamaged { tenant_seq, damage, .. })) => {
                found.push(DamagedStretch { from_seq: 1, to_seq: tenant_seq, damage });
            }
            Err(error) => return Err(error),
        }
        if rows.is_empty() {
            return Ok(found);
        }
        let secret = self.keys.key(org, key).await?;
        let mut next_seq = baselines::horizon(&mut writer, key).await?;
        for row in rows {
            let head = head(key, row);
            if head.from_seq > next_seq {
                let (from_seq, to_seq) = (next_seq, head.from_seq - 1);
                found.push(DamagedStretch { from_seq, to_seq, damage: Damage::Missing });
            }
            let sealed = sealed(&mut writer, row.0, &head).await?.unwrap_or_default();
            let secret = secret.clone();
            let checking = tokio::task::spawn_blocking(move || {
                let frames = segment::open(&secret, &head, &sealed)?;
                match segment::skip(&frames, head.to_seq - head.from_seq + 1) {
                    Some([]) => Ok(()),
                    _ => Err(Damage::Unreadable("it is not as many entries as its row says".to_owned())),
                }
            });
            if let Err(damage) = checking.await.expect("opening a segment neither panics nor is given up") {
                found.push(DamagedStretch { from_seq: head.from_seq, to_seq: head.to_seq, damage });
            }
            next_seq = head.to_seq + 1;
        }
        Ok(found)
    }
}
