//! Each statement is journaled once, whatever its source repeats, reorders or delays.

use super::{Backend, Harm};
use crate::sample::{
    activity, appended, deal, deal_of, deals, now, org, positions, product, read_all, settings, submit,
};
use salescope_domain::{Basis, OrgId, Payload, Version};
use salescope_store::{Journal, Outcome, Submission};

const YEAR_MS: i64 = 365 * 86_400_000;

async fn with_org<B: Backend>(backend: &B) -> OrgId {
    let acme = org("acme");
    backend.store().create_org(&acme, now()).await.unwrap();
    acme
}

pub(crate) async fn a_repetition_in_the_same_append_is_journaled_once<B: Backend>(backend: B) {
    let (store, acme) = (backend.store(), with_org(&backend).await);
    let one = |number| deal("D1", Version::stated(number), number);
    let items = vec![one(2), one(2), one(1), one(3), activity("A", 0), activity("A", 0), activity("A", 1)];
    let outcomes = store.append(&acme, items, now()).await.unwrap();
    let [a, b, c, d, e, f, g] = &outcomes[..] else { panic!("{outcomes:?}") };
    assert_eq!([a, d, e, g], [&appended(1), &appended(2), &appended(3), &appended(4)]);
    assert_eq!([b, c, f], [&Outcome::Unchanged; 3]);
}

pub(crate) async fn a_stated_version_is_news_only_when_it_is_newer<B: Backend>(backend: B) {
    let (store, acme) = (backend.store(), with_org(&backend).await);
    let one = |number, sequence| Version { basis: Basis::Stated, number, sequence };
    let table = [
        (one(5, 0), 1, true),
        (one(5, 0), 1, false),
        (one(5, 0), 2, false),
        (one(4, 9), 2, false),
        (one(5, 1), 1, true),
        (one(5, 0), 3, false),
        (one(6, 0), 1, true),
        (one(-1, 0), 4, false),
        (one(i64::MAX, u32::MAX), 4, true),
    ];
    check(&*store, &acme, &table).await;
}

pub(crate) async fn a_timed_version_is_news_when_it_is_newer_or_says_something_else<B: Backend>(backend: B) {
    let (store, acme) = (backend.store(), with_org(&backend).await);
    let at = |ms| Version::timed(now().ms() + ms);
    let table = [
        (at(0), 1, true),
        (at(0), 1, false),
        (at(0), 2, true),
        (at(-1), 3, false),
        (at(1), 2, true),
        (at(0), 9, false),
    ];
    check(&*store, &acme, &table).await;
}

/// Submits one deal in each version and amount; checks whether it is news.
async fn check(store: &impl Journal, acme: &OrgId, table: &[(Version, i64, bool)]) {
    let mut last = 0;
    for (version, amount, is_news) in table {
        let outcome = submit(store, acme, deal("D1", *version, *amount)).await;
        last += u64::from(*is_news);
        let expected = if *is_news { appended(last) } else { Outcome::Unchanged };
        assert_eq!(outcome, expected, "{version:?} {amount}");
    }
}

pub(crate) async fn a_snapshot_read_again_a_year_later_is_no_news<B: Backend>(backend: B) {
    let acme = with_org(&backend).await;
    let export = |at: i64, first_amount| {
        let read = |number: i64| {
            let amount = if number == 0 { first_amount } else { number };
            let payload = deal_of("csv", &format!("D{number}"), Version::snapshot(now().ms() + at), amount);
            let Payload::Deal(mut event) = payload else { unreachable!() };
            event.occurred_at = now().plus_ms(at);
            Submission::live(Payload::Deal(event))
        };
        (0..1_200).map(read).collect::<Vec<_>>()
    };
    let import = async |store: &B::Store, at, first_amount| {
        let outcomes = store.append(&acme, export(at, first_amount), now().plus_ms(at)).await.unwrap();
        outcomes.iter().filter(|outcome| **outcome != Outcome::Unchanged).count()
    };
    assert_eq!(import(&*backend.store(), 0, 7).await, 1_200);
    assert_eq!(import(&*backend.store(), 0, 7).await, 0);
    let backend = backend.restart(Harm::None).await;
    assert_eq!(import(&*backend.store(), YEAR_MS, 7).await, 0);
    assert_eq!(import(&*backend.store(), YEAR_MS, 8).await, 1);
    // Back to what it said at first: that is a change too.
    assert_eq!(import(&*backend.store(), 2 * YEAR_MS, 7).await, 1);
    // An older export than the last accepted one of that deal.
    assert_eq!(import(&*backend.store(), YEAR_MS, 9).await, 0);
    assert_eq!(backend.store().stats(&acme).await.unwrap().entries, 1_202);
}

