//! L4 while events are sent: each answer is what the journal says up to the position that the answer names, and no more.

use super::{Audit, Found};
use crate::http::{Connection, Target};
use crate::load::{Load, Phase};
use crate::stream::METRICS;
use crate::violation::Promise;
use anyhow::Result;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// Between two questions of a reader: about as long as a commit takes, so that some are asked in the middle of one.
const PAUSE: Duration = Duration::from_millis(3);

/// Most answers that are kept of a round and an organisation.
const READINGS_MAX: usize = 5_000;

/// The metric whose facts are counted.
pub(super) const WATCHED: &str = METRICS[0];

/// An answer of a running server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The entry up to which the answer counts.
    pub position: u64,
    /// Sum of the facts, in hundredths.
    pub sum: i64,
    /// Their number.
    pub count: u64,
}

/// Asks for one figure again and again while the load is on. A question without an answer says nothing.
///
/// # Errors
/// When an answer is none that can be read.
pub async fn watch(target: Target, load: Arc<Load>) -> Result<Vec<Reading>> {
    let path = super::figures::metric_path(WATCHED);
    let mut connection = Connection::new(target);
    let mut phase = load.phases();
    let mut readings = Vec::new();
    while *phase.borrow_and_update() == Phase::Send {
        if let Ok(reply) = connection.get(&path).await
            && reply.status == 200
        {
            readings.push(super::figures::read_at_position(&reply.body)?);
        }
        if readings.len() == READINGS_MAX {
            break;
        }
        // Woken early when the load ends.
        let _ = timeout(PAUSE, phase.changed()).await;
    }
    Ok(readings)
}

/// Compares answers with the journal that was read since.
pub fn judge(readings: &[Reading], audit: &Audit, found: &mut Found) {
    for reading in readings {
        let Reading { position, sum, count } = *reading;
        if position > audit.last_seq() {
            found.add(Promise::Missing, || {
                format!("an answer was as of entry {position}; the journal ends at {}", audit.last_seq())
            });
        }
        let (journal_sum, journal_count) = audit.watched_up_to(position);
        if (sum, count) != (journal_sum, journal_count) {
            found.add(Promise::Sum, || {
                format!(
                    "as of entry {position} {WATCHED} was answered {sum} hundredths of {count} facts; the journal has \
                     {journal_sum} of {journal_count}"
                )
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream::{Event, Stream, decimal};

    #[test]
    fn an_answer_that_is_ahead_of_its_position_or_of_the_journal_is_seen() {
        let stream = Stream { seed: 1, org: 0, sender: 0, poison_every: None };
        let (mut audit, mut found) = (Audit::new(0, [stream]), Found::default());
        let facts = (0..).filter_map(|n| match stream.event(n) {
            Event::Fact { metric, hundredths, lane } if metric == WATCHED => Some((n, hundredths, lane)),
            _ => None,
        });
        let facts: Vec<_> = facts.take(2).collect();
        for (seq, (n, hundredths, lane)) in (1..).zip(&facts) {
            let value = decimal(*hundredths);
            let entry = serde_json::json!({"tenant_seq": seq, "known_at": 0, "payload": {"metric": {
                "event_id": format!("o0w0-{n}"), "metric_type": WATCHED, "value": value, "dimensions": {"lane": lane}}}});
            audit.read(&entry.to_string(), &mut found).unwrap();
        }
        let reading = |position, facts: &[(u64, i64, String)]| Reading {
            position,
            sum: facts.iter().map(|(_, hundredths, _)| hundredths).sum(),
            count: facts.len() as u64,
        };
        judge(&[reading(0, &[]), reading(1, &facts[..1]), reading(2, &facts)], &audit, &mut found);
        assert_eq!(found.violations("o0"), []);
        let mut found = Found::default();
        judge(&[reading(1, &facts), reading(3, &facts)], &audit, &mut found);
        let promises: Vec<_> = found.violations("o0").into_iter().map(|found| found.promise).collect();
        assert_eq!(promises, [Promise::Missing, Promise::Sum]);
    }
}
