//! What a response says of each item that was sent. Pure.

use crate::http::Response;
use crate::work::ItemOutcome;
use serde::Deserialize;
use std::borrow::Cow;
use std::time::Duration;

/// What a server promises to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contract {
    /// The product's: a result for each item.
    Items,
    /// A peer's: how many were accepted.
    Count,
    /// A floor's: a status 2xx.
    Status,
}

/// A judged response.
#[derive(Debug)]
pub(super) enum Verdict {
    /// Answered for good.
    Done(Done),
    /// Not now: 429 or 503. Whether the items went in is unknown with 503 only.
    Later {
        /// When to try again, if the server says so.
        after: Option<Duration>,
        /// Whether it was 429.
        overloaded: bool,
    },
    /// The server broke its contract, or refused the request as a whole.
    Fault(String),
}

/// The items' outcomes.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Done {
    pub(super) outcomes: Vec<ItemOutcome>,
    pub(super) duplicates: u64,
    pub(super) rejected: u64,
    pub(super) first_rejection: Option<String>,
}

/// At most so much of a body is quoted, in bytes.
const QUOTED_BYTES_MAX: usize = 500;

#[derive(Deserialize)]
struct Answer<'a> {
    accepted: usize,
    #[serde(default)]
    duplicates: usize,
    #[serde(default)]
    rejected: usize,
    #[serde(default, borrow)]
    results: Vec<Item<'a>>,
}

#[derive(Deserialize)]
struct Item<'a> {
    status: ItemStatus,
    #[serde(default, borrow)]
    code: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    pointer: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    detail: Option<Cow<'a, str>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum ItemStatus {
    Accepted,
    Duplicate,
    Rejected,
}

/// Judges the response to a request of `sent` items. `repeated`: the request was sent before and its end is unknown, so
/// that a duplicate is an item that went in then.
pub(super) fn judge(contract: Contract, response: &Response<'_>, sent: usize, repeated: bool) -> Verdict {
    match response.status {
        429 | 503 => {
            return Verdict::Later { after: response.retry_after, overloaded: response.status == 429 };
        }
        200..=299 => {}
        status => return Verdict::Fault(format!("HTTP {status}: {}", quoted(response.body))),
    }
    if contract == Contract::Status {
        return Verdict::Done(Done { outcomes: vec![ItemOutcome::Accepted; sent], ..Done::default() });
    }
    let answer: Answer<'_> = match serde_json::from_slice(response.body) {
        Ok(answer) => answer,
        Err(error) => {
            return Verdict::Fault(format!("unreadable answer ({error}): {}", quoted(response.body)));
        }
    };
    if contract == Contract::Count {
        let all = answer.accepted == sent;
        let done = || Done { outcomes: vec![ItemOutcome::Accepted; sent], ..Done::default() };
        return if all { Verdict::Done(done()) } else { mismatch(&answer, sent, response.body) };
    }
    let count = |status| answer.results.iter().filter(|item| item.status == status).count();
    let counts = [ItemStatus::Accepted, ItemStatus::Duplicate, ItemStatus::Rejected].map(count);
    if answer.results.len() != sent || counts != [answer.accepted, answer.duplicates, answer.rejected] {
        return mismatch(&answer, sent, response.body);
    }
    Verdict::Done(done(&answer, repeated))
}

/// Whether the product accepted the one item that was sent.
pub(crate) fn accepts_one(response: &Response<'_>) -> bool {
    match judge(Contract::Items, response, 1, false) {
        Verdict::Done(done) => done.outcomes == [ItemOutcome::Accepted],
        Verdict::Later { .. } | Verdict::Fault(_) => false,
    }
}

fn done(answer: &Answer<'_>, repeated: bool) -> Done {
    let outcome = |item: &Item<'_>| match item.status {
        ItemStatus::Accepted => ItemOutcome::Accepted,
        ItemStatus::Duplicate if repeated => ItemOutcome::Accepted,
        ItemStatus::Duplicate => ItemOutcome::Unknown,
        ItemStatus::Rejected => ItemOutcome::Rejected,
    };
    let rejection = answer.results.iter().find(|item| item.status == ItemStatus::Rejected);
    Done {
        outcomes: answer.results.iter().map(outcome).collect(),
        duplicates: answer.duplicates as u64,
        rejected: answer.rejected as u64,
        first_rejection: rejection.map(|item| {
            let text = |part: &Option<Cow<'_, str>>| part.as_deref().unwrap_or("?").to_owned();
            format!("{} at {}: {}", text(&item.code), text(&item.pointer), text(&item.detail))
        }),
    }
}

fn mismatch(answer: &Answer<'_>, sent: usize, body: &[u8]) -> Verdict {
    let Answer { accepted, duplicates, rejected, results } = answer;
    let results = results.len();
    Verdict::Fault(format!(
        "{sent} items were sent; the answer counts {accepted} accepted, {duplicates} duplicates, {rejected} rejected and \
         has {results} results: {}",
        quoted(body)
    ))
}

fn quoted(body: &[u8]) -> String {
    String::from_utf8_lossy(&body[..body.len().min(QUOTED_BYTES_MAX)]).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ItemOutcome::{Accepted, Rejected, Unknown};

    fn judged(status: u16, body: &str, sent: usize, repeated: bool) -> Verdict {
        let response = Response { status, retry_after: None, body: body.as_bytes() };
        judge(Contract::Items, &response, sent, repeated)
    }

    const THREE: &str = r#"{"tenant_seq":9,"accepted":1,"duplicates":1,"rejected":1,"results":[
        {"status":"accepted","tenant_seq":9},{"status":"duplicate"},
        {"status":"rejected","code":"bad_amount","pointer":"/2/amount","detail":"no \"number\""}]}"#;

    #[test]
    fn items_are_judged_one_by_one_and_a_duplicate_of_a_repeated_request_went_in_before() {
        let Verdict::Done(done) = judged(200, THREE, 3, false) else { panic!() };
        assert_eq!(done.outcomes, [Accepted, Unknown, Rejected]);
        assert_eq!((done.duplicates, done.rejected), (1, 1));
        assert_eq!(done.first_rejection.unwrap(), "bad_amount at /2/amount: no \"number\"");
        let Verdict::Done(done) = judged(200, THREE, 3, true) else { panic!() };
        assert_eq!(done.outcomes, [Accepted, Accepted, Rejected]);
    }

    #[test]
    fn counts_that_do_not_fit_the_items_are_a_fault() {
        assert!(matches!(judged(200, THREE, 4, false), Verdict::Fault(_)));
        let lying = THREE.replace("\"accepted\":1", "\"accepted\":2");
        assert!(matches!(judged(200, &lying, 3, false), Verdict::Fault(_)));
        assert!(matches!(judged(200, "{}", 1, false), Verdict::Fault(_)));
        assert!(matches!(judged(401, "{}", 1, false), Verdict::Fault(_)));
    }

    #[test]
    fn overload_and_unavailability_ask_for_another_try() {
        assert!(matches!(judged(429, "", 1, false), Verdict::Later { overloaded: true, .. }));
        assert!(matches!(judged(503, "", 1, false), Verdict::Later { overloaded: false, .. }));
    }
}
