//! Snapshots: an engine comes back from its bytes as it was, and damaged bytes are refused.

use crate::common::{Words, engine, q1};
use salescope_domain::{ActivityKind, Dimension, Entry, Grain, QuotaHolder, StageOutcome};
use salescope_kpi::{Engine, SNAPSHOT_VERSION, SnapshotError};
use salescope_testkit::{DealStep, History, make};
use std::collections::HashSet;

/// A little of everything that a journal holds.
fn little_of_everything() -> Vec<Entry> {
    History::new()
        .settings(|change| change.bulk_per_minute = Some(2))
        .rate("EUR", "2026-01-01", "1.10")
        .person("ann", Some("north"), None)
        .team("north", Some("emea"))
        .account("acme", &[("sector", "retail")])
        .stage("talk", "sales", 1, StageOutcome::Open)
        .quota(QuotaHolder::Person(make::person("ann")), ["2026-01-01", "2026-04-01"], 100_000, "USD")
        .at("2026-01-05")
        .deal("A", DealStep::created().amount(10_000, "EUR").owner("ann").account("acme").stage("talk"))
        .deal("B", DealStep::created().amount(5_000, "USD").lines(&[("pro", Some(3_000))]))
        .deal("C", DealStep::created().amount(1, "USD"))
        .merge("A", &["C"])
        .activity(ActivityKind::Call, "ann", Some("A"))
        .metric("nps", "41.5")
        .at("2026-01-20")
        .deal("A", DealStep::won())
        .entries()
}

/// Enough for tables of several parts, and for blocks on a thread of their own.
fn much_of_everything() -> Vec<Entry> {
    let mut history = History::new();
    for n in 0..5000 {
        let id = format!("number-{n}");
        history = history
            .deal(
                &id,
                DealStep::created().amount(n, "USD").owner(&id).account(&id).stage(&id).lines(&[(&id, None)]),
            )
            .activity(ActivityKind::Call, &id, Some(&id))
            .metric(&id, "1.5");
    }
    history.entries()
}

#[test]
fn tables_of_several_parts_come_back_as_they_were() {
    let whole = engine(&much_of_everything());
    let back = restored(&whole);
    assert_eq!(back.snapshot(), whole.snapshot());
    let query = q1("bookings").over("2025-01-01", "2026-01-01").by(Dimension::Owner);
    assert_eq!(back.query(&query), whole.query(&query));
}

fn restored(engine: &Engine) -> Engine {
    Engine::restore(&engine.snapshot()).expect("a snapshot is restored")
}

#[test]
fn a_restored_engine_answers_as_before() {
    let engine = engine(&little_of_everything());
    let back = restored(&engine);
    assert_eq!(back.position(), engine.position());
    assert_eq!(back.settings(), engine.settings());
    assert_eq!(back.dimensions(), engine.dimensions());
    for kpi in salescope_testkit::kpis::ALL {
        let query = q1(kpi).with("metric_type", "nps");
        let query = if kpi == "metric" { query } else { q1(kpi) };
        assert_eq!(back.query(&query), engine.query(&query), "{kpi}");
        let known = query.clone().known("2026-01-10").only(Dimension::Owner, "ann");
        assert_eq!(back.query(&known), engine.query(&known), "{kpi}");
    }
    let series = |engine: &Engine| engine.series(&q1("bookings"), Grain::Week);
    assert_eq!(series(&back), series(&engine));
    let explained = |engine: &Engine| engine.explain(&q1("bookings"), Some(make::moment("2026-01-10")));
    assert_eq!(explained(&back), explained(&engine));
}

#[test]
fn a_snapshot_of_a_restored_engine_is_the_same_bytes() {
    let engine = engine(&little_of_everything());
    assert_eq!(restored(&engine).snapshot(), engine.snapshot());
    assert_eq!(restored(&Engine::new()).snapshot(), Engine::new().snapshot());
}

#[test]
fn a_restored_engine_reads_on_where_it_stopped() {
    let entries = little_of_everything();
    let whole = engine(&entries);
    for cut in 0..=entries.len() {
        let mut back = restored(&engine(&entries[..cut]));
        back.apply(&entries[cut..]);
        assert_eq!(back.snapshot(), whole.snapshot(), "cut after {cut} entries");
    }
}

#[test]
fn a_flipped_byte_anywhere_is_refused() {
    let bytes = engine(&little_of_everything()).snapshot();
    for at in 0..bytes.len() {
        for flip in [0x01, 0x80, 0xFF] {
            let mut damaged = bytes.clone();
            damaged[at] ^= flip;
            assert!(
                Engine::restore(&damaged).is_err(),
                "byte {at} of {} was flipped by {flip:#x}",
                bytes.len()
            );
        }
    }
}

