//! Bulk edits and bots: kept, told apart, left out of activity figures.

use crate::common::{Words, part, q1, value};
use salescope_domain::{ActivityKind, ChangeSource, Entry, Payload};
use salescope_testkit::{DealStep, History};

/// The last entry, an activity, was recorded by something other than a person.
fn recorded_by(history: History, change_source: ChangeSource) -> Vec<Entry> {
    let mut entries = history.entries();
    let Some(Entry { payload: Payload::Activity(activity), .. }) = entries.last_mut() else {
        panic!("the last entry is an activity")
    };
    activity.change_source = change_source;
    entries
}

#[test]
fn activities_of_bulk_edits_and_bots_are_told_as_bulk_and_not_counted() {
    let call = || History::new().at("2026-02-01").activity(ActivityKind::Call, "ann", None);
    for (change_source, value, bulk) in [
        (ChangeSource::User, "1", "0"),
        (ChangeSource::Api, "1", "0"),
        (ChangeSource::Import, "1", "0"),
        (ChangeSource::Bulk, "0", "1"),
        (ChangeSource::Bot, "0", "1"),
    ] {
        let answer = crate::common::ask(&recorded_by(call(), change_source), &q1("activities"));
        assert_eq!(answer.groups[0].value.as_deref(), Some(value), "{change_source:?}");
        assert_eq!(answer.groups[0].parts["bulk"].as_deref(), Some(bulk), "{change_source:?}");
    }
}

/// Three calls of Ann within a minute and two of Bob; more than two in a minute are a bulk edit.
fn busy_minute() -> History {
    let mut history = History::new().settings(|change| change.bulk_per_minute = Some(2));
    for second in ["00", "20", "59"] {
        history =
            history.at(&format!("2026-02-01T10:30:{second}Z")).activity(ActivityKind::Call, "ann", None);
    }
    history.activity(ActivityKind::Call, "bob", None).activity(ActivityKind::Email, "bob", None)
}

#[test]
fn more_of_one_person_in_a_minute_than_a_hand_can_do_is_a_bulk_edit() {
    let history = busy_minute();
    assert_eq!(value(&history, &q1("activities")), "2");
    assert_eq!(part(&history, &q1("activities"), "bulk"), "3");
    assert_eq!(part(&history, &q1("activities"), "per_rep"), "2.00");
    let next = history.at("2026-02-01T10:31:00Z").activity(ActivityKind::Call, "ann", None);
    assert_eq!(value(&next, &q1("activities")), "3");
}

#[test]
fn a_note_is_part_of_a_bulk_edit_though_it_is_never_counted() {
    let two = History::new()
        .settings(|change| change.bulk_per_minute = Some(1))
        .at("2026-02-01")
        .activity(ActivityKind::Call, "ann", None)
        .activity(ActivityKind::Note, "ann", None);
    assert_eq!(value(&two, &q1("activities")), "0");
    assert_eq!(part(&two, &q1("activities"), "bulk"), "1");
}

#[test]
fn a_bulk_edit_keeps_a_deal_fresh_all_the_same() {
    let history = History::new().at("2026-01-05").deal("A", DealStep::created()).at("2026-03-20").activity(
        ActivityKind::Note,
        "ann",
        Some("A"),
    );
    let answer = crate::common::ask(&recorded_by(history, ChangeSource::Bot), &q1("stale_share"));
    assert_eq!(answer.groups[0].value.as_deref(), Some("0.000000"));
}

#[test]
fn the_threshold_as_known_at_a_time_is_the_one_of_then() {
    let later = busy_minute().at("2026-03-01").settings(|change| change.bulk_per_minute = Some(30));
    assert_eq!(value(&later, &q1("activities")), "5");
    assert_eq!(value(&later, &q1("activities").known("2026-02-28")), "2");
}
