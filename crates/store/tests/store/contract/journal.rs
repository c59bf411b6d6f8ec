//! The journal keeps what it answered: once, in order, without gaps, with times that never step back.

use super::{Backend, Harm};
use crate::sample::{
    activity, appended, deal, deals, kpi, now, org, positions, product, read_all, rejected_deal, settings,
    submit,
};
use salescope_domain::{Instant, OrgId, Version};
use salescope_store::{Damage, Journal, JournalStats, Outcome, StoreError, Submission};

async fn with_org<B: Backend>(backend: &B) -> OrgId {
    let acme = org("acme");
    backend.store().create_org(&acme, now()).await.unwrap();
    acme
}

pub(crate) async fn an_organisation_is_created_once<B: Backend>(backend: B) {
    let store = backend.store();
    assert_eq!(store.orgs().await.unwrap(), []);
    for id in ["zeta", "acme"] {
        store.create_org(&org(id), now()).await.unwrap();
    }
    let again = store.create_org(&org("acme"), now()).await;
    assert!(matches!(again, Err(StoreError::OrgExists { org }) if org.as_str() == "acme"));
    assert_eq!(store.orgs().await.unwrap(), [org("acme"), org("zeta")]);
    let stats = store.stats(&org("acme")).await.unwrap();
    assert_eq!(stats, JournalStats { entries: 0, last_tenant_seq: 0 });
}

pub(crate) async fn entries_read_back_as_they_were_submitted_in_order<B: Backend>(backend: B) {
    let (store, acme) = (backend.store(), with_org(&backend).await);
    let submissions = vec![
        settings(1),
        kpi("won", 1, Some("formula: \"'quoted'\"\nname: Größe ✓\n".to_owned())),
        product("P1", Version::stated(-3)),
        activity("call-1", 0),
        deal("D1", Version::timed(now().ms()), i64::MIN),
    ];
    let outcomes = store.append(&acme, submissions.clone(), now()).await.unwrap();
    assert_eq!(outcomes, [1, 2, 3, 4, 5].map(appended));
    let entries = read_all(&*store, &acme).await;
    assert_eq!(positions(&entries), [1, 2, 3, 4, 5]);
    for (entry, submission) in entries.iter().zip(submissions) {
        assert_eq!(entry.payload, submission.payload);
        assert_eq!((entry.known_at, entry.observed_at), (now(), now()));
    }
}

pub(crate) async fn positions_have_no_gap_under_rejected_and_unchanged_items<B: Backend>(backend: B) {
    let (store, acme) = (backend.store(), with_org(&backend).await);
    let mixed = |from: i64| {
        let mut items = deals("D", from..from + 2);
        items.insert(1, rejected_deal("R"));
        items.push(deal("D0", Version::stated(0), 0));
        items
    };
    let outcomes = store.append(&acme, mixed(0), now()).await.unwrap();
    assert_eq!((&outcomes[0], &outcomes[2], &outcomes[3]), (&appended(1), &appended(2), &Outcome::Unchanged));
    let Outcome::Rejected { code, path, message } = &outcomes[1] else { panic!("{outcomes:?}") };
    assert_eq!((*code, *path), ("time_before_1970", "/occurred_at"));
    assert!(message.contains("1970"), "{message}");

    let none = vec![rejected_deal("R"), deal("D0", Version::stated(1), 0)];
    let outcomes = store.append(&acme, none, now()).await.unwrap();
    assert!(matches!(outcomes[..], [Outcome::Rejected { .. }, Outcome::Unchanged]));
    assert_eq!(store.append(&acme, Vec::new(), now()).await.unwrap(), []);

    let outcomes = store.append(&acme, mixed(1), now()).await.unwrap();
    assert_eq!((&outcomes[0], &outcomes[2]), (&Outcome::Unchanged, &appended(3)));
    assert_eq!(positions(&read_all(&*store, &acme).await), [1, 2, 3]);
    assert_eq!(store.stats(&acme).await.unwrap(), JournalStats { entries: 3, last_tenant_seq: 3 });
}

