//! The directory: ids that are given out once, names that can be erased.

use super::{Backend, Harm};
use crate::sample::{create, org, source};
use salescope_domain::{IdError, OrgId, PersonId, TeamId};
use salescope_engine_api::Names;
use salescope_store::{Directory, StoreError};

fn p(number: u32) -> PersonId {
    PersonId::new(&format!("p{number}")).unwrap()
}

fn t(number: u32) -> TeamId {
    TeamId::new(&format!("t{number}")).unwrap()
}

async fn with_org<B: Backend>(backend: &B) -> OrgId {
    let acme = org("acme");
    create(&*backend.store(), "acme").await;
    acme
}

fn people(names: &Names) -> Vec<(&str, &str)> {
    names.people.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect()
}

pub(crate) async fn ids_are_given_out_in_order_and_stay<B: Backend>(backend: B) {
    let (acme, crm) = (with_org(&backend).await, source("crm"));
    let store = backend.store();
    assert_eq!(store.names(&acme).await.unwrap(), Names::default());
    assert_eq!(store.resolve_person(&acme, &crm, "u9", "Ada").await.unwrap(), p(1));
    let both = [("u3", "Bo"), ("u9", "Ada"), (" u4 ", " Cy ")];
    assert_eq!(store.resolve_people(&acme, &crm, &both).await.unwrap(), [p(2), p(1), p(3)]);
    assert_eq!(store.resolve_people(&acme, &crm, &[]).await.unwrap(), []);
    drop(store);
    let backend = backend.restart(Harm::None).await.unwrap();
    let store = backend.store();
    assert_eq!(store.resolve_people(&acme, &crm, &both).await.unwrap(), [p(2), p(1), p(3)]);
    assert_eq!(store.resolve_person(&acme, &crm, "u5", "Di").await.unwrap(), p(4));
    let names = store.names(&acme).await.unwrap();
    assert_eq!(people(&names), [("p1", "Ada"), ("p2", "Bo"), ("p3", "Cy"), ("p4", "Di")]);
    assert!(names.teams.is_empty());
}

pub(crate) async fn a_call_that_names_somebody_twice_gives_one_id<B: Backend>(backend: B) {
    let (acme, crm, store) = (with_org(&backend).await, source("crm"), backend.store());
    let call = [("u1", "Ada"), ("u2", ""), ("u1", "Ada"), ("u2", "Bo"), ("u1", "Ada L.")];
    let ids = store.resolve_people(&acme, &crm, &call).await.unwrap();
    assert_eq!(ids, [p(1), p(2), p(1), p(2), p(1)]);
    assert_eq!(people(&store.names(&acme).await.unwrap()), [("p1", "Ada L."), ("p2", "Bo")]);
    let many: Vec<String> = (0..1_200).map(|number| format!("m{number}")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|id| (id.as_str(), id.as_str())).collect();
    let ids = store.resolve_people(&acme, &crm, &many).await.unwrap();
    assert_eq!(ids, (3..1_203).map(p).collect::<Vec<_>>());
    assert_eq!(store.names(&acme).await.unwrap().people[&p(1_202)], "m1199");
}

pub(crate) async fn a_new_name_replaces_and_an_empty_one_does_not<B: Backend>(backend: B) {
    let (acme, crm, store) = (with_org(&backend).await, source("crm"), backend.store());
    for (told, kept) in [("", None), ("Ada", Some("Ada")), (" ", Some("Ada")), ("Ada L.", Some("Ada L."))] {
        assert_eq!(store.resolve_person(&acme, &crm, "u1", told).await.unwrap(), p(1));
        let names = store.names(&acme).await.unwrap();
        assert_eq!(names.people.get(&p(1)).map(String::as_str), kept);
    }
}

