//! What an answer says about each event of a request, against what is known of it.

use crate::ledger::{Book, Fate};
use crate::violation::{Promise, Violation};
use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use std::ops::Range;

#[derive(Deserialize)]
struct Answer {
    results: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    status: String,
    tenant_seq: Option<u64>,
    detail: Option<String>,
}

/// Takes down the answer to a request that was acknowledged. `first` says whether it is the first time that these events
/// were sent: then none of them can be known already.
///
/// # Errors
/// When the answer is not what the API promises.
pub(super) fn take_down(
    book: &mut Book,
    events: &Range<u64>,
    first: bool,
    body: &[u8],
) -> Result<Vec<Violation>> {
    let answer: Answer = serde_json::from_slice(body).context("the answer to an ingest")?;
    let asked = (events.end - events.start) as usize;
    ensure!(answer.results.len() == asked, "{} results for {asked} events", answer.results.len());
    let mut violations = Vec::new();
    for (n, item) in events.clone().zip(answer.results) {
        let before = book.fate(n).unwrap_or(Fate::Unknown);
        let broken = match (item.status.as_str(), item.tenant_seq, before) {
            ("accepted", Some(seq), Fate::Unknown) => {
                book.settle(n, Fate::Accepted(seq));
                None
            }
            ("accepted", Some(_), _) => {
                Some((Promise::Duplicate, "was acknowledged as new twice".to_owned()))
            }
            ("duplicate", _, Fate::Unknown) if first => {
                Some((Promise::Answer, "is called a duplicate, and was never sent before".to_owned()))
            }
            ("duplicate", _, Fate::Unknown) => {
                book.settle(n, Fate::Known);
                None
            }
            ("duplicate", _, _) => None,
            (status, _, _) => {
                let detail = item.detail.unwrap_or_default();
                Some((Promise::Answer, format!("is sound and was answered {status}: {detail}")))
            }
        };
        violations.extend(broken.map(|(promise, what)| Violation::new(promise, format!("event {n} {what}"))));
    }
    Ok(violations)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(book: &mut Book, events: &Range<u64>, first: bool, statuses: &[&str]) -> Vec<Promise> {
        let item =
            |(seq, status): (usize, &&str)| format!(r#"{{"status":"{status}","tenant_seq":{}}}"#, seq + 10);
        let items: Vec<_> = statuses.iter().enumerate().map(item).collect();
        let body = format!(r#"{{"results":[{}]}}"#, items.join(","));
        book.sent(events);
        let violations = take_down(book, events, first, body.as_bytes()).unwrap();
        violations.into_iter().map(|violation| violation.promise).collect()
    }

    #[test]
    fn what_is_accepted_once_and_known_afterwards_breaks_nothing() {
        let mut book = Book::default();
        assert_eq!(answered(&mut book, &(0..2), true, &["accepted", "accepted"]), []);
        assert_eq!(answered(&mut book, &(0..2), false, &["duplicate", "duplicate"]), []);
        assert_eq!(book.fate(1), Some(Fate::Accepted(11)));
    }

    #[test]
    fn an_unknown_event_that_is_sent_again_may_be_new_or_known() {
        let mut book = Book::default();
        book.sent(&(0..2));
        assert_eq!(answered(&mut book, &(0..2), false, &["accepted", "duplicate"]), []);
        assert_eq!((book.fate(0), book.fate(1)), (Some(Fate::Accepted(10)), Some(Fate::Known)));
    }

    #[test]
    fn false_answers_are_seen() {
        let mut book = Book::default();
        assert_eq!(answered(&mut book, &(0..2), true, &["duplicate", "rejected"]), [Promise::Answer; 2]);
        answered(&mut book, &(0..2), false, &["accepted", "duplicate"]);
        assert_eq!(answered(&mut book, &(0..2), false, &["accepted", "accepted"]), [Promise::Duplicate; 2]);
        assert!(take_down(&mut book, &(0..2), true, br#"{"results":[]}"#).is_err());
    }
}
