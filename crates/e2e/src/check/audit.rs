//! L1 to L3: the journal, entry by entry, against the book.

use super::Found;
use super::readings::WATCHED;
use crate::ledger::{Book, Fate};
use crate::stream::{Event, POISON, Stream, hundredths};
use crate::violation::Promise;
use anyhow::{Context, Result};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::{BTreeMap, BTreeSet};

/// What was read of an organisation's journal so far.
#[derive(Debug, Default, Clone)]
pub struct Audit {
    streams: BTreeMap<usize, (Stream, Vec<u64>)>,
    org: usize,
    last_seq: u64,
    last_known_at: i64,
    /// Where the facts of the watched metric are, with the sum of all up to there, in hundredths.
    watched: Vec<(u64, i64)>,
    /// Entries of poisoned events.
    poisoned: BTreeSet<u64>,
    put_aside: BTreeSet<u64>,
}

#[derive(Deserialize)]
struct Line {
    tenant_seq: u64,
    known_at: i64,
    payload: Payload,
}

#[derive(Deserialize)]
struct Payload {
    deal: Option<Deal>,
    metric: Option<Metric>,
    quarantine: Option<Quarantine>,
    settings: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Deal {
    kind: String,
    deal: String,
    version: Version,
    set: Set,
}

#[derive(Deserialize)]
struct Version {
    number: u64,
}

#[derive(Deserialize)]
struct Set {
    amount_minor: Option<i64>,
}

#[derive(Deserialize)]
struct Metric {
    event_id: String,
    metric_type: String,
    value: String,
    dimensions: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Quarantine {
    tenant_seq: u64,
}

impl Audit {
    /// Of an organisation to which these streams were sent.
    #[must_use]
    pub fn new(org: usize, streams: impl IntoIterator<Item = Stream>) -> Self {
        let streams = streams.into_iter().map(|stream| (stream.sender, (stream, Vec::new()))).collect();
        Self { streams, org, ..Self::default() }
    }

    /// The last entry that was read.
    #[must_use]
    pub fn last_seq(&self) -> u64 {
        self.last_seq
    }

    /// The entries of poisoned events, and those that the journal puts aside.
    #[must_use]
    pub fn poisoned(&self) -> (&BTreeSet<u64>, &BTreeSet<u64>) {
        (&self.poisoned, &self.put_aside)
    }

    /// Sum, in hundredths, and number of the watched metric's facts up to an entry.
    #[must_use]
    pub fn watched_up_to(&self, seq: u64) -> (i64, u64) {
        let count = self.watched.partition_point(|(of, _)| *of <= seq);
        (count.checked_sub(1).map_or(0, |last| self.watched[last].1), count as u64)
    }

    /// Takes in the next entry.
    ///
    /// # Errors
    /// When it is no entry.
    pub fn read(&mut self, line: &str, found: &mut Found) -> Result<()> {
        let line: Line = serde_json::from_str(line).with_context(|| format!("a journal entry: {line}"))?;
        let (seq, last) = (line.tenant_seq, self.last_seq);
        if seq != last + 1 {
            found.add(Promise::Sequence, || format!("entry {seq} comes after entry {last}"));
        }
        if line.known_at < self.last_known_at {
            found.add(Promise::Sequence, || format!("the time of entry {seq} steps back"));
        }
        (self.last_seq, self.last_known_at) = (seq, line.known_at);
        match line.payload {
            Payload { deal: Some(deal), .. } => {
                self.place(seq, &deal.deal, Some(deal.version.number), found, |event| {
                    matches!(event, Event::Deal { kind, amount_minor, .. }
                    if *kind == deal.kind && *amount_minor == deal.set.amount_minor)
                });
            }
            Payload { metric: Some(metric), .. } => {
                if metric.metric_type == POISON {
                    self.poisoned.insert(seq);
                } else if metric.metric_type == WATCHED {
                    let before = self.watched.last().map_or(0, |(_, sum)| *sum);
                    self.watched.push((seq, before + hundredths(&metric.value).unwrap_or(0)));
                }
                self.place(seq, &metric.event_id, None, found, |event| {
                    matches!(event, Event::Fact { metric: name, hundredths: value, lane }
                        if *name == metric.metric_type && hundredths(&metric.value) == Some(*value)
                            && metric.dimensions.get("lane") == Some(lane))
                });
            }
            Payload { quarantine: Some(Quarantine { tenant_seq }), .. } => {
                self.put_aside.insert(tenant_seq);
            }
            Payload { settings: Some(_), .. } => {}
            _ => found.add(Promise::Unsent, || format!("entry {seq} is of a kind that nobody sent")),
        }
        Ok(())
    }

    /// Notes where the journal holds an event, if it is one that was sent, as it was sent.
    fn place(
        &mut self,
        seq: u64,
        id: &str,
        version: Option<u64>,
        found: &mut Found,
        is_as_sent: impl FnOnce(&Event) -> bool,
    ) {
        let org = self.org;
        let position = Stream::position(id, version).filter(|(of, _, _)| *of == org);
        let stream = position.and_then(|(_, sender, n)| Some((self.streams.get_mut(&sender)?, n)));
        let Some(((stream, places), n)) = stream else {
            return found.add(Promise::Unsent, || format!("entry {seq} is {id}, which was not sent here"));
        };
        if !is_as_sent(&stream.event(n)) {
            found.add(Promise::Unsent, || format!("entry {seq} is {id}, but not as it was sent"));
        }
        if places.len() <= n as usize {
            places.resize(n as usize + 1, 0);
        }
        let before = std::mem::replace(&mut places[n as usize], seq);
        if before != 0 {
            found.add(Promise::Duplicate, || format!("{id} is in entry {before} and in entry {seq}"));
        }
    }

