//! Drafts of payloads: complete but for the ids of people and teams, whose names the journal never sees.

use super::row::RowFault;
use salescope_domain::{
    Activity, DealEvent, Instant, Label, Patch, Payload, Person, PersonId, Quota, QuotaHolder, QuotaId,
    QuotaTarget, SourceId, TeamId, Version, limits,
};
use std::collections::BTreeMap;

/// The ids of people and teams by what the files call them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ids {
    /// People.
    pub people: BTreeMap<String, PersonId>,
    /// Teams.
    pub teams: BTreeMap<String, TeamId>,
}

/// Somebody (or a team) that an import speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// What the files call them.
    pub external_id: String,
    /// The name that a table of people gives; absent where they are only mentioned.
    pub name: Option<String>,
}

/// A payload without the ids of people and teams.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Draft {
    /// Speaks of nobody.
    Ready(Payload),
    Deal {
        event: Box<DealEvent>,
        owner: Patch<String>,
        team: Patch<String>,
        actor: Option<String>,
    },
    Person {
        person: String,
        name: Option<String>,
        team: Option<String>,
        region: Option<Label>,
        active: bool,
    },
    Activity {
        activity: Activity,
        owner: Option<String>,
    },
    /// The quota's holder and, where the files give none, its id are not yet the right ones.
    Quota {
        quota: Quota,
        holder: Holder,
        has_id: bool,
    },
}

/// Whose quota it is, by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Holder {
    Person(String),
    Team(String),
    Organisation,
}

impl Draft {
    /// What the draft calls people and teams.
    pub(super) fn names(&self, person: &mut impl FnMut(&str, Option<&str>), team: &mut impl FnMut(&str)) {
        match self {
            Self::Ready(_) => {}
            Self::Deal { owner, team: own, actor, .. } => {
                for name in owner.value().into_iter().chain(actor) {
                    person(name, None);
                }
                own.value().into_iter().for_each(|name| team(name));
            }
            Self::Person { person: who, name, team: theirs, .. } => {
                person(who, Some(name.as_deref().unwrap_or(who)));
                theirs.iter().for_each(|name| team(name));
            }
            Self::Activity { owner, .. } => owner.iter().for_each(|name| person(name, None)),
            Self::Quota { holder, .. } => match holder {
                Holder::Person(name) => person(name, None),
                Holder::Team(name) => team(name),
                Holder::Organisation => {}
            },
        }
    }

    /// Checks what the journal would refuse; `field` of the answer is a canonical field.
    pub(super) fn check(&self, now: Instant) -> Result<(), limits::Refusal> {
        match self {
            Self::Ready(payload) => limits::check(payload, now),
            Self::Deal { event, .. } => limits::check(&Payload::Deal(event.clone()), now),
            Self::Activity { activity, .. } => limits::check(&Payload::from(activity.clone()), now),
            Self::Quota { quota, .. } => limits::check(&Payload::from(quota.clone()), now),
            Self::Person { .. } => Ok(()),
        }
    }

    /// The payload, with ids in place of names. `now` is the version of what states none.
    pub(super) fn into_payload(self, source: &SourceId, ids: &Ids, now: Instant) -> Payload {
        let resolved = "every name that the batch lists has been resolved";
        let person_id = |name: String| ids.people.get(&name).expect(resolved).clone();
        let team_id = |name: String| ids.teams.get(&name).expect(resolved).clone();
        match self {
            Self::Ready(payload) => payload,
            Self::Deal { mut event, owner, team, actor } => {
                event.set.owner = map_patch(owner, person_id);
                event.set.team = map_patch(team, team_id);
                event.actor = actor.map(person_id);
                Payload::Deal(event)
            }
            Self::Person { person, name: _, team, region, active } => Payload::from(Person {
                source: source.clone(),
                person: person_id(person),
                version: Version::snapshot(now.ms()),
                team: team.map(team_id),
                region,
                active,
            }),
            Self::Activity { mut activity, owner } => {
                activity.owner = owner.map(person_id);
                Payload::from(activity)
            }
            Self::Quota { mut quota, holder, has_id } => {
                quota.holder = match holder {
                    Holder::Person(name) => QuotaHolder::Person(person_id(name)),
                    Holder::Team(name) => QuotaHolder::Team(team_id(name)),
                    Holder::Organisation => QuotaHolder::Organisation,
                };
                if !has_id {
                    quota.quota = derived_id(&quota);
                }
                Payload::from(quota)
            }
        }
    }
}

/// Whose quota it is, from when and of what: one for each holder, first day and measure.
fn derived_id(quota: &Quota) -> QuotaId {
    let holder = match &quota.holder {
        QuotaHolder::Person(person) => person.as_str(),
        QuotaHolder::Team(team) => team.as_str(),
        QuotaHolder::Organisation => "organisation",
    };
    let measure = if matches!(quota.target, QuotaTarget::Count(_)) { "/count" } else { "" };
    QuotaId::new(&format!("{holder}@{}{measure}", quota.period.from)).expect("the directory's ids are short")
}

fn map_patch<T, U>(patch: Patch<T>, map: impl Fn(T) -> U) -> Patch<U> {
    match patch {
        Patch::Keep => Patch::Keep,
        Patch::Clear => Patch::Clear,
        Patch::Set(value) => Patch::Set(map(value)),
    }
}

/// The canonical field that a path of the journal's refusal points to.
pub(super) fn field_of(path: &str) -> &str {
    match path {
        "/set/products" => "product",
        "/period" | "/period/to" => "last_day",
        "/period/from" => "first_day",
        "/target" => "amount",
        "/time" => "occurred_at",
        path => path.rsplit('/').next().unwrap_or(path),
    }
}

/// A draft or what is wrong with its row.
pub(super) type Drafted = Result<Draft, RowFault>;