pub(crate) async fn a_lookup_gives_out_nothing<B: Backend>(backend: B) {
    let (acme, crm, store) = (with_org(&backend).await, source("crm"), backend.store());
    store.resolve_person(&acme, &crm, "u1", "Ada").await.unwrap();
    store.resolve_team(&acme, &crm, "north", "North").await.unwrap();
    let found = store.lookup_people(&acme, &crm, &["u2", " u1", "", "north", "u1"]).await.unwrap();
    assert_eq!(found, [None, Some(p(1)), None, None, Some(p(1))]);
    let found = store.lookup_teams(&acme, &crm, &["u1", "north"]).await.unwrap();
    assert_eq!(found, [None, Some(t(1))]);
    assert_eq!(store.resolve_person(&acme, &crm, "u3", "Cy").await.unwrap(), p(2));
}

pub(crate) async fn one_bad_item_refuses_the_whole_call<B: Backend>(backend: B) {
    let (acme, crm, store) = (with_org(&backend).await, source("crm"), backend.store());
    let long = "x".repeat(256);
    for (bad, field, reason) in [
        ((" ", "Bo"), "external id", IdError::Empty),
        (("u\n2", "Bo"), "external id", IdError::Control),
        (("u2", long.as_str()), "name", IdError::TooLong(256)),
    ] {
        let refused = store.resolve_people(&acme, &crm, &[("u1", "Ada"), bad]).await.unwrap_err();
        assert!(
            matches!(&refused, StoreError::InvalidName { index: 1, field: f, reason: r, .. } if *f == field && *r == reason),
            "{refused:?}"
        );
        assert!(!refused.to_string().contains("Bo"), "{refused}");
    }
    assert_eq!(store.names(&acme).await.unwrap(), Names::default());
    assert_eq!(store.resolve_person(&acme, &crm, "u1", "Ada").await.unwrap(), p(1));
}

pub(crate) async fn an_erased_person_has_no_name_and_the_id_is_never_given_out_again<B: Backend>(backend: B) {
    let (acme, crm, store) = (with_org(&backend).await, source("crm"), backend.store());
    store.resolve_people(&acme, &crm, &[("u1", "Ada"), ("u2", "Bo")]).await.unwrap();
    store.resolve_team(&acme, &crm, "north", "North").await.unwrap();
    for _ in 0..2 {
        store.erase_person(&acme, &p(2)).await.unwrap();
        assert_eq!(people(&store.names(&acme).await.unwrap()), [("p1", "Ada")]);
        assert_eq!(store.lookup_people(&acme, &crm, &["u2"]).await.unwrap(), [None]);
    }
    assert_eq!(store.names(&acme).await.unwrap().teams[&t(1)], "North");
    assert_eq!(store.resolve_person(&acme, &crm, "u2", "Bo").await.unwrap(), p(3));
    for unknown in ["p9", "p01", "p+1", "t1", "1", "p0", "p-1", "p99999999999999999999"] {
        let refused = store.erase_person(&acme, &PersonId::new(unknown).unwrap()).await;
        assert!(matches!(refused, Err(StoreError::UnknownPerson { .. })), "{unknown}");
    }
    assert_eq!(people(&store.names(&acme).await.unwrap()), [("p1", "Ada"), ("p3", "Bo")]);
}

pub(crate) async fn sources_are_apart_and_people_and_teams_count_on_their_own<B: Backend>(backend: B) {
    let (acme, store) = (with_org(&backend).await, backend.store());
    let (crm, csv) = (source("crm"), source("csv"));
    assert_eq!(store.resolve_person(&acme, &crm, "1", "Ada").await.unwrap(), p(1));
    assert_eq!(store.resolve_team(&acme, &crm, "1", "North").await.unwrap(), t(1));
    assert_eq!(store.resolve_person(&acme, &csv, "1", "Bo").await.unwrap(), p(2));
    assert_eq!(store.resolve_team(&acme, &csv, "1", "South").await.unwrap(), t(2));
    assert_eq!(store.resolve_person(&acme, &crm, "1", "Ada").await.unwrap(), p(1));
    let names = store.names(&acme).await.unwrap();
    assert_eq!((names.people.len(), names.teams.len()), (2, 2));
}
