//! Who a source calls what: the directory, with the ids of known people and teams at hand.
//!
//! Invariant: after an erasure no id of the erased person is at hand any more, so that the same external id gets a new one.

use parking_lot::RwLock;
use quick_cache::sync::Cache;
use salescope_domain::{OrgId, PersonId, SourceId, TeamId};
use salescope_engine_api::{Parties as Asked, ResolvedParties};
use salescope_store::{Directory, OrgKey, SqliteStore, StoreError};
use std::sync::Arc;

/// The directory, remembered.
pub(crate) struct Parties {
    store: Arc<SqliteStore>,
    people: Cache<Known, PersonId>,
    teams: Cache<Known, TeamId>,
    /// Held for reading while ids are being remembered, for writing while a person or an organisation is being erased: what was
    /// looked up before an erasure is never remembered after it.
    erasing: RwLock<u64>,
}

/// What is remembered by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Known {
    org: OrgKey,
    source: SourceId,
    external_id: String,
}

impl Parties {
    pub(crate) fn new(store: Arc<SqliteStore>, cached_max: usize) -> Self {
        Self { store, people: Cache::new(cached_max), teams: Cache::new(cached_max), erasing: RwLock::new(0) }
    }

    /// The ids of all; unknown ones get one. Only those that are not at hand, or that bring a name, go to the disk.
    pub(crate) async fn resolve(
        &self,
        org: &OrgId,
        key: OrgKey,
        asked: Asked,
    ) -> Result<ResolvedParties, StoreError> {
        let Asked { source, people, teams } = asked;
        let known = |external_id: &str| Known {
            org: key,
            source: source.clone(),
            external_id: external_id.trim().to_owned(),
        };
        let generation = *self.erasing.read();
        let mut answer = ResolvedParties {
            people: people
                .iter()
                .map(|(id, name)| self.people.get(&known(id)).filter(|_| name.is_empty()))
                .collect(),
            teams: teams
                .iter()
                .map(|(id, name)| self.teams.get(&known(id)).filter(|_| name.is_empty()))
                .collect(),
        };
        let missing = missing(&people, &answer.people);
        if !missing.is_empty() {
            let ids = self.store.resolve_people(org, &source, &missing).await?;
            salescope_faults::point("directory.resolve.after");
            let still = self.erasing.read();
            for ((external_id, _), id) in missing.iter().zip(&ids).filter(|_| *still == generation) {
                self.people.insert(known(external_id), id.clone());
            }
            fill(&mut answer.people, ids);
        }
        let missing = self::missing(&teams, &answer.teams);
        if !missing.is_empty() {
            let ids = self.store.resolve_teams(org, &source, &missing).await?;
            let still = self.erasing.read();
            for ((external_id, _), id) in missing.iter().zip(&ids).filter(|_| *still == generation) {
                self.teams.insert(known(external_id), id.clone());
            }
            fill(&mut answer.teams, ids);
        }
        Ok(answer)
    }

    /// The ids of those that are known.
    pub(crate) async fn lookup(&self, org: &OrgId, asked: &Asked) -> Result<ResolvedParties, StoreError> {
        let ids = |parties: &'_ [(String, String)]| -> Vec<String> {
            parties.iter().map(|(id, _)| id.clone()).collect()
        };
        let (people, teams) = (ids(&asked.people), ids(&asked.teams));
        let people: Vec<&str> = people.iter().map(String::as_str).collect();
        let teams: Vec<&str> = teams.iter().map(String::as_str).collect();
        Ok(ResolvedParties {
            people: self.store.lookup_people(org, &asked.source, &people).await?,
            teams: self.store.lookup_teams(org, &asked.source, &teams).await?,
        })
    }

    /// Erases a person, here and on the disk.
    pub(crate) async fn erase(&self, org: &OrgId, key: OrgKey, person: &PersonId) -> Result<(), StoreError> {
        self.store.erase_person(org, person).await?;
        let mut generation = self.erasing.write();
        *generation += 1;
        self.people.retain(|known, id| known.org != key || id != person);
        Ok(())
    }

    /// Lets go of what is at hand of an erased organisation. Nobody is given it any more: another organisation of the same name
    /// has another key.
    pub(crate) fn forget(&self, org: OrgKey) {
        let mut generation = self.erasing.write();
        *generation += 1;
        self.people.retain(|known, _| known.org != org);
        self.teams.retain(|known, _| known.org != org);
    }
}

/// What is not at hand, in order.
fn missing<'a, T>(parties: &'a [(String, String)], known: &[Option<T>]) -> Vec<(&'a str, &'a str)> {
    let unknown = parties.iter().zip(known).filter(|(_, id)| id.is_none());
    unknown.map(|((external_id, name), _)| (external_id.as_str(), name.as_str())).collect()
}

/// Puts ids, in order, where there is none yet.
fn fill<T>(places: &mut [Option<T>], ids: Vec<T>) {
    let empty = places.iter_mut().filter(|place| place.is_none());
    for (place, id) in empty.zip(ids) {
        *place = Some(id);
    }
}