#[test]
fn a_torn_snapshot_is_refused_wherever_it_ends() {
    let bytes = engine(&little_of_everything()).snapshot();
    for end in 0..bytes.len() {
        assert!(Engine::restore(&bytes[..end]).is_err(), "{end} of {} bytes", bytes.len());
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert!(Engine::restore(&longer).is_err());
}

#[test]
fn other_bytes_and_later_versions_are_told_apart() {
    let refused = |bytes: &[u8]| Engine::restore(bytes).expect_err("this is no snapshot that we read");
    assert_eq!(refused(b""), SnapshotError::NotASnapshot);
    assert_eq!(refused(b"PK\x03\x04 something else"), SnapshotError::NotASnapshot);
    let mut later = Engine::new().snapshot();
    later[4..8].copy_from_slice(&(SNAPSHOT_VERSION + 1).to_le_bytes());
    assert_eq!(refused(&later), SnapshotError::Version(SNAPSHOT_VERSION + 1));
    let mut damaged = engine(&little_of_everything()).snapshot();
    damaged[100] ^= 1;
    assert!(matches!(refused(&damaged), SnapshotError::Damaged(_)));
}

/// How many sections of one snapshot are not in another.
fn changed(before: &[Vec<u8>], after: &[Vec<u8>]) -> usize {
    let before: HashSet<&[u8]> = before.iter().map(Vec::as_slice).collect();
    after.iter().filter(|section| !before.contains(section.as_slice())).count()
}

#[test]
fn a_snapshot_shares_with_the_one_before_the_sections_that_did_not_change() {
    let deals = || {
        (0..10_000).fold(History::new(), |history, n| {
            let id = format!("D{n}");
            history
                .deal(&id, DealStep::created().amount(100, "USD").owner(&format!("p{n}")))
                .activity(ActivityKind::Call, "ann", Some(&id))
                .account(&format!("A{n}"), &[])
        })
    };
    let mut engine = engine(&deals().entries());
    let before = engine.snapshot_sections();
    assert_eq!(before.concat(), engine.snapshot());
    assert!(before.len() > 30);
    let one = deals().deal("D7", DealStep::won()).entries();
    engine.apply(&one[one.len() - 1..]);
    let after = engine.snapshot_sections();
    assert_eq!(changed(&before, &after), 4, "directory, head, the deal's block and what is kept beside it");
    let more = deals().deal("D7", DealStep::won()).activity(ActivityKind::Call, "ann", None).entries();
    engine.apply(&more[more.len() - 1..]);
    let last = engine.snapshot_sections();
    assert_eq!(changed(&after, &last), 4, "directory, head, the last activities and what they are called");
}

/// Adds an entry of a kind, about something of this id.
type Kind<'a> = &'a dyn Fn(History, &str) -> History;

#[test]
fn what_the_state_takes_in_memory_counts_every_kind_of_entry_and_survives_a_snapshot() {
    let many = |one: Kind<'_>| {
        let history = (0..500).fold(History::new(), |history, n| one(history, &format!("number-{n:04}")));
        engine(&history.entries()).bytes()
    };
    let empty = Engine::new().bytes();
    let kinds: [Kind<'_>; 10] = [
        &|history, id| history.deal(id, DealStep::created()),
        &|history, id| history.merge("A", &[id]),
        &|history, id| history.person(id, Some("north"), None),
        &|history, id| history.team(id, None),
        &|history, id| history.account(id, &[("sector", "retail")]),
        &|history, id| history.stage(id, "sales", 1, StageOutcome::Open),
        &|history, id| {
            history.quota(QuotaHolder::Person(make::person(id)), ["2026-01-01", "2026-04-01"], 1, "USD")
        },
        &|history, id| history.activity(ActivityKind::Call, id, None),
        &|history, id| history.metric(id, "1"),
        &|history, _| history.settings(|change| change.bulk_per_minute = Some(2)),
    ];
    for (at, kind) in kinds.into_iter().enumerate() {
        let bytes = many(kind);
        assert!(bytes > empty + 500 * 24, "kind {at}: {bytes} bytes");
    }
    let whole = engine(&little_of_everything());
    let back = restored(&whole).bytes();
    assert!(back <= whole.bytes() && back > whole.bytes() / 4, "{back} bytes of {}", whole.bytes());
}
