//! L4, by arithmetic: what the events that were sent come to, against what the server answers.

use super::{Found, Reading};
use crate::http::{Connection, Target};
use crate::ledger::Book;
use crate::stream::{DEAL_EVERY, DEAL_STEPS, Event, METRICS, POISON, Stream, hundredths, is_won};
use crate::violation::Promise;
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use std::collections::BTreeMap;

/// All business times lie within.
const RANGE: &str = "from=2023-01-01&to=2028-01-01";

/// What an organisation's figures have to be once everything that was sent is acknowledged.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Expected {
    /// Sum and number of facts, by metric.
    pub metrics: BTreeMap<&'static str, (i64, u64)>,
    /// Amounts of deals that were won, in minor units, and their number.
    pub bookings: (i64, u64),
}

impl Expected {
    /// Adds a stream, as far as it was sent.
    pub fn add(&mut self, stream: &Stream, book: &Book) {
        for n in 0..book.len() {
            match stream.event(n) {
                Event::Fact { metric, .. } if metric == POISON => {}
                Event::Fact { metric, hundredths, .. } => {
                    let (sum, count) = self.metrics.entry(metric).or_default();
                    *sum += hundredths;
                    *count += 1;
                }
                Event::Deal { deal, step, .. } if step + 1 == DEAL_STEPS && is_won(deal) => {
                    // The second change is the last one that says an amount.
                    let amount = stream.event((deal * DEAL_STEPS + 1) * DEAL_EVERY);
                    if let Event::Deal { amount_minor: Some(minor), .. } = amount {
                        self.bookings.0 += minor;
                        self.bookings.1 += 1;
                    }
                }
                Event::Deal { .. } => {}
            }
        }
    }
}

#[derive(Deserialize)]
struct Answer {
    groups: Vec<Group>,
    position: Option<Position>,
}

#[derive(Deserialize)]
struct Position {
    tenant_seq: u64,
}

#[derive(Deserialize)]
struct Group {
    value: Option<String>,
    n: u64,
}

/// Asks for an organisation's figures and compares them.
///
/// # Errors
/// When the server does not answer.
pub async fn figures(target: Target, expected: &Expected, found: &mut Found) -> Result<()> {
    let mut connection = Connection::new(target);
    for metric in METRICS {
        let expected = expected.metrics.get(metric).copied().unwrap_or_default();
        compare(metric, expected, ask(&mut connection, &metric_path(metric)).await?, found);
    }
    let path = format!("/api/v1/kpis/bookings?{RANGE}");
    compare("bookings", expected.bookings, ask(&mut connection, &path).await?, found);
    Ok(())
}

/// Where a metric's figure is asked for.
pub(super) fn metric_path(metric: &str) -> String {
    format!("/api/v1/kpis/metric?param=metric_type:{metric}&{RANGE}")
}

async fn ask(connection: &mut Connection, path: &str) -> Result<(i64, u64)> {
    let reply = connection.get(path).await?;
    ensure!(
        reply.status == 200,
        "{path} answered {}: {}",
        reply.status,
        String::from_utf8_lossy(&reply.body)
    );
    read(&reply.body).with_context(|| format!("the answer of {path}"))
}

fn read(body: &[u8]) -> Result<(i64, u64)> {
    one_group(&serde_json::from_slice(body)?)
}

/// As [`read`], with the entry up to which the answer counts.
pub(super) fn read_at_position(body: &[u8]) -> Result<Reading> {
    let answer: Answer = serde_json::from_slice(body)?;
    let (sum, count) = one_group(&answer)?;
    let Position { tenant_seq: position } = answer.position.context("the answer's position")?;
    Ok(Reading { position, sum, count })
}

fn one_group(answer: &Answer) -> Result<(i64, u64)> {
    let Some(group) = answer.groups.first() else { return Ok((0, 0)) };
    let value = group.value.as_deref().unwrap_or("0");
    Ok((hundredths(value).with_context(|| format!("the value {value}"))?, group.n))
}

fn compare(name: &str, expected: (i64, u64), answered: (i64, u64), found: &mut Found) {
    if expected != answered {
        found.add(Promise::Sum, || {
            format!(
                "{name} is {} hundredths of {} facts, and {} of {} were sent",
                answered.0, answered.1, expected.0, expected.1
            )
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_those_of_the_events_and_poison_does_not_count() {
        let stream = Stream { seed: 5, org: 0, sender: 1, poison_every: Some(20) };
        let mut book = Book::default();
        book.sent(&(0..200));
        let mut expected = Expected::default();
        expected.add(&stream, &book);
        let mut facts = 0;
        for n in 0..200 {
            if let Event::Fact { metric, hundredths, .. } = stream.event(n)
                && metric == METRICS[0]
            {
                facts += hundredths;
            }
        }
        assert_eq!(expected.metrics[METRICS[0]].0, facts);
        assert_eq!(expected.metrics.values().map(|(_, count)| count).sum::<u64>(), 160 - 10);
        // Ten deals; those whose number 3 divides are lost.
        assert_eq!(expected.bookings.1, 6);
    }

    #[test]
    fn an_answer_is_read_as_hundredths() {
        assert_eq!(read(br#"{"groups":[{"value":"13.8","n":2}]}"#).unwrap(), (1380, 2));
        assert_eq!(read(br#"{"groups":[{"value":null,"n":0}]}"#).unwrap(), (0, 0));
        assert_eq!(read(br#"{"groups":[]}"#).unwrap(), (0, 0));
        assert!(read(br#"{"groups":[{"value":"1.234","n":2}]}"#).is_err());
    }
}