pub(crate) async fn concurrent_appends_share_one_order_without_gaps<B: Backend>(backend: B) {
    let store = backend.store();
    let orgs = [org("acme"), org("zeta")];
    for org in &orgs {
        store.create_org(org, now()).await.unwrap();
    }
    // Eight appenders for each organisation, each with ten deals of its own and ten that all of them bring.
    let mut tasks = Vec::new();
    for appender in 0..8 {
        for org in orgs.clone() {
            let store = backend.store();
            tasks.push(tokio::spawn(async move {
                let mut given = Vec::new();
                for round in 0..10 {
                    let mut items = deals(&format!("own-{appender}-"), round..round + 1);
                    items.push(rejected_deal("R"));
                    items.extend(deals("shared-", round..round + 1));
                    let outcomes = store.append(&org, items, now()).await.unwrap();
                    given.extend(outcomes.into_iter().filter_map(|outcome| match outcome {
                        Outcome::Appended { tenant_seq } => Some((org.clone(), tenant_seq)),
                        _ => None,
                    }));
                }
                given
            }));
        }
    }
    let mut given = Vec::new();
    for task in tasks {
        given.extend(task.await.unwrap());
    }
    given.sort();
    let each = |org: &OrgId| (1..=90).map(|seq| (org.clone(), seq)).collect::<Vec<_>>();
    assert_eq!(given, [each(&orgs[0]), each(&orgs[1])].concat());
    for org in &orgs {
        assert_eq!(positions(&read_all(&*store, org).await), (1..=90).collect::<Vec<_>>());
    }
}

pub(crate) async fn commit_times_never_step_back<B: Backend>(backend: B) {
    let acme = with_org(&backend).await;
    let at = |ms| now().plus_ms(ms);
    let clock = [10, 4, 20, -5, 20];
    for (number, ms) in (0..).zip(clock) {
        let items = deals("D", number..number + 1);
        backend.store().append(&acme, items, at(ms)).await.unwrap();
    }
    let entries = read_all(&*backend.store(), &acme).await;
    let times = |time: fn(&salescope_domain::Entry) -> Instant| entries.iter().map(time).collect::<Vec<_>>();
    assert_eq!(times(|entry| entry.observed_at), clock.map(at));
    assert_eq!(times(|entry| entry.known_at), [10, 10, 20, 20, 20].map(at));

    let backend = backend.restart(Harm::None).await;
    backend.store().append(&acme, deals("E", 0..1), at(-9)).await.unwrap();
    let entries = read_all(&*backend.store(), &acme).await;
    assert_eq!((entries[5].known_at, entries[5].observed_at), (at(20), at(-9)));
}

pub(crate) async fn a_known_past_is_kept_and_a_future_is_lowered_to_the_commit_time<B: Backend>(backend: B) {
    let (store, acme) = (backend.store(), with_org(&backend).await);
    let past = now().plus_ms(-86_400_000);
    let known = |deal: Submission, known_at| Submission { known_at: Some(known_at), ..deal };
    let items = vec![
        known(deal("D1", Version::stated(1), 1), past),
        known(deal("D2", Version::stated(1), 1), now().plus_ms(1)),
        deal("D3", Version::stated(1), 1),
    ];
    store.append(&acme, items, now()).await.unwrap();
    let known: Vec<_> = read_all(&*store, &acme).await.iter().map(|entry| entry.known_at).collect();
    assert_eq!(known, [past, now(), now()]);
}

pub(crate) async fn reads_are_paged<B: Backend>(backend: B) {
    let (store, acme) = (backend.store(), with_org(&backend).await);
    store.append(&acme, deals("D", 0..10), now()).await.unwrap();
    let page = async |after, limit| positions(&store.read(&acme, after, limit).await.unwrap());
    assert_eq!(page(0, 4).await, [1, 2, 3, 4]);
    assert_eq!(page(4, 4).await, [5, 6, 7, 8]);
    assert_eq!(page(8, 4).await, [9, 10]);
    assert_eq!(page(10, 4).await, [0; 0]);
    assert_eq!(page(0, usize::MAX).await.len(), 10);
    assert_eq!(page(u64::MAX, usize::MAX).await, [0; 0]);
    assert_eq!(page(3, 0).await, [0; 0]);
}

