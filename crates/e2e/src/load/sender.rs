//! One connection's work.

use super::answer::take_down;
use super::{Load, Phase};
use crate::http::{Connection, Target};
use crate::ledger::{Book, Record};
use crate::stream::Stream;
use crate::violation::{Promise, Violation};
use anyhow::Result;
use rand::RngExt;
use rand::rngs::StdRng;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::timeout;

/// Events of a request, and how many of a hundred requests have so many.
const SIZES: [(u64, u32); 4] = [(1, 50), (10, 25), (100, 21), (1000, 4)];

/// Of so many requests that were acknowledged, one is sent again.
const REPEAT_ONE_OF: u32 = 30;

/// Between a refusal, or a broken connection, and the next try: a few commits.
const RETRY_AFTER: Duration = Duration::from_millis(20);

/// What a server may answer to sound events that it cannot take now: too much at once, no commit possible, a full disk.
const REFUSALS: [u16; 3] = [429, 503, 507];

/// A sender: its stream, and what is known of it.
#[derive(Debug)]
pub struct Sender {
    /// What it sends.
    pub stream: Stream,
    /// What became of it.
    pub book: Book,
    /// Most events of a request.
    pub size_max: u64,
    /// Whether nothing that happens in these rounds is a reason to refuse it.
    pub is_spared: bool,
    /// What was sent and is not acknowledged.
    pending: Option<Range<u64>>,
    /// Whether that was counted as unknown.
    is_unknown: bool,
    random: StdRng,
}

/// What came of a request.
enum Came {
    Acknowledged,
    Refused,
    Lost,
}

impl Sender {
    /// Of a stream of which nothing was sent.
    #[must_use]
    pub fn new(stream: Stream, size_max: u64, random: StdRng) -> Self {
        Self {
            stream,
            book: Book::default(),
            size_max,
            is_spared: false,
            pending: None,
            is_unknown: false,
            random,
        }
    }

    /// Whether the fate of everything that was sent is known.
    #[must_use]
    pub fn is_resolved(&self) -> bool {
        self.pending.is_none()
    }

    /// Sends as the load's phase says, and comes back when it says so.
    ///
    /// # Errors
    /// When the ledger cannot be written.
    pub async fn run(mut self, target: Target, load: Arc<Load>) -> Result<Self> {
        let mut connection = Connection::new(target);
        let mut phase = load.phases();
        loop {
            let now = *phase.borrow_and_update();
            let done = match now {
                Phase::Send => false,
                Phase::Stop | Phase::Gone => true,
                Phase::Resolve => self.is_resolved(),
            };
            if done {
                return Ok(self);
            }
            let first = self.pending.is_none();
            let events = self.pending.take().unwrap_or_else(|| self.next());
            match self.send(&mut connection, &load, &events, first).await? {
                Came::Acknowledged if self.random.random_ratio(1, REPEAT_ONE_OF) => {
                    // Known already: it makes no difference what becomes of it.
                    self.send(&mut connection, &load, &events, false).await?;
                }
                Came::Acknowledged => {}
                Came::Refused | Came::Lost => {
                    self.pending = Some(events);
                    wait(&mut phase).await;
                }
            }
        }
    }

    fn next(&mut self) -> Range<u64> {
        let mut drawn = self.random.random_range(0..100);
        let mut size = 1;
        for (events, of_hundred) in SIZES {
            size = events;
            if drawn < of_hundred {
                break;
            }
            drawn -= of_hundred;
        }
        let from = self.book.len();
        from..from + size.min(self.size_max)
    }

    async fn send(
        &mut self,
        connection: &mut Connection,
        load: &Load,
        events: &Range<u64>,
        first: bool,
    ) -> Result<Came> {
        let request = load.next_request();
        let Stream { org, sender, .. } = self.stream;
        load.ledger.record(Record::send(request, org, sender, events)).await?;
        self.book.sent(events);
        let bodies: Vec<_> = events.clone().map(|n| self.stream.body(n)).collect();
        let reply = connection.post("/api/v1/events", format!("[{}]", bodies.join(","))).await;
        let count = events.end - events.start;
        let (came, outcome) = match reply {
            Ok(reply) if reply.status == 200 => {
                let taken = take_down(&mut self.book, events, first, &reply.body);
                let violations =
                    taken.unwrap_or_else(|error| vec![Violation::new(Promise::Answer, format!("{error:#}"))]);
                let whose = |Violation { promise, detail }: Violation| {
                    Violation::new(promise, format!("organisation {org}, sender {sender}: {detail}"))
                };
                load.count(|tally| {
                    *tally.statuses.entry(200).or_default() += 1;
                    tally.violations.extend(violations.into_iter().map(whose));
                });
                self.is_unknown = false;
                load.acknowledge(count);
                (Came::Acknowledged, "ok")
            }
            Ok(reply) => {
                load.refuse(reply.status);
                if self.is_spared {
                    let detail =
                        format!("organisation {org} was refused for another's load: {}", reply.status);
                    load.count(|tally| tally.violations.push(Violation::new(Promise::Service, detail)));
                }
                if !REFUSALS.contains(&reply.status) {
                    let said = String::from_utf8_lossy(&reply.body);
                    let detail = format!("sound events were answered {}: {said}", reply.status);
                    load.count(|tally| tally.violations.push(Violation::new(Promise::Answer, detail)));
                }
                (Came::Refused, "failed")
            }
            Err(_) => {
                if !std::mem::replace(&mut self.is_unknown, true) {
                    load.count(|tally| tally.unknown += count);
                }
                (Came::Lost, "unknown")
            }
        };
        load.ledger.note(Record::Result { request, outcome })?;
        Ok(came)
    }
}

/// Waits a moment, or until the phase changes.
async fn wait(phase: &mut watch::Receiver<Phase>) {
    let _ = timeout(RETRY_AFTER, phase.changed()).await;
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn requests_have_every_size_and_go_on_where_the_last_one_ended() {
        let stream = Stream { seed: 1, org: 0, sender: 0, poison_every: None };
        let mut sender = Sender::new(stream, 1000, StdRng::seed_from_u64(1));
        let (mut sizes, mut expected) = (std::collections::BTreeSet::new(), 0);
        for _ in 0..300 {
            let events = sender.next();
            assert_eq!(events.start, expected);
            sizes.insert(events.end - events.start);
            sender.book.sent(&events);
            expected = events.end;
        }
        assert_eq!(sizes.into_iter().collect::<Vec<_>>(), [1, 10, 100, 1000]);
    }
}
