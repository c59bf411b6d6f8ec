//! From a draft to a payload, once ids are known.

use super::draft::{Draft, Kind};
use super::member::Member;
use super::reject::{Place, Rejection};
use salescope_domain::limits::{self, Refusal};
use salescope_domain::{Currency, Instant, Label, Patch, Payload, PersonId, SourceId, TeamId, Version, Zone};

/// The ids of people and teams, by what the draft's source calls them.
pub trait Ids {
    /// A person's.
    fn person(&self, external_id: &str) -> Option<PersonId>;
    /// A team's.
    fn team(&self, external_id: &str) -> Option<TeamId>;
}

/// What counts where an item says nothing of it.
#[derive(Debug, Clone, Copy)]
pub struct Defaults<'a> {
    /// The organisation's currency: of amounts that state none.
    pub currency: Currency,
    /// The organisation's zone: an instant's local date is one in it.
    pub zone: &'a Zone,
    /// The sender: of items that state no source.
    pub source: &'a SourceId,
    /// Our clock: the time of arrival.
    pub now: Instant,
}

type Built<T> = Result<T, Rejection>;

impl Draft<'_> {
    /// The payload.
    ///
    /// # Errors
    /// The first thing that is wrong with the item, or an id that `ids` does not know.
    pub fn build(&self, ids: &impl Ids, defaults: &Defaults<'_>) -> Built<Payload> {
        let payload = match self.kind {
            Kind::Deal(kind) => Payload::Deal(Box::new(self.deal_event(kind, ids, defaults)?)),
            Kind::Merge => Payload::from(self.merge(defaults)?),
            Kind::Activity => Payload::from(self.activity(ids, defaults)?),
            Kind::Quota => Payload::from(self.quota(ids, defaults)?),
            Kind::Fact | Kind::Metric => Payload::from(self.additive(ids, defaults)?),
        };
        limits::check(&payload, defaults.now).map_err(|refusal| self.blame(refusal))?;
        Ok(payload)
    }

    pub(super) fn source_or(&self, defaults: &Defaults<'_>) -> SourceId {
        self.source.as_ref().unwrap_or(defaults.source).clone()
    }

    /// When it happened. Where that may be left out: the time that is stated as the version, else that of arrival.
    pub(super) fn time(&self, defaults: &Defaults<'_>) -> Built<Instant> {
        let stated = self.members.get(Member::Time).map_or(Ok(None), |value| value.time())?;
        match stated {
            Some(at) => Ok(at),
            None if self.time_optional => Ok(self.stated_version()?.1.unwrap_or(defaults.now)),
            None => {
                let key = if self.kind == Kind::Metric { "time" } else { "occurred_at" };
                Err(self
                    .members
                    .place(Member::Time, key)
                    .reject("missing_member", "says not when it happened"))
            }
        }
    }

    /// The stated version (a number, or a time as its milliseconds), else one of the business time.
    pub(super) fn version(&self, at: Instant) -> Built<Version> {
        let sequence = self.members.get(Member::Sequence).map_or(Ok(None), |value| value.count())?;
        let version = self.stated_version()?.0.map_or_else(|| Version::timed(at.ms()), Version::stated);
        Ok(Version { sequence: sequence.unwrap_or(0), ..version })
    }

    /// The number that is stated as a version, and the time that it is of, if it is one.
    fn stated_version(&self) -> Built<(Option<i64>, Option<Instant>)> {
        let Some(value) = self.members.get(Member::Version) else { return Ok((None, None)) };
        let is_time = value.text()?.is_some_and(|text| text.contains(':'));
        if !is_time {
            return Ok((value.integer()?, None));
        }
        let at = value.time()?;
        Ok((at.map(Instant::ms), at))
    }

    /// Whether the time is that of arrival, for want of another.
    pub(super) fn is_timed_by_arrival(&self) -> Built<bool> {
        let has_time = self.members.get(Member::Time).is_some_and(|value| !value.is_null());
        Ok(self.time_optional && !has_time && self.stated_version()?.1.is_none())
    }

    pub(super) fn person(&self, external: &Label, ids: &impl Ids) -> Built<PersonId> {
        let unresolved =
            || self.members.place(Member::Owner, "user_id").reject("unknown_person", "has no id");
        ids.person(external.as_str()).ok_or_else(unresolved)
    }

    pub(super) fn team_id(&self, external: &Label, ids: &impl Ids) -> Built<TeamId> {
        let unresolved = || self.members.place(Member::Team, "team").reject("unknown_team", "has no id");
        ids.team(external.as_str()).ok_or_else(unresolved)
    }

    pub(super) fn owner_id(&self, ids: &impl Ids) -> Built<Option<PersonId>> {
        self.owner.value().map(|external| self.person(external, ids)).transpose()
    }

    /// The journal's refusal, pointing at the member that it speaks of.
    fn blame(&self, refusal: Refusal) -> Rejection {
        let (member, key) = match refusal.path {
            "/set/close_date" => (Member::CloseDate, "close_date"),
            "/set/created_on" => (Member::CreatedOn, "created_on"),
            "/set/probability" => (Member::Probability, "probability"),
            "/set/currency" => (Member::Currency, "currency"),
            "/set/products" => (Member::Product, "products"),
            "/set/custom" => (Member::Properties, "properties"),
            "/dimensions" => (Member::Dimensions, "dimensions"),
            "/metadata" => (Member::Metadata, "metadata"),
            "/losers" => (Member::Losers, "losers"),
            "/target" => return Place::inside("quota", "target").refuse(refusal),
            "/period/from" => return Place::inside("quota", "period_start").refuse(refusal),
            "/period" | "/period/to" => return Place::inside("quota", "period_end").refuse(refusal),
            _ => (Member::Time, "occurred_at"),
        };
        self.members.place(member, key).refuse(refusal)
    }
}

/// A patch with another value in it.
pub(super) fn map_patch<T, U>(patch: &Patch<T>, map: impl FnOnce(&T) -> Built<U>) -> Built<Patch<U>> {
    Ok(match patch {
        Patch::Keep => Patch::Keep,
        Patch::Clear => Patch::Clear,
        Patch::Set(value) => Patch::Set(map(value)?),
    })
}
