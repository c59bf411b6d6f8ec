//! From what senders call people and teams to ids, remembered for a while.
//!
//! Invariant: an id is what the engine gave out for this organisation, source and external id. An erased person's is
//! forgotten at once when erased here, and within `party_ms_max` when erased by another door.

use crate::app::App;
use crate::problem::Outcome;
use hashbrown::HashMap;
use quick_cache::Equivalent;
use quick_cache::sync::{Cache, DefaultLifecycle};
use salescope_connectors::canonical::{Draft, Ids};
use salescope_domain::{OrgId, PersonId, SourceId, TeamId};
use salescope_engine_api::{Parties, ResolvedParties};
use std::cell::Cell;
use std::hash::{Hash, Hasher};
use std::time::Duration;
use tokio::time::Instant;

/// Somebody's name at a source.
#[derive(Debug, Clone, PartialEq, Eq)]
struct PartyKey {
    org: OrgId,
    source: SourceId,
    is_team: bool,
    external_id: Box<str>,
}

/// The same, borrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct PartyRef<'a> {
    org: &'a OrgId,
    source: &'a SourceId,
    is_team: bool,
    external_id: &'a str,
}

impl PartyKey {
    fn borrowed(&self) -> PartyRef<'_> {
        let Self { org, source, is_team, external_id } = self;
        PartyRef { org, source, is_team: *is_team, external_id }
    }
}

impl Hash for PartyRef<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.org.as_str().hash(state);
        self.source.as_str().hash(state);
        self.is_team.hash(state);
        self.external_id.hash(state);
    }
}

impl Hash for PartyKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.borrowed().hash(state);
    }
}

impl Equivalent<PartyKey> for PartyRef<'_> {
    fn equivalent(&self, key: &PartyKey) -> bool {
        *self == key.borrowed()
    }
}

/// An id of either kind.
#[derive(Debug, Clone)]
enum PartyId {
    Person(PersonId),
    Team(TeamId),
}

/// Ids that were given out a while ago.
pub(crate) struct PartyCache {
    cache: Cache<PartyKey, (PartyId, Instant), quick_cache::UnitWeighter, foldhash::fast::RandomState>,
    kept: Duration,
}

impl PartyCache {
    pub(crate) fn new(max: usize, kept: Duration) -> Self {
        let cache = Cache::with(
            max,
            max as u64,
            quick_cache::UnitWeighter,
            foldhash::fast::RandomState::default(),
            DefaultLifecycle::default(),
        );
        Self { cache, kept }
    }

    fn get(&self, key: PartyRef<'_>, now: Instant) -> Option<PartyId> {
        let (id, since) = self.cache.get(&key)?;
        (now.saturating_duration_since(since) < self.kept).then_some(id)
    }

    /// The ids of one source's people and teams that are remembered at `now`.
    pub(crate) fn remembered<'a>(
        &'a self,
        org: &'a OrgId,
        source: &'a SourceId,
        now: Instant,
    ) -> Remembered<'a> {
        Remembered { parties: self, org, source, now, lacks_somebody: Cell::new(false) }
    }

    /// Forgets a person, whatever they are called.
    pub(crate) fn forget_person(&self, org: &OrgId, person: &PersonId) {
        self.cache.retain(|key, (id, _)| {
            key.org != *org || !matches!(id, PartyId::Person(known) if known == person)
        });
    }
}

/// What [`Draft::build`] asks before anybody is asked for.
pub(crate) struct Remembered<'a> {
    parties: &'a PartyCache,
    org: &'a OrgId,
    source: &'a SourceId,
    now: Instant,
    lacks_somebody: Cell<bool>,
}

impl Remembered<'_> {
    /// Whether somebody was asked for whose id is not remembered.
    pub(crate) fn lacks_somebody(&self) -> bool {
        self.lacks_somebody.get()
    }

    fn get(&self, is_team: bool, external_id: &str) -> Option<PartyId> {
        let Self { org, source, .. } = *self;
        let id = self.parties.get(PartyRef { org, source, is_team, external_id }, self.now);
        self.lacks_somebody.set(self.lacks_somebody.get() || id.is_none());
        id
    }
}

impl Ids for Remembered<'_> {
    fn person(&self, external_id: &str) -> Option<PersonId> {
        match self.get(false, external_id)? {
            PartyId::Person(id) => Some(id),
            PartyId::Team(_) => None,
        }
    }

    fn team(&self, external_id: &str) -> Option<TeamId> {
        match self.get(true, external_id)? {
            PartyId::Team(id) => Some(id),
            PartyId::Person(_) => None,
        }
    }
}

/// The ids of everybody whom some drafts speak of.
#[derive(Debug, Default)]
pub(crate) struct Resolved<'d> {
    ids: HashMap<(&'d SourceId, bool, &'d str), PartyId, foldhash::fast::RandomState>,
}