pub(crate) async fn a_fact_is_news_only_in_a_higher_revision<B: Backend>(backend: B) {
    let (store, acme) = (backend.store(), with_org(&backend).await);
    let mut last = 0;
    for (revision, is_news) in [(0, true), (0, false), (3, true), (2, false), (3, false), (u32::MAX, true)] {
        last += u64::from(is_news);
        let expected = if is_news { appended(last) } else { Outcome::Unchanged };
        assert_eq!(submit(&*store, &acme, activity("A", revision)).await, expected, "{revision}");
    }
}

pub(crate) async fn kinds_and_sources_keep_ids_apart<B: Backend>(backend: B) {
    let (store, acme) = (backend.store(), with_org(&backend).await);
    let one = Version::stated(1);
    // Ids that look like numbers, JSON or SQL are texts.
    let ids = ["1", "1.0", "01", "\"1\"", "null", "[1]", "a'b", "%", "\u{e9}", "e\u{301}"];
    let mut items = vec![settings(1), activity("1", 0)];
    for id in ids {
        items.push(deal(id, one, 1));
        items.push(Submission::live(deal_of("other", id, one, 1)));
        items.push(product(id, one));
    }
    let expected: Vec<_> = (1..=items.len() as u64).map(appended).collect();
    assert_eq!(store.append(&acme, items.clone(), now()).await.unwrap(), expected);
    let again = store.append(&acme, items, now()).await.unwrap();
    assert!(again.iter().all(|outcome| *outcome == Outcome::Unchanged), "{again:?}");
}

pub(crate) async fn repetitions_are_told_after_a_restart_and_after_identity_was_lost<B: Backend>(backend: B) {
    let acme = with_org(&backend).await;
    let items = || {
        let mut items = deals("D", 0..1_100);
        items.extend([activity("A", 1), settings(4), deal("D7", Version::snapshot(now().ms()), 8)]);
        items
    };
    backend.store().append(&acme, items(), now()).await.unwrap();
    let mut backend = backend;
    for harm in [Harm::None, Harm::LoseIdentity] {
        backend = backend.restart(harm).await;
        let outcomes = backend.store().append(&acme, items(), now()).await.unwrap();
        assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Unchanged), "{harm:?}");
    }
    assert_eq!(submit(&*backend.store(), &acme, activity("A", 2)).await, appended(1_104));
}

/// A long history of few objects: versions of every basis that run forward and back, with few contents.
fn history() -> Vec<Submission> {
    let mut state = 7_u64;
    let mut next = |bound: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % bound
    };
    let mut items = Vec::new();
    for step in 0..600_i64 {
        let number = now().ms() - 1_000 + step / 3 + next(9).cast_signed();
        let version = match next(3) {
            0 => Version::stated(number),
            1 => Version::timed(number),
            _ => Version::snapshot(number),
        };
        let object = format!("D{}", next(8));
        items.push(match next(4) {
            0 => activity(&object, u32::try_from(step / 60 + next(3).cast_signed()).unwrap()),
            1 => product(&object, version),
            _ => deal(&object, version, next(3).cast_signed()),
        });
    }
    items
}

pub(crate) async fn how_a_history_is_cut_into_appends_does_not_matter<B: Backend>(backend: B) {
    let acme = with_org(&backend).await;
    let whole = backend.store().append(&acme, history(), now()).await.unwrap();
    let entries = read_all(&*backend.store(), &acme).await;
    assert!((200..500).contains(&entries.len()), "{}", entries.len());

    let mut cut = B::fresh().await;
    cut.store().create_org(&acme, now()).await.unwrap();
    let mut outcomes = Vec::new();
    let mut rest = history();
    for (turn, size) in [1, 2, 3, 5, 8, 13, 21, 34, 55, 89].into_iter().cycle().enumerate() {
        if rest.is_empty() {
            break;
        }
        let later = rest.split_off(size.min(rest.len()));
        outcomes.extend(cut.store().append(&acme, rest, now()).await.unwrap());
        rest = later;
        if turn % 5 == 4 {
            cut = cut.restart(if turn % 2 == 0 { Harm::LoseIdentity } else { Harm::None }).await;
        }
    }
    assert_eq!(outcomes, whole);
    assert_eq!(read_all(&*cut.store(), &acme).await, entries);
    assert_eq!(positions(&entries), (1..=entries.len() as u64).collect::<Vec<_>>());
}