    /// Compares what the journal holds of a stream with its book.
    pub fn judge(&self, sender: usize, book: &Book, found: &mut Found) {
        let Some((_, places)) = self.streams.get(&sender) else { return };
        for (n, fate) in book.iter() {
            let place = places.get(n as usize).copied().unwrap_or(0);
            match fate {
                Fate::Unknown => found.add(Promise::Unresolved, || format!("event {n} of sender {sender}")),
                _ if place == 0 => {
                    found.add(Promise::Missing, || format!("event {n} of sender {sender}, {fate:?}"));
                }
                Fate::Accepted(seq) if seq != place => found.add(Promise::Sequence, || {
                    format!("event {n} of sender {sender} was answered {seq} and is in entry {place}")
                }),
                Fate::Accepted(_) | Fate::Known => {}
            }
        }
        if places.len() as u64 > book.len() {
            found.add(Promise::Unsent, || format!("the journal has more of sender {sender} than was sent"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: Stream = Stream { seed: 1, org: 3, sender: 4, poison_every: None };

    /// The journal's form of an event, as the server writes it.
    fn entry(seq: u64, n: u64) -> String {
        let payload = match STREAM.event(n) {
            Event::Deal { deal, step, amount_minor, kind } => {
                serde_json::json!({"deal": {"kind": kind, "source": "api",
                "deal": format!("o3w4-d{deal}"), "version": {"basis": "stated", "number": step + 1},
                "set": amount_minor.map_or(serde_json::json!({}), |minor| serde_json::json!({"amount_minor": minor}))}})
            }
            Event::Fact { metric, hundredths, lane } => {
                serde_json::json!({"metric": {"event_id": format!("o3w4-{n}"),
                "metric_type": metric, "value": crate::stream::decimal(hundredths), "dimensions": {"lane": lane}}})
            }
        };
        serde_json::json!({"tenant_seq": seq, "known_at": seq, "observed_at": seq, "payload": payload})
            .to_string()
    }

    fn judged(entries: &[(u64, u64)], fates: &[Fate]) -> Vec<Promise> {
        let (mut audit, mut found, mut book) = (Audit::new(3, [STREAM]), Found::default(), Book::default());
        let settings = r#"{"tenant_seq":1,"known_at":0,"observed_at":0,"payload":{"settings":{}}}"#;
        audit.read(settings, &mut found).unwrap();
        for (seq, n) in entries {
            audit.read(&entry(*seq, *n), &mut found).unwrap();
        }
        book.sent(&(0..fates.len() as u64));
        fates.iter().zip(0..).for_each(|(fate, n)| book.settle(n, *fate));
        audit.judge(4, &book, &mut found);
        found.violations("o3").into_iter().map(|violation| violation.promise).collect()
    }

    #[test]
    fn a_journal_that_holds_each_event_once_where_it_was_answered_is_right() {
        let entries: Vec<_> = (0..25).map(|n| (n + 2, n)).collect();
        let fates: Vec<_> =
            (0..25).map(|n| if n % 7 == 3 { Fate::Known } else { Fate::Accepted(n + 2) }).collect();
        assert_eq!(judged(&entries, &fates), []);
    }

    #[test]
    fn every_way_to_be_wrong_is_seen() {
        let accepted = [Fate::Accepted(2), Fate::Accepted(3)];
        assert_eq!(judged(&[(2, 0)], &accepted), [Promise::Missing]);
        assert_eq!(judged(&[(2, 0), (3, 1), (4, 1)], &accepted), [Promise::Duplicate, Promise::Sequence]);
        assert_eq!(judged(&[(2, 0), (3, 1), (4, 2)], &accepted), [Promise::Unsent]);
        assert_eq!(judged(&[(2, 0), (4, 1)], &[Fate::Accepted(2), Fate::Known]), [Promise::Sequence]);
        assert_eq!(judged(&[(2, 0), (3, 1)], &[Fate::Accepted(2), Fate::Unknown]), [Promise::Unresolved]);
        assert_eq!(judged(&[(2, 1), (3, 0)], &accepted), [Promise::Sequence]);
    }

    #[test]
    fn what_was_not_sent_or_not_so_is_seen() {
        let (mut audit, mut found) = (Audit::new(3, [STREAM]), Found::default());
        let changed = entry(1, 1).replace("\"value\":\"", "\"value\":\"9");
        audit.read(&changed, &mut found).unwrap();
        audit.read(&entry(2, 2).replace("o3w4", "o2w4"), &mut found).unwrap();
        let person = r#"{"tenant_seq":3,"known_at":2,"observed_at":2,"payload":{"person":{}}}"#;
        audit.read(person, &mut found).unwrap();
        let violations = found.violations("o3");
        assert_eq!(violations.len(), 1);
        assert!(violations[0].detail.contains("3 x"), "{violations:?}");
    }
}
