//! Questions about example histories, and what they answer, in few words.
//!
//! Invariant: no figure is shown that the oracle does not give too.

use salescope_domain::{
    Answer, ChangeReport, DateRange, Dimension, Entry, Explanation, Grain, Group, Query, Series,
};
use salescope_kpi::Engine;
use salescope_testkit::{History, make};

/// A question about the first quarter of 2026, asked in the middle of that year.
pub(crate) fn q1(kpi: &str) -> Query {
    Query::new(make::kpi(kpi), make::range("2026-01-01", "2026-04-01"), make::moment("2026-07-01"))
}

/// Words that make a question another one.
pub(crate) trait Words: Sized {
    /// About other dates.
    fn over(self, from: &str, to: &str) -> Self;
    /// Asked at another time.
    fn asked(self, at: &str) -> Self;
    /// As known at a time.
    fn known(self, at: &str) -> Self;
    /// Grouped by a dimension.
    fn by(self, dimension: Dimension) -> Self;
    /// Of facts with this value only.
    fn only(self, dimension: Dimension, value: &str) -> Self;
    /// With a parameter.
    fn with(self, name: &str, value: &str) -> Self;
}

impl Words for Query {
    fn over(self, from: &str, to: &str) -> Self {
        Self { range: make::range(from, to), ..self }
    }

    fn asked(self, at: &str) -> Self {
        Self { now: make::moment(at), ..self }
    }

    fn known(self, at: &str) -> Self {
        Self { as_known: Some(make::moment(at)), ..self }
    }

    fn by(mut self, dimension: Dimension) -> Self {
        self.group_by.push(dimension);
        self
    }

    fn only(mut self, dimension: Dimension, value: &str) -> Self {
        self.filters.entry(dimension).or_default().insert(value.to_owned());
        self
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.params.insert(name.to_owned(), value.to_owned());
        self
    }
}

/// An engine that has read a history.
pub(crate) fn engine(entries: &[Entry]) -> Engine {
    let mut engine = Engine::new();
    engine.apply(entries);
    engine
}

/// The engine's answer, which must be the oracle's.
pub(crate) fn ask(entries: &[Entry], query: &Query) -> Answer {
    let answer = engine(entries).query(query).expect("the question names what exists");
    assert_eq!(answer, salescope_oracle::answer(entries, query), "the engine's answer is not the oracle's");
    answer
}

/// The only group of the answer.
pub(crate) fn group(history: &History, query: &Query) -> Group {
    let mut answer = ask(&history.clone().entries(), query);
    assert_eq!(answer.groups.len(), 1, "{answer:?}");
    answer.groups.remove(0)
}

/// The value of the only group; `null` where there is none.
pub(crate) fn value(history: &History, query: &Query) -> String {
    shown(group(history, query).value.as_ref())
}

/// A part of the only group.
pub(crate) fn part(history: &History, query: &Query, part: &str) -> String {
    shown(group(history, query).parts[part].as_ref())
}

/// The notes of the only group.
pub(crate) fn notes(history: &History, query: &Query) -> Vec<String> {
    group(history, query).notes.into_iter().collect()
}

/// Keys and values of all groups, as `key value`.
pub(crate) fn groups(history: &History, query: &Query) -> Vec<String> {
    ask(&history.clone().entries(), query).groups.iter().map(line).collect()
}

/// A part of all groups, as `key part`.
pub(crate) fn parts(history: &History, query: &Query, part: &str) -> Vec<String> {
    let answer = ask(&history.clone().entries(), query);
    answer
        .groups
        .iter()
        .map(|group| format!("{} {}", key(group), shown(group.parts[part].as_ref())))
        .collect()
}

fn line(group: &Group) -> String {
    format!("{} {}", key(group), shown(group.value.as_ref()))
}

fn key(group: &Group) -> String {
    group.key.values().map(String::as_str).collect::<Vec<_>>().join("/")
}

/// A value as text; `null` where there is none.
pub(crate) fn shown(text: Option<&String>) -> String {
    text.map_or("null", String::as_str).to_owned()
}

/// A series; each bucket of dates must be the oracle's answer for those dates.
pub(crate) fn series(history: &History, query: &Query, grain: Grain) -> Series {
    let entries = history.clone().entries();
    let series = engine(&entries).series(query, grain).expect("the question names what exists");
    if grain != Grain::Hour {
        for bucket in &series.buckets {
            let range = DateRange { from: make::date(&bucket.from), to: make::date(&bucket.to) };
            let oracle = salescope_oracle::answer(&entries, &Query { range, ..query.clone() });
            assert_eq!(bucket.groups, oracle.groups, "the bucket from {} is not the oracle's", bucket.from);
        }
    }
    series
}

/// The buckets of a series of one group, as `from value`.
pub(crate) fn buckets(series: &Series) -> Vec<String> {
    series.buckets.iter().map(|b| format!("{} {}", b.from, shown(b.groups[0].value.as_ref()))).collect()
}

/// Why a figure is what it is.
pub(crate) fn explain(history: &History, query: &Query) -> Explanation {
    let explanation = engine(&history.clone().entries()).explain(query, None);
    explanation.expect("the question names what exists")
}

/// What changed a figure since a time.
pub(crate) fn changes(history: &History, query: &Query, since: &str) -> ChangeReport {
    let explanation = engine(&history.clone().entries()).explain(query, Some(make::moment(since)));
    explanation.expect("the question names what exists").changes.expect("changes were asked for")
}

/// The lines of a report, as `deal change`.
pub(crate) fn lines(report: &ChangeReport) -> Vec<String> {
    let deal = |deal: &Option<String>| deal.clone().unwrap_or_else(|| "-".to_owned());
    report.lines.iter().map(|line| format!("{} {}", deal(&line.deal), line.change)).collect()
}
