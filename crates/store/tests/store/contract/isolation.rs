//! One organisation never sees another's data: the same ids in both, and a canary in one.

use super::Backend;
use crate::sample::{activity, create, deals, kpi, now, org, settings, slice, source};
use salescope_domain::{Label, OrgId, PersonId, TeamId};
use salescope_engine_api::JournalStats;
use salescope_store::{
    Baseline, Baselines, Checkpoint, Checkpoints, Directory, History, Journal, Keys, OrgKey, Store,
    StoreError, Verified,
};

const CANARY: &str = "canary";

fn checkpoint(tenant_seq: u64, text: &str) -> Checkpoint {
    Checkpoint { tenant_seq, schema_version: 1, sections: vec![text.repeat(10_000).into_bytes()] }
}

/// Everything that a method tells about an organisation, as text.
async fn tell_all(store: &impl Store, key: OrgKey, org: &OrgId) -> String {
    let crm = source("crm");
    let ids = ["u1", "u2", CANARY];
    let entries = store.read(key, 0, 1_000).await.unwrap();
    let stats = store.stats(key).await.unwrap();
    let candidates = store.load(key).await.unwrap();
    let bytes: Vec<_> = candidates
        .sound
        .iter()
        .map(|found| String::from_utf8_lossy(&found.sections.concat()).into_owned())
        .collect();
    let names = store.names(org).await.unwrap();
    let people = store.lookup_people(org, &crm, &ids).await.unwrap();
    let teams = store.lookup_teams(org, &crm, &ids).await.unwrap();
    let (head, keys) = (store.head(key), store.keys(org).await.unwrap());
    format!("{entries:?} {stats:?} {candidates:?} {bytes:?} {names:?} {people:?} {teams:?} {head:?} {keys:?}")
}

pub(crate) async fn nothing_of_another_organisation_shows_through_any_method<B: Backend>(backend: B) {
    let (store, crm) = (backend.store(), source("crm"));
    let (ours, theirs) = (org("ours"), org("theirs"));
    let (our_key, their_key) = (create(&*store, "ours").await, create(&*store, "theirs").await);
    // Theirs first, with the ids that ours will use.
    let mut items = deals(1..4);
    items.extend([settings(), activity("A"), kpi("won", CANARY)]);
    store.commit(vec![slice(their_key, 0, &items)], now()).await.unwrap();
    store.save(their_key, checkpoint(6, CANARY)).await.unwrap();
    store.resolve_people(&theirs, &crm, &[(CANARY, CANARY), ("u1", CANARY)]).await.unwrap();
    store.resolve_teams(&theirs, &crm, &[(CANARY, CANARY), ("u1", CANARY)]).await.unwrap();
    store.create_key(&theirs, &Label::new(CANARY).unwrap(), &[7; 32], now()).await.unwrap();
    let before = tell_all(&*store, their_key, &theirs).await;
    assert!(before.contains(CANARY));

    let told = tell_all(&*store, our_key, &ours).await;
    assert!(!told.contains(CANARY), "{told}");
    // One commit of both, and the same chunk of a checkpoint in both.
    items.truncate(5);
    store
        .commit(vec![slice(their_key, 6, &[kpi("lost", CANARY)]), slice(our_key, 0, &items)], now())
        .await
        .unwrap();
    let before = before.len() < tell_all(&*store, their_key, &theirs).await.len();
    assert!(before, "theirs has grown");
    let before = tell_all(&*store, their_key, &theirs).await;
    store.save(our_key, checkpoint(1, "ours")).await.unwrap();
    let person = store.resolve_person(&ours, &crm, "u1", "Ada").await.unwrap();
    let team = store.resolve_team(&ours, &crm, "u1", "North").await.unwrap();
    assert_eq!((person.clone(), team), (PersonId::new("p1").unwrap(), TeamId::new("t1").unwrap()));
    store.erase_person(&ours, &person).await.unwrap();
    let told = tell_all(&*store, our_key, &ours).await;
    assert!(!told.contains(CANARY), "{told}");
    assert_eq!(store.stats(our_key).await.unwrap(), JournalStats { entries: 5, last_tenant_seq: 5 });
    store.forget(our_key, 0).await.unwrap();

    // And ours has changed nothing of theirs.
    assert_eq!(tell_all(&*store, their_key, &theirs).await, before);
}

pub(crate) async fn every_method_names_an_unknown_organisation<B: Backend>(backend: B) {
    let (store, crm, nobody) = (backend.store(), source("crm"), org("nobody"));
    create(&*store, "acme").await;
    let person = PersonId::new("p1").unwrap();
    let name = Label::new("key").unwrap();
    let errors = [
        store.resolve_person(&nobody, &crm, "u1", "Ada").await.unwrap_err(),
        store.resolve_people(&nobody, &crm, &[]).await.unwrap_err(),
        store.resolve_team(&nobody, &crm, "u1", "North").await.unwrap_err(),
        store.lookup_people(&nobody, &crm, &["u1"]).await.unwrap_err(),
        store.lookup_teams(&nobody, &crm, &["u1"]).await.unwrap_err(),
        store.names(&nobody).await.unwrap_err(),
        store.erase_person(&nobody, &person).await.unwrap_err(),
        store.create_key(&nobody, &name, &[1; 32], now()).await.unwrap_err(),
        store.keys(&nobody).await.unwrap_err(),
        store.revoke_key(&nobody, 1).await.unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(&error, StoreError::UnknownOrg { org } if *org == nobody), "{error:?}");
    }
    let nobody = OrgKey(999);
    let verified = Verified { at: now(), answers: 0, differences: 0, recomputed_seq: 0 };
    let baseline = Baseline { tenant_seq: 1, schema_version: 1, sections: Vec::new(), verified };
    let errors = [
        store.read(nobody, 0, 1).await.unwrap_err(),
        store.stats(nobody).await.unwrap_err(),
        store.save(nobody, checkpoint(0, "")).await.unwrap_err(),
        store.load(nobody).await.unwrap_err(),
        store.forget(nobody, 0).await.unwrap_err(),
        store.history_stats(nobody).await.unwrap_err(),
        store.check_history(nobody).await.unwrap_err(),
        store.roster(nobody).await.unwrap_err(),
        store.baseline(nobody).await.unwrap_err(),
        store.baseline_said(nobody).await.unwrap_err(),
        store.cut(nobody, baseline).await.unwrap_err(),
        store.erase_org(nobody, now()).await.unwrap_err(),
    ];
    for error in errors {
        assert!(matches!(&error, StoreError::UnknownOrgKey { key } if *key == nobody), "{error:?}");
    }
    assert_eq!(store.head(nobody), None);
    assert_eq!(store.heads().len(), 1);
}
