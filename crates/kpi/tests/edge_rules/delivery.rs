//! How statements arrive: late, out of order, twice, corrected.

use crate::common::{Words, engine, q1, value};
use salescope_domain::{Activity, ActivityKind, ChangeSource, Entry, Payload};
use salescope_kpi::FactKind;
use salescope_testkit::{DealStep, History, make};

#[test]
fn a_late_event_is_folded_at_its_own_time_and_restates_figures() {
    let history = History::new()
        .at("2026-01-05")
        .deal("A", DealStep::created().amount(10_000, "USD").due("2026-04-30"))
        .at("2026-04-08")
        .deal("A", DealStep::won().occurred("2026-03-31"));
    assert_eq!(value(&history, &q1("bookings")), "100.00");
    assert_eq!(value(&history, &q1("bookings").known("2026-04-07")), "0.00");
    assert_eq!(value(&history, &q1("open_pipeline").known("2026-04-07")), "100.00");
    assert_eq!(value(&history, &q1("open_pipeline").over("2026-01-01", "2026-03-31")), "100.00");
}

#[test]
fn a_late_event_occurs_no_earlier_than_the_version_before_it() {
    let history = History::new()
        .at("2026-01-05")
        .deal("A", DealStep::created().amount(10_000, "USD"))
        .at("2026-02-10")
        .deal("A", DealStep::updated().amount(20_000, "USD"))
        .deal("A", DealStep::updated().amount(30_000, "USD").occurred("2026-02-01"));
    let until = |to| q1("open_pipeline").over("2026-01-01", to);
    assert_eq!(value(&history, &until("2026-02-06")), "100.00");
    assert_eq!(value(&history, &until("2026-02-11")), "300.00");
}

#[test]
fn an_older_version_never_overwrites_a_newer_one() {
    let history = History::new()
        .at("2026-01-05")
        .deal("A", DealStep::created().amount(10_000, "USD").version(1))
        .deal("A", DealStep::updated().amount(30_000, "USD").version(5))
        .at("2026-02-01")
        .deal("A", DealStep::updated().amount(20_000, "USD").version(3));
    assert_eq!(value(&history, &q1("open_pipeline")), "300.00");
}

#[test]
fn a_deal_event_delivered_twice_is_no_news() {
    let once = History::new()
        .at("2026-01-05")
        .deal("A", DealStep::created().amount(10_000, "USD").version(1))
        .at("2026-01-20")
        .deal("A", DealStep::won().version(2))
        .deal("A", DealStep::reopened().version(3));
    let twice = once.at("2026-03-01").deal("A", DealStep::won().version(2));
    assert_eq!(value(&twice, &q1("bookings")), "0.00");
    assert_eq!(value(&twice, &q1("open_pipeline")), "100.00");
}

/// The points of a history with the first one's event id, and revisions 0, 0, 1 and 2, of which the last retracts.
fn revised() -> Vec<Entry> {
    let mut entries = History::new()
        .at("2026-01-10")
        .metric("nps", "5")
        .at("2026-01-11")
        .metric("nps", "50")
        .at("2026-01-12")
        .metric("nps", "7")
        .at("2026-01-13")
        .metric("nps", "0")
        .entries();
    for (entry, revision) in entries.iter_mut().zip([0, 0, 1, 2]) {
        let Payload::Metric(point) = &mut entry.payload else { panic!("only points were stated") };
        (point.event_id, point.revision, point.deleted) = (make::event("point"), revision, revision == 2);
    }
    entries
}

fn of_points(count: usize) -> String {
    let query = q1("metric").with("metric_type", "nps");
    let answer = crate::common::ask(&revised()[..count], &query);
    crate::common::shown(answer.groups[0].value.as_ref())
}

#[test]
fn a_fact_counts_once_and_a_higher_revision_replaces_or_retracts_it() {
    assert_eq!(of_points(1), "5");
    assert_eq!(of_points(2), "5", "the same revision again is no news");
    assert_eq!(of_points(3), "7");
    assert_eq!(of_points(4), "0");
}

#[test]
fn a_figure_as_known_before_a_correction_has_the_fact_as_it_was() {
    let known = |at| {
        let query = q1("metric").with("metric_type", "nps").known(at);
        crate::common::shown(crate::common::ask(&revised(), &query).groups[0].value.as_ref())
    };
    assert_eq!([known("2026-01-11"), known("2026-01-12"), known("2026-01-13")], ["5", "7", "0"]);
}

#[test]
fn ids_of_two_sources_do_not_meet() {
    let history = History::new()
        .at("2026-01-05")
        .deal("1", DealStep::created().amount(10_000, "USD"))
        .activity(ActivityKind::Call, "ann", Some("1"))
        .source("other")
        .deal("1", DealStep::created().amount(3_000, "USD"));
    assert_eq!(value(&history, &q1("open_pipeline")), "130.00");
    let other = q1("open_pipeline").only(salescope_domain::Dimension::Source, "other");
    assert_eq!(value(&history, &other), "30.00");
}

#[test]
fn the_last_revision_of_a_fact_is_told_for_good_even_when_it_retracts() {
    let activity = |revision, deleted| {
        Payload::from(Activity {
            source: make::source("crm"),
            event_id: make::event("call-1"),
            revision,
            deleted,
            occurred_at: make::moment("2026-02-01"),
            kind: ActivityKind::Call,
            owner: None,
            deal: None,
            change_source: ChangeSource::User,
        })
    };
    let told = |history: History| {
        let engine = engine(&history.entries());
        let of = |kind, source| engine.fact_revision(kind, &make::source(source), &make::event("call-1"));
        [(FactKind::Activity, "crm"), (FactKind::Metric, "crm"), (FactKind::Activity, "other")]
            .map(|(kind, source)| of(kind, source))
    };
    let once = History::new().push(activity(3, false));
    assert_eq!(told(History::new()), [None; 3]);
    assert_eq!(told(once.clone()), [Some(3), None, None]);
    assert_eq!(told(once.clone().push(activity(2, false))), [Some(3), None, None]);
    assert_eq!(told(once.push(activity(7, true))), [Some(7), None, None]);
}
