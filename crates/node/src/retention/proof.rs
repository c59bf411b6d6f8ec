//! What is compared before history goes.
//!
//! Invariant: what is recorded is what was done. The independent recomputation needs all entries from the first: it can be asked
//! before the first cut, and never again for what went with it.

use super::live::Compared;
use super::{Retention, Whose};
use crate::error::store_error;
use salescope_actors::Rebuilt;
use salescope_domain::Entry;
use salescope_engine_api::{EngineError, EngineResult, HistoryStart};
use salescope_store::{Baseline, Journal, Verified};

impl Retention {
    /// Verifies the state of `rebuilt`, which is at the cut, and gives it as a baseline. History begins as `begun` says until then.
    pub(super) async fn prove(
        &self,
        whose: Whose<'_>,
        mut rebuilt: Rebuilt,
        begun: HistoryStart,
    ) -> EngineResult<Baseline> {
        let recomputed_seq = begun.baseline.map(|baseline| baseline.recomputed_seq);
        let cut_seq = rebuilt.tenant_seq();
        let mut verified = Verified {
            at: self.clock.now(),
            answers: 0,
            differences: 0,
            recomputed_seq: recomputed_seq.unwrap_or(0),
        };
        if recomputed_seq.is_none() && cut_seq <= self.options.recomputed_entries_max {
            let answers;
            (rebuilt, answers) = self.recompute(whose, rebuilt).await?;
            verified.answers += answers;
            verified.recomputed_seq = cut_seq;
        }
        // From here on with the state as it would come back from the disk.
        let baseline = rebuilt.baseline(verified)?;
        rebuilt.resume(baseline)?;
        rebuilt.advance(self.last_seq(whose)?).await?;
        // Of what goes, too: it may be all that there is.
        let sample = self.sample(whose, begun.first_seq).await?;
        let queries =
            self.verifier.questions(rebuilt.engine(), &sample, self.clock.now(), self.options.questions);
        let (rebuilt, Compared { queries, difference, .. }) =
            self.compare_live(whose, rebuilt, queries).await?;
        if let Some(difference) = difference {
            let (query, seq) = (difference.query, difference.tenant_seq);
            return Err(differs(whose, &format!("the live state at entry {seq}"), &query));
        }
        if queries.is_empty() {
            let detail = "there is nothing to ask it about".to_owned();
            return Err(EngineError::NotVerified { org: whose.org.clone(), detail });
        }
        verified.answers += queries.len() as u64;
        let baseline = rebuilt.into_start().ok_or_else(|| EngineError::Internal {
            detail: "a state that was resumed has no baseline".to_owned(),
        })?;
        Ok(Baseline { verified, ..baseline })
    }

    /// Compares the state with what follows from all entries up to it. Answers how many answers were compared.
    async fn recompute(&self, whose: Whose<'_>, rebuilt: Rebuilt) -> EngineResult<(Rebuilt, u64)> {
        let entries = self.counting(whose, &rebuilt).await?;
        let (verifier, now, count) = (self.verifier.clone(), self.clock.now(), self.options.questions);
        let comparing = tokio::task::spawn_blocking(move || {
            let queries = verifier.questions(rebuilt.engine(), &entries, now, count);
            let differs = queries.iter().position(|query| {
                rebuilt.engine().query(query).ok().as_ref() != Some(&verifier.recompute(&entries, query))
            });
            (rebuilt, differs.map(|at| queries[at].clone()), queries.len() as u64)
        });
        let compared =
            comparing.await.map_err(|panic| EngineError::Internal { detail: panic.to_string() })?;
        match compared {
            (rebuilt, None, count) => Ok((rebuilt, count)),
            (_, Some(query), _) => Err(differs(whose, "the recomputation from the entries", &query)),
        }
    }

    /// The entries from the first to the state's that count.
    async fn counting(&self, whose: Whose<'_>, rebuilt: &Rebuilt) -> EngineResult<Vec<Entry>> {
        let (mut entries, mut read_to) = (Vec::new(), 0);
        while read_to < rebuilt.tenant_seq() {
            let left = usize::try_from(rebuilt.tenant_seq() - read_to).unwrap_or(usize::MAX);
            let limit = left.min(self.actor_options.entries_per_read);
            let page = self.store.read(whose.key, read_to, limit).await;
            let page = page.map_err(|error| store_error(whose.org, &error))?;
            let Some(last) = page.last() else {
                let detail = format!("entry {} is missing", read_to + 1);
                return Err(EngineError::Damaged { org: whose.org.clone(), detail });
            };
            read_to = last.tenant_seq;
            entries.extend(page.into_iter().filter(|entry| rebuilt.counts(entry.tenant_seq)));
        }
        Ok(entries)
    }
}

fn differs(Whose { org, .. }: Whose<'_>, from: &str, query: &salescope_domain::Query) -> EngineError {
    let question = serde_json::to_string(query).unwrap_or_else(|_| query.kpi.to_string());
    let detail =
        format!("the state made anew from its entries answers otherwise than {from} when asked {question}");
    tracing::error!(%org, detail, "history is not cut off, as a figure is in doubt");
    EngineError::NotVerified { org: org.clone(), detail }
}