impl Resolved<'_> {
    /// The ids of one source's people and teams.
    pub(crate) fn of<'a>(&'a self, source: &'a SourceId) -> SourceIds<'a> {
        SourceIds { resolved: self, source }
    }
}

/// What [`Draft::build`] asks.
pub(crate) struct SourceIds<'a> {
    resolved: &'a Resolved<'a>,
    source: &'a SourceId,
}

impl Ids for SourceIds<'_> {
    fn person(&self, external_id: &str) -> Option<PersonId> {
        match self.resolved.ids.get(&(self.source, false, external_id)) {
            Some(PartyId::Person(id)) => Some(id.clone()),
            _ => None,
        }
    }

    fn team(&self, external_id: &str) -> Option<TeamId> {
        match self.resolved.ids.get(&(self.source, true, external_id)) {
            Some(PartyId::Team(id)) => Some(id.clone()),
            _ => None,
        }
    }
}

/// People and teams of one source that have to be asked for.
#[derive(Default)]
struct Missing<'d> {
    people: Vec<&'d str>,
    teams: Vec<&'d str>,
}

impl App {
    /// Finds the ids of everybody whom `drafts` speak of; the engine gives new ones to those who have none.
    pub(crate) async fn resolve<'d>(
        &self,
        org: &OrgId,
        default_source: &'d SourceId,
        drafts: impl Iterator<Item = &'d Draft<'d>>,
    ) -> Outcome<Resolved<'d>> {
        let (mut resolved, now) = (Resolved::default(), Instant::now());
        let mut missing: Vec<(&SourceId, Missing<'_>)> = Vec::new();
        for draft in drafts {
            let source = draft.source().unwrap_or(default_source);
            let people = draft.people().map(|external_id| (false, external_id));
            let teams = draft.teams().map(|external_id| (true, external_id));
            for (is_team, external_id) in people.chain(teams) {
                let hashbrown::hash_map::Entry::Vacant(free) =
                    resolved.ids.entry((source, is_team, external_id))
                else {
                    continue;
                };
                if let Some(id) = self.parties.get(PartyRef { org, source, is_team, external_id }, now) {
                    free.insert(id);
                    continue;
                }
                let at = missing.iter().position(|(of, _)| *of == source).unwrap_or_else(|| {
                    missing.push((source, Missing::default()));
                    missing.len() - 1
                });
                let list = &mut missing[at].1;
                if is_team { list.teams.push(external_id) } else { list.people.push(external_id) }
            }
        }
        for (source, missing) in missing {
            self.ask(org, source, missing, &mut resolved).await?;
        }
        Ok(resolved)
    }

    async fn ask<'d>(
        &self,
        org: &OrgId,
        source: &'d SourceId,
        mut missing: Missing<'d>,
        resolved: &mut Resolved<'d>,
    ) -> Outcome<()> {
        for list in [&mut missing.people, &mut missing.teams] {
            list.sort_unstable();
            list.dedup();
        }
        let found = self.named(org, source, &missing).await?;
        let people = missing
            .people
            .into_iter()
            .zip(found.people)
            .filter_map(|(external_id, id)| Some((false, external_id, PartyId::Person(id?))));
        let teams = missing
            .teams
            .into_iter()
            .zip(found.teams)
            .filter_map(|(external_id, id)| Some((true, external_id, PartyId::Team(id?))));
        let now = Instant::now();
        for (is_team, external_id, id) in people.chain(teams) {
            let key = PartyKey {
                org: org.clone(),
                source: source.clone(),
                is_team,
                external_id: external_id.into(),
            };
            self.parties.cache.insert(key, (id.clone(), now));
            resolved.ids.insert((source, is_team, external_id), id);
        }
        Ok(())
    }

    /// The ids of those who are only mentioned. Who is new is called what the sender calls them, until somebody tells a
    /// name; a name that is known stays.
    async fn named(&self, org: &OrgId, source: &SourceId, missing: &Missing<'_>) -> Outcome<ResolvedParties> {
        let pairs = |list: &[&str]| list.iter().map(|id| ((*id).to_owned(), String::new())).collect();
        let mut parties =
            Parties { source: source.clone(), people: pairs(&missing.people), teams: pairs(&missing.teams) };
        let known = self.engine.lookup(org, parties.clone()).await?;
        if known.people.iter().all(Option::is_some) && known.teams.iter().all(Option::is_some) {
            return Ok(known);
        }
        let people = parties.people.iter_mut().zip(known.people.iter().map(Option::is_none));
        let teams = parties.teams.iter_mut().zip(known.teams.iter().map(Option::is_none));
        for ((external_id, name), is_new) in people.chain(teams) {
            if is_new {
                name.clone_from(external_id);
            }
        }
        Ok(self.engine.resolve(org, parties).await?)
    }
}
