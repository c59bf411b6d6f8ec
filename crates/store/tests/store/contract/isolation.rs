//! One organisation never sees another's data: the same ids in both, and a canary in one.

use super::Backend;
use crate::sample::{activity, appended, deals, kpi, now, org, settings, source};
use salescope_domain::{OrgId, PersonId, TeamId};
use salescope_store::{Checkpoint, Checkpoints, Directory, Journal, JournalStats, Store, StoreError};

const CANARY: &str = "canary";

fn checkpoint(tenant_seq: u64, text: &str) -> Checkpoint {
    Checkpoint { tenant_seq, schema_version: 1, bytes: text.as_bytes().to_vec() }
}

/// Everything that a method tells about `org`, as text.
async fn tell_all(store: &impl Store, org: &OrgId) -> String {
    let crm = source("crm");
    let ids = ["u1", "u2", CANARY];
    let entries = store.read(org, 0, 1_000).await.unwrap();
    let stats = store.stats(org).await.unwrap();
    let candidates = store.candidates(org).await.unwrap();
    let bytes: Vec<_> =
        candidates.sound.iter().map(|found| String::from_utf8_lossy(&found.bytes).into_owned()).collect();
    let names = store.names(org).await.unwrap();
    let people = store.lookup_people(org, &crm, &ids).await.unwrap();
    let teams = store.lookup_teams(org, &crm, &ids).await.unwrap();
    format!("{entries:?} {stats:?} {candidates:?} {bytes:?} {names:?} {people:?} {teams:?}")
}

pub(crate) async fn nothing_of_another_organisation_shows_through_any_method<B: Backend>(backend: B) {
    let (store, crm) = (backend.store(), source("crm"));
    let (ours, theirs) = (org("ours"), org("theirs"));
    for org in [&ours, &theirs] {
        store.create_org(org, now()).await.unwrap();
    }
    // Theirs first, at a later time, with the ids that ours will use.
    let mut items = deals("D", 0..3);
    items.extend([settings(9), activity("A", 9), kpi("won", 9, Some(CANARY.to_owned()))]);
    store.append(&theirs, items.clone(), now().plus_ms(5_000)).await.unwrap();
    store.save(&theirs, checkpoint(6, CANARY)).await.unwrap();
    store.resolve_people(&theirs, &crm, &[(CANARY, CANARY), ("u1", CANARY)]).await.unwrap();
    store.resolve_teams(&theirs, &crm, &[(CANARY, CANARY), ("u1", CANARY)]).await.unwrap();
    let before = tell_all(&*store, &theirs).await;
    assert!(before.contains(CANARY));

    // Nothing shows while ours is empty, and theirs decides nothing about ours.
    let told = tell_all(&*store, &ours).await;
    assert!(!told.contains(CANARY), "{told}");
    items.truncate(5);
    let outcomes = store.append(&ours, items, now()).await.unwrap();
    assert_eq!(outcomes, [1, 2, 3, 4, 5].map(appended));
    let entries = store.read(&ours, 0, 100).await.unwrap();
    assert!(entries.iter().all(|entry| entry.known_at == now()), "their clock is not ours");
    store.save(&ours, checkpoint(1, "ours")).await.unwrap();
    let person = store.resolve_person(&ours, &crm, "u1", "Ada").await.unwrap();
    let team = store.resolve_team(&ours, &crm, "u1", "North").await.unwrap();
    assert_eq!((person.clone(), team), (PersonId::new("p1").unwrap(), TeamId::new("t1").unwrap()));
    store.erase_person(&ours, &person).await.unwrap();
    let told = tell_all(&*store, &ours).await;
    assert!(!told.contains(CANARY), "{told}");
    assert_eq!(store.stats(&ours).await.unwrap(), JournalStats { entries: 5, last_tenant_seq: 5 });

    // And ours has changed nothing of theirs.
    assert_eq!(tell_all(&*store, &theirs).await, before);
}

pub(crate) async fn every_method_names_an_unknown_organisation<B: Backend>(backend: B) {
    let (store, crm, nobody) = (backend.store(), source("crm"), org("nobody"));
    store.create_org(&org("acme"), now()).await.unwrap();
    let person = PersonId::new("p1").unwrap();
    let errors = [
        store.append(&nobody, deals("D", 0..1), now()).await.unwrap_err(),
        store.append(&nobody, Vec::new(), now()).await.unwrap_err(),
        store.read(&nobody, 0, 1).await.unwrap_err(),
        store.stats(&nobody).await.unwrap_err(),
        store.save(&nobody, checkpoint(0, "")).await.unwrap_err(),
        store.candidates(&nobody).await.unwrap_err(),
        store.resolve_person(&nobody, &crm, "u1", "Ada").await.unwrap_err(),
        store.resolve_people(&nobody, &crm, &[]).await.unwrap_err(),
        store.resolve_team(&nobody, &crm, "u1", "North").await.unwrap_err(),
        store.lookup_people(&nobody, &crm, &["u1"]).await.unwrap_err(),
        store.lookup_teams(&nobody, &crm, &["u1"]).await.unwrap_err(),
        store.names(&nobody).await.unwrap_err(),
        store.erase_person(&nobody, &person).await.unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(&error, StoreError::UnknownOrg { org } if *org == nobody), "{error:?}");
    }
    assert_eq!(store.orgs().await.unwrap(), [org("acme")]);
}
