//! The ledger in memory: the fate of every event of one stream.

use std::ops::Range;

/// What is known of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It was sent, and no answer said what became of it.
    Unknown,
    /// It was acknowledged as new, at this position of the journal.
    Accepted(u64),
    /// It was acknowledged as known already, after an earlier send whose fate had been unknown.
    Known,
}

/// The fates of a stream's events, in order, as far as it was sent.
#[derive(Debug, Clone, Default)]
pub struct Book {
    fates: Vec<Fate>,
}

impl Book {
    /// Takes down that events are sent.
    ///
    /// # Panics
    /// When they do not go on where the book ends, unless they were sent before.
    pub fn sent(&mut self, events: &Range<u64>) {
        assert!(events.start <= self.len(), "events are sent in order");
        let new = events.end.saturating_sub(self.len());
        self.fates.extend((0..new).map(|_| Fate::Unknown));
    }

    /// Takes down what became of an event that was sent.
    pub fn settle(&mut self, n: u64, fate: Fate) {
        self.fates[n as usize] = fate;
    }

    /// What is known of an event that was sent.
    #[must_use]
    pub fn fate(&self, n: u64) -> Option<Fate> {
        self.fates.get(n as usize).copied()
    }

    /// How many events were sent.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.fates.len() as u64
    }

    /// Whether none was sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fates.is_empty()
    }

    /// Every event that was sent, with its fate.
    pub fn iter(&self) -> impl Iterator<Item = (u64, Fate)> {
        (0..).zip(self.fates.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_unknown_until_it_is_settled_also_when_it_is_sent_again() {
        let mut book = Book::default();
        book.sent(&(0..3));
        book.settle(0, Fate::Accepted(7));
        book.sent(&(1..4));
        book.settle(1, Fate::Known);
        let fates: Vec<_> = book.iter().map(|(_, fate)| fate).collect();
        assert_eq!(fates, [Fate::Accepted(7), Fate::Known, Fate::Unknown, Fate::Unknown]);
        assert_eq!(book.fate(4), None);
    }
}
