//! Whose history is old enough to be cut off.
//!
//! Invariant: a pass costs one row of the disk for each organisation whose history is young.

use super::{Retention, Whose};
use crate::error::store_error;
use salescope_domain::{Instant, OrgId};
use salescope_engine_api::EngineResult;
use salescope_store::{History, Journal, OrgKey, SealOptions, StoreError};

/// Organisations that are looked at in one statement.
const ORGS_PER_LOOK: u32 = 1_000;

const DAY_MS: i64 = 86_400_000;

/// What is cut off, and from which age on that is worth it: each cut replays what is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ages {
    /// Entries from before go.
    before: Instant,
    /// Once the oldest entry is from before this.
    due: Instant,
}

fn ages(now: Instant, keep_days: u32) -> Ages {
    let before = now.plus_ms(-i64::from(keep_days) * DAY_MS);
    Ages { before, due: before.plus_ms(-i64::from((keep_days / 10).max(1)) * DAY_MS) }
}

impl Retention {
    /// Cuts off what is older than the policy keeps. What fails is told and tried again by the next pass.
    pub(crate) async fn pass(&self) {
        if let Err(error) = self.store.finish_cuts().await {
            tracing::warn!(%error, "what was cut off could not all be deleted and will be tried again");
        }
        let Some(keep_days) = self.options.keep_days else { return };
        let ages = ages(self.clock.now(), keep_days);
        if let Err(error) = self.look(ages).await {
            tracing::warn!(%error, "old history could not be looked for; it will be tried again");
        }
    }

    async fn look(&self, ages: Ages) -> Result<(), StoreError> {
        if self.store.oldest_unsealed().await?.is_some_and(|oldest| oldest < ages.due) {
            self.store.seal(SealOptions::everything()).await?;
        }
        let mut after = OrgKey(0);
        loop {
            let looked_at = self.store.oldest_sealed(after, ORGS_PER_LOOK).await?;
            let Some(last) = looked_at.last() else { return Ok(()) };
            after = last.key;
            for oldest in looked_at.iter().filter(|oldest| oldest.known_at < ages.due) {
                // None where it is being erased.
                let Some(head) = self.store.head(oldest.key) else { continue };
                if let Err(error) = self.cut_if_due(&head.org, oldest.key, ages).await {
                    tracing::warn!(org = %head.org, %error, "history could not be cut off; it will be tried again");
                }
            }
        }
    }

    async fn cut_if_due(&self, org: &OrgId, key: OrgKey, ages: Ages) -> EngineResult<()> {
        let whose = Whose { org, key };
        // Known long ago may have been taken in lately, by an import.
        if self.oldest_kept(whose).await?.is_some_and(|taken_in| taken_in < ages.due) {
            self.cut(org, key, ages.before, false).await?;
        }
        Ok(())
    }

    /// When the first entry that is kept was taken in.
    async fn oldest_kept(&self, Whose { org, key }: Whose<'_>) -> EngineResult<Option<Instant>> {
        let failed = |error| store_error(org, &error);
        let kept = self.store.history_stats(key).await.map_err(failed)?;
        let first = self.store.read(key, kept.horizon_seq - 1, 1).await.map_err(failed)?;
        Ok(first.first().map(|entry| entry.observed_at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_go_between_the_days_that_are_kept_and_a_tenth_more() {
        let days = |count: i64| Instant::from_ms(count * DAY_MS);
        assert_eq!(ages(days(1_000), 400), Ages { before: days(600), due: days(560) });
        assert_eq!(ages(days(1_000), 7), Ages { before: days(993), due: days(992) });
    }
}