pub(crate) async fn too_many_submissions_are_refused_and_nothing_is_kept<B: Backend>(backend: B) {
    let (store, acme) = (backend.store(), with_org(&backend).await);
    let limit = store.submissions_per_append_max();
    let items = vec![activity("A", 0); limit + 1];
    let refused = store.append(&acme, items, now()).await;
    assert!(matches!(
        refused,
        Err(StoreError::TooManySubmissions { count, max }) if count == limit + 1 && max == limit
    ));
    assert_eq!(store.stats(&acme).await.unwrap().entries, 0);
    assert_eq!(submit(&*store, &acme, activity("A", 0)).await, appended(1));
}

pub(crate) async fn a_payload_that_is_too_large_is_rejected_alone<B: Backend>(backend: B) {
    let (store, acme) = (backend.store(), with_org(&backend).await);
    let items = vec![kpi("big", 1, Some("x".repeat(4 << 20))), kpi("small", 1, None)];
    let outcomes = store.append(&acme, items, now()).await.unwrap();
    let [Outcome::Rejected { code, .. }, second] = &outcomes[..] else {
        panic!("{} outcomes", outcomes.len())
    };
    assert_eq!((*code, second), ("payload_too_large", &appended(1)));
}

pub(crate) async fn a_restart_keeps_everything<B: Backend>(backend: B) {
    let acme = with_org(&backend).await;
    backend.store().append(&acme, deals("D", 0..5), now()).await.unwrap();
    let before = read_all(&*backend.store(), &acme).await;
    let backend = backend.restart(Harm::None).await;
    assert_eq!(backend.store().orgs().await.unwrap(), std::slice::from_ref(&acme));
    assert_eq!(read_all(&*backend.store(), &acme).await, before);
    assert_eq!(submit(&*backend.store(), &acme, settings(1)).await, appended(6));
}

pub(crate) async fn a_damaged_entry_is_named<B: Backend>(backend: B) {
    let acme = with_org(&backend).await;
    backend.store().append(&acme, deals("D", 0..5), now()).await.unwrap();
    let backend = backend.restart(Harm::FlipEntry(&acme, 3)).await;
    let store = backend.store();
    for (after, limit) in [(0, 100), (2, 1)] {
        let read = store.read(&acme, after, limit).await;
        let Err(StoreError::Damaged { org, tenant_seq: 3, damage: Damage::Checksum }) = read else {
            panic!("{read:?}")
        };
        assert_eq!(org, acme);
    }
    assert_eq!(positions(&store.read(&acme, 0, 2).await.unwrap()), [1, 2]);
    assert_eq!(positions(&store.read(&acme, 3, 9).await.unwrap()), [4, 5]);
}

pub(crate) async fn a_missing_entry_is_named<B: Backend>(backend: B) {
    let mut backend = backend;
    let acme = with_org(&backend).await;
    backend.store().append(&acme, deals("D", 0..6), now()).await.unwrap();
    // The last one first: the journal knows where it ends.
    for (gap, after) in [(6, 4), (3, 1)] {
        backend = backend.restart(Harm::DropEntry(&acme, gap)).await;
        let store = backend.store();
        let read = store.read(&acme, after, 100).await;
        assert!(
            matches!(&read, Err(StoreError::Damaged { tenant_seq, damage: Damage::Missing, .. }) if *tenant_seq == gap),
            "{read:?}"
        );
        assert_eq!(store.read(&acme, after, 1).await.unwrap().len(), 1);
    }
    let stats = backend.store().stats(&acme).await.unwrap();
    assert_eq!(stats, JournalStats { entries: 4, last_tenant_seq: 6 });
}
