//! Activities and quotas: events that carry an object of their own, or the same members among their properties.

use super::build::{Defaults, Ids};
use super::draft::Draft;
use super::member::Member;
use super::reject::{Place, Rejection};
use super::scan::pairs;
use super::value::Value;
use salescope_domain::{
    Activity, ActivityKind, Currency, DateRange, DealId, EventId, Quota, QuotaHolder, QuotaId, QuotaTarget,
};
use std::borrow::Cow;

type Built<T> = Result<T, Rejection>;

/// The members of an event's object.
struct Object<'d> {
    name: &'static str,
    members: Vec<(&'static str, Cow<'d, str>, &'d str)>,
}

impl Object<'_> {
    fn get<'s, T>(&'s self, key: &str, read: impl FnOnce(Value<'s>) -> Built<Option<T>>) -> Built<Option<T>> {
        let found = self.members.iter().find(|(_, name, _)| name == key);
        found.map_or(Ok(None), |(parent, name, raw)| read(Value { raw, place: Place::inside(parent, name) }))
    }

    fn need<'s, T>(&'s self, key: &str, read: impl FnOnce(Value<'s>) -> Built<Option<T>>) -> Built<T> {
        let missing = || Place::inside(self.name, key).reject("missing_member", "is missing");
        self.get(key, read)?.ok_or_else(missing)
    }
}

impl Draft<'_> {
    fn object(&self, member: Member, name: &'static str) -> Built<Object<'_>> {
        let members = match self.members.get(member) {
            Some(value) => pairs(value)?.into_iter().map(|(key, raw)| (name, key, raw)).collect(),
            None => {
                let own = self.own();
                own.map(|(parent, (key, raw))| {
                    (parent.name().unwrap_or(name), Cow::Borrowed(key.as_ref()), *raw)
                })
                .collect()
            }
        };
        Ok(Object { name, members })
    }

    pub(super) fn activity(&self, ids: &impl Ids, defaults: &Defaults<'_>) -> Built<Activity> {
        let occurred_at = self.time(defaults)?;
        let object = self.object(Member::Activity, "activity")?;
        let deleted = self.deleted()?;
        let kind = match object.get::<ActivityKind>("kind", Value::word)? {
            Some(kind) => kind,
            None if deleted => ActivityKind::Other,
            None => object.need("kind", Value::word)?,
        };
        let has_id = self.members.get(Member::EventId).is_some();
        let own_id = object.get("id", |value| value.id(EventId::new))?.filter(|_| !has_id);
        let change_source = self.members.get(Member::ChangeSource).map_or(Ok(None), Value::word)?;
        Ok(Activity {
            source: self.source_or(defaults),
            event_id: own_id.map_or_else(|| self.event_id(occurred_at.ms()), Ok)?,
            revision: self.revision()?,
            deleted,
            occurred_at,
            kind,
            owner: self.owner_id(ids)?,
            deal: self.members.get(Member::Deal).map_or(Ok(None), |value| value.id(DealId::new))?,
            change_source: change_source.unwrap_or_default(),
        })
    }

    /// A quota of the person, else the team, that the event names, else of the organisation. `period_end` is its last day.
    pub(super) fn quota(&self, ids: &impl Ids, defaults: &Defaults<'_>) -> Built<Quota> {
        let at = self.time(defaults)?;
        let object = self.object(Member::Quota, "quota")?;
        let holder = match (self.owner_id(ids)?, self.team.value()) {
            (Some(person), _) => QuotaHolder::Person(person),
            (None, Some(team)) => QuotaHolder::Team(self.team_id(team, ids)?),
            (None, None) => QuotaHolder::Organisation,
        };
        let from = object.need("period_start", Value::date)?;
        let to = object.need("period_end", Value::date)?.plus_days(1);
        let unit = object.get("unit", |value| Ok(value.text()?.map(Cow::into_owned)))?;
        let target = match unit.as_deref().map(str::trim) {
            None | Some("currency") => {
                let currency: Option<Currency> =
                    self.members.get(Member::Currency).map_or(Ok(None), Value::currency)?;
                let currency = currency.unwrap_or(defaults.currency);
                let money = object.need("target", |value| value.money(currency))?;
                QuotaTarget::Money { minor: money.minor, currency }
            }
            Some("count") => QuotaTarget::Count(object.need("target", Value::integer)?),
            Some(_) => {
                let message = "is neither currency nor count";
                return Err(Place::inside(object.name, "unit").reject("unknown_word", message));
            }
        };
        Ok(Quota {
            source: self.source_or(defaults),
            quota: object.need("id", |value| value.id(QuotaId::new))?,
            version: self.version(at)?,
            deleted: self.deleted()?,
            holder,
            period: DateRange { from, to },
            target,
        })
    }
}
