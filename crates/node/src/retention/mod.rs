//! How long history is kept: what goes, what stands for it then, and what is known of that.
//!
//! `cut`: cutting an organisation's history off. `proof`: the comparisons before that. `live`: one of them, with the live state.
//! `policy`: whose turn it is.
//!
//! Invariants: nothing goes before the state that stands for it was verified and is on the disk. One organisation at a time is
//! worked on, so that one state more than those that are awake is in memory, and beside the actors.

mod cut;
mod live;
mod policy;
mod proof;
mod verifier;

pub use verifier::Verifier;

use crate::error::store_error;
use crate::options::RetentionOptions;
use crate::questions::Questions;
use salescope_actors::{ActorOptions, Clock, Handle, Rebuilt};
use salescope_domain::{Entry, Instant, OrgId};
use salescope_engine_api::{BaselineInfo, EngineError, EngineResult, HistoryStart, KeptVerified};
use salescope_store::{BaselineSaid, History, Journal, OrgKey, SqliteStore};
use std::sync::Arc;
use tokio::sync::Mutex;

/// Entries at either end of what is kept that questions are made from.
const SAMPLED_ENTRIES: usize = 2_000;

/// What cuts history off, and proves what is left.
pub(crate) struct Retention {
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) actors: Handle,
    pub(crate) questions: Arc<Questions>,
    pub(crate) verifier: Arc<dyn Verifier>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) actor_options: ActorOptions,
    pub(crate) options: RetentionOptions,
    /// Held by the one that works on an organisation.
    pub(crate) turn: Mutex<()>,
    /// Held while a baseline is saved, and while an organisation is erased.
    pub(crate) committing: Mutex<()>,
}

/// Whose history it is.
#[derive(Clone, Copy)]
struct Whose<'a> {
    org: &'a OrgId,
    key: OrgKey,
}

impl Retention {
    /// Where an organisation's history begins.
    pub(crate) async fn start(&self, org: &OrgId, key: OrgKey) -> EngineResult<HistoryStart> {
        let said = self.store.baseline_said(key).await.map_err(|error| store_error(org, &error))?;
        let first_seq = said.map_or(1, |said| said.tenant_seq + 1);
        Ok(HistoryStart { first_seq, baseline: said.map(info) })
    }

    /// Fails where an entry is no longer kept.
    pub(crate) async fn check_kept(&self, org: &OrgId, key: OrgKey, tenant_seq: u64) -> EngineResult<()> {
        let horizon = self.start(org, key).await?.first_seq;
        if tenant_seq < horizon {
            return Err(EngineError::BeforeHistoryHorizon { org: org.clone(), horizon });
        }
        Ok(())
    }

    /// Compares the live state with one that is made anew from what is kept.
    pub(crate) async fn verify(
        &self,
        org: &OrgId,
        key: OrgKey,
        now: Instant,
        count: usize,
    ) -> EngineResult<KeptVerified> {
        let _turn = self.turn.lock().await;
        let whose = Whose { org, key };
        let start = self.start(org, key).await?;
        let mut rebuilt = self.rebuild(whose).await?;
        rebuilt.advance(self.last_seq(whose)?).await?;
        let sample = self.sample(whose, start.first_seq).await?;
        let queries = self.verifier.questions(rebuilt.engine(), &sample, now, count);
        let (rebuilt, compared) = self.compare_live(whose, rebuilt, queries).await?;
        Ok(KeptVerified {
            start,
            tenant_seq: rebuilt.tenant_seq(),
            left_out: rebuilt.left_out(),
            queries: compared.queries,
            groups: compared.groups,
            difference: compared.difference,
        })
    }

    async fn rebuild(&self, Whose { org, key }: Whose<'_>) -> EngineResult<Rebuilt> {
        Rebuilt::begin(self.store.clone(), org.clone(), key, &self.actor_options).await
    }

    fn last_seq(&self, Whose { org, key }: Whose<'_>) -> EngineResult<u64> {
        let head = self.store.head(key).ok_or_else(|| EngineError::UnknownOrg { org: org.clone() })?;
        Ok(head.last_seq)
    }

    /// Some of the entries from `first_seq` on: the first and the last ones.
    async fn sample(&self, whose: Whose<'_>, first_seq: u64) -> EngineResult<Vec<Entry>> {
        let (first, last) = (first_seq - 1, self.last_seq(whose)?);
        let read = async |after| {
            let read = self.store.read(whose.key, after, SAMPLED_ENTRIES).await;
            read.map_err(|error| store_error(whose.org, &error))
        };
        let mut sample = read(first).await?;
        let seen = sample.last().map_or(first, |entry| entry.tenant_seq);
        sample.extend(read(seen.max(last.saturating_sub(SAMPLED_ENTRIES as u64))).await?);
        Ok(sample)
    }
}

fn info(BaselineSaid { tenant_seq, verified }: BaselineSaid) -> BaselineInfo {
    let (verified_at, answers, recomputed_seq) = (verified.at, verified.answers, verified.recomputed_seq);
    BaselineInfo { tenant_seq, verified_at, answers, recomputed_seq }
}
