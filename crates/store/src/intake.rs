//! From submissions to entries: checks, news or repetition, positions and times. Pure; the backends do the I/O.

use crate::codec::{StoredEntry, encode_payload};
use crate::identity::{Key, Last, Statement};
use crate::{Outcome, Submission};
use salescope_domain::{Instant, OrgId, limits};
use std::collections::HashMap;

/// A submission that may enter, ready to be decided on.
pub(crate) struct Candidate {
    pub(crate) statement: Statement,
    payload: Vec<u8>,
    known_at: Option<Instant>,
}

/// Where an organisation's journal ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct End {
    pub(crate) tenant_seq: u64,
    pub(crate) committed_at: Instant,
}

/// What an append comes to.
pub(crate) struct Decision {
    /// One for each submission.
    pub(crate) outcomes: Vec<Outcome>,
    /// What is to be journaled, in order.
    pub(crate) entries: Vec<StoredEntry>,
    /// What is to be kept for the next decision.
    pub(crate) changes: HashMap<Key, Last>,
    /// Where the journal ends after it.
    pub(crate) end: End,
}

/// Checks a submission on its own.
pub(crate) fn prepare(
    submission: Submission,
    now: Instant,
    payload_bytes_max: usize,
) -> Result<Candidate, Outcome> {
    let Submission { payload, known_at } = submission;
    limits::check(&payload, now)?;
    let encoded = encode_payload(&payload);
    if encoded.len() > payload_bytes_max {
        let message = format!("takes {} bytes; the most is {payload_bytes_max}", encoded.len());
        return Err(Outcome::Rejected { code: "payload_too_large", path: "", message });
    }
    Ok(Candidate { statement: Statement::of(&payload), payload: encoded, known_at })
}

/// Decides in order which candidates are news after `known`, the last accepted statements of their keys.
pub(crate) fn decide(
    org: &OrgId,
    candidates: Vec<Result<Candidate, Outcome>>,
    known: &HashMap<Key, Last>,
    end: End,
    now: Instant,
) -> Decision {
    let committed_at = now.max(end.committed_at);
    let mut decision = Decision {
        outcomes: Vec::with_capacity(candidates.len()),
        entries: Vec::new(),
        changes: HashMap::new(),
        end,
    };
    for candidate in candidates {
        let outcome = match candidate {
            Err(rejected) => rejected,
            Ok(Candidate { statement, payload, known_at }) => {
                let before = decision.changes.get(&statement.key).or_else(|| known.get(&statement.key));
                if statement.is_news(before) {
                    let tenant_seq = decision.end.tenant_seq + 1;
                    let known_at = known_at.unwrap_or(committed_at).min(committed_at);
                    decision.entries.push(StoredEntry::seal(org, tenant_seq, known_at, now, payload));
                    let last = statement.as_last();
                    decision.changes.insert(statement.key, last);
                    decision.end = End { tenant_seq, committed_at };
                    Outcome::Appended { tenant_seq }
                } else {
                    Outcome::Unchanged
                }
            }
        };
        decision.outcomes.push(outcome);
    }
    decision
}
