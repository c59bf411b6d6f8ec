//! The live state and one that was made anew, asked the same at the same position.
//!
//! Invariant: an organisation takes nothing in while its state answers, so it is asked a few questions at a time; the other state
//! follows it.

use super::{Retention, Whose};
use salescope_actors::{Reading, Rebuilt};
use salescope_domain::{Answer, Query};
use salescope_engine_api::{EngineError, EngineResult, KeptDifference};
use salescope_kpi::{Engine as Kpis, QueryError};

/// Questions that a state answers before its organisation takes entries in again.
const QUESTIONS_PER_TURN: usize = 10;

/// What a comparison came to.
#[derive(Debug, Default)]
pub(super) struct Compared {
    /// What was asked.
    pub(super) queries: Vec<Query>,
    /// Groups of the answers.
    pub(super) groups: u64,
    /// The first question with two answers.
    pub(super) difference: Option<KeptDifference>,
}

fn answers(kpis: &Kpis, queries: &[Query]) -> Vec<Result<Answer, QueryError>> {
    queries.iter().map(|query| kpis.query(query)).collect()
}

impl Retention {
    /// Asks both until they differ. Gives the state back at the position at which the last questions were asked.
    pub(super) async fn compare_live(
        &self,
        whose: Whose<'_>,
        mut rebuilt: Rebuilt,
        queries: Vec<Query>,
    ) -> EngineResult<(Rebuilt, Compared)> {
        let mut compared = Compared::default();
        for batch in queries.chunks(QUESTIONS_PER_TURN) {
            let reading = self.reading_from(whose, rebuilt.engine().position()).await?;
            let asked = batch.to_vec();
            let live = self.questions.ask(reading, move |kpis| answers(kpis, &asked)).await?;
            let tenant_seq = live.position.tenant_seq;
            rebuilt.advance(tenant_seq).await?;
            let asked = batch.to_vec();
            let answering = tokio::task::spawn_blocking(move || {
                let answers = answers(rebuilt.engine(), &asked);
                (rebuilt, answers)
            });
            let (back, ours) =
                answering.await.map_err(|panic| EngineError::Internal { detail: panic.to_string() })?;
            rebuilt = back;
            for ((query, live), rebuilt) in batch.iter().zip(live.answer).zip(ours) {
                compared.queries.push(query.clone());
                let (live, rebuilt) = match (live, rebuilt) {
                    (Ok(live), Ok(rebuilt)) => (live, rebuilt),
                    (Err(live), Err(rebuilt)) if live == rebuilt => continue,
                    (live, rebuilt) => return Err(one_sided(whose, live.err().or(rebuilt.err()))),
                };
                compared.groups += live.groups.len() as u64;
                if live != rebuilt && compared.difference.is_none() {
                    let query = query.clone();
                    compared.difference = Some(KeptDifference { query, tenant_seq, live, rebuilt });
                }
            }
            if compared.difference.is_some() {
                break;
            }
        }
        Ok((rebuilt, compared))
    }

    /// The live state when it has come to entry `tenant_seq`, which is on the disk.
    async fn reading_from(&self, Whose { key, .. }: Whose<'_>, tenant_seq: u64) -> EngineResult<Reading> {
        let mut reading = self.actors.read(key).await?;
        let reached = reading.positions.wait_for(|position| position.tenant_seq >= tenant_seq).await.is_ok();
        // It was put to sleep: whoever wakes it up has all that is on the disk.
        if reached { Ok(reading) } else { self.actors.read(key).await }
    }
}

fn one_sided(Whose { org, .. }: Whose<'_>, error: Option<QueryError>) -> EngineError {
    let why = error.map_or_else(String::new, |error| format!(": {error}"));
    let detail = format!("of the live state and the one made anew, only one can answer a question{why}");
    EngineError::NotVerified { org: org.clone(), detail }
}
