//! Questions about example histories, and what they answer, in few words.

use salescope_domain::{Answer, Group, Query};
use salescope_oracle::answer;
use salescope_testkit::{History, make};

/// A question about the first quarter of 2026, asked in the middle of that year.
pub(crate) fn q1(kpi: &str) -> Query {
    Query::new(make::kpi(kpi), make::range("2026-01-01", "2026-04-01"), make::moment("2026-07-01"))
}

/// The answer to a question about an example.
pub(crate) fn ask(history: &History, query: &Query) -> Answer {
    answer(&history.clone().entries(), query)
}

/// The only group of an answer.
pub(crate) fn only(answer: &Answer) -> &Group {
    assert_eq!(answer.groups.len(), 1, "{answer:?}");
    &answer.groups[0]
}

/// The value of the only group; `null` where there is none.
pub(crate) fn value(history: &History, query: &Query) -> String {
    shown(only(&ask(history, query)).value.as_ref())
}

/// A part of the only group.
pub(crate) fn part(history: &History, query: &Query, part: &str) -> String {
    shown(only(&ask(history, query)).parts[part].as_ref())
}

/// The notes of the only group.
pub(crate) fn notes(history: &History, query: &Query) -> Vec<String> {
    only(&ask(history, query)).notes.iter().cloned().collect()
}

fn shown(text: Option<&String>) -> String {
    text.map_or("null", String::as_str).to_owned()
}
