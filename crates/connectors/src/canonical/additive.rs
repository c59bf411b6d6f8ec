//! Additive facts: metric points, and events of a type that is the sender's own.

use super::build::{Defaults, Ids};
use super::digest::derived_id;
use super::draft::{Draft, Kind};
use super::member::Member;
use super::reject::{Place, Rejection};
use super::scan::pairs;
use super::value::Value;
use salescope_domain::{Decimal, EventId, FieldMap, FieldName, Label, MetricPoint};

type Built<T> = Result<T, Rejection>;

/// Members that are dimensions by their text; owner and team go by id.
const TEXT_DIMENSIONS: [Member; 8] = [
    Member::Deal,
    Member::Account,
    Member::Product,
    Member::Stage,
    Member::Pipeline,
    Member::Region,
    Member::LeadSource,
    Member::Currency,
];

/// How many of those and of the ids a fact usually has.
const USUAL_DIMENSIONS: usize = 4;

impl Draft<'_> {
    pub(super) fn additive(&self, ids: &impl Ids, defaults: &Defaults<'_>) -> Built<MetricPoint> {
        let members = &self.members;
        let time = self.time(defaults)?;
        let deleted = self.deleted()?;
        Ok(MetricPoint {
            source: self.source_or(defaults),
            event_id: self.event_id(time.ms())?,
            revision: self.revision()?,
            deleted,
            time,
            metric_type: self.metric_type()?,
            value: match (self.amount_of_fact()?, self.kind) {
                (Some(value), _) => value,
                (None, Kind::Metric) if !deleted => {
                    return Err(members.place(Member::Value, "value").reject("missing_member", "is missing"));
                }
                (None, Kind::Metric) => Decimal::ZERO,
                (None, _) => Decimal::ONE,
            },
            dimensions: self.dimensions(ids)?,
            metadata: self.metadata()?,
        })
    }

    /// The fact's own id, else one of what it says.
    pub(super) fn event_id(&self, time_ms: i64) -> Built<EventId> {
        let stated = self.members.get(Member::EventId).map_or(Ok(None), |value| value.id(EventId::new))?;
        stated.map_or_else(|| derived_id(self, time_ms), Ok)
    }

    pub(super) fn revision(&self) -> Built<u32> {
        let stated = self.members.get(Member::Revision).map_or(Ok(None), |value| value.count())?;
        Ok(stated.unwrap_or(0))
    }

    pub(super) fn deleted(&self) -> Built<bool> {
        Ok(self.members.get(Member::Deleted).map_or(Ok(None), |value| value.flag())?.unwrap_or(false))
    }

    fn metric_type(&self) -> Built<Label> {
        let member = if self.kind == Kind::Metric { Member::MetricType } else { Member::EventType };
        let stated = self.members.get(member).map_or(Ok(None), |value| value.id(Label::new))?;
        stated.ok_or_else(|| self.members.place(member, "metric_type").reject("missing_member", "is missing"))
    }

    fn amount_of_fact(&self) -> Built<Option<Decimal>> {
        let order = match self.kind {
            Kind::Metric => [Member::Value, Member::Amount],
            _ => [Member::Amount, Member::Value],
        };
        for member in order {
            if let Some(value) = self.members.get(member).map_or(Ok(None), Value::decimal)? {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// Plain values as texts, lists and objects as their JSON.
    fn metadata(&self) -> Built<FieldMap<Label>> {
        let mut metadata = FieldMap::new();
        let Some(object) = self.members.get(Member::Metadata) else { return Ok(metadata) };
        for (key, raw) in pairs(object)? {
            let place = Place::inside("metadata", &key);
            let wrong = |error: salescope_domain::IdError| place.reject("invalid_text", error.to_string());
            let name = FieldName::new(&key).map_err(wrong)?;
            let value = Value { raw, place };
            let text = if value.is_nested() { Some(raw.into()) } else { value.text()? };
            if let Some(text) = text {
                metadata.insert(name, Label::new(&text).map_err(wrong)?);
            }
        }
        Ok(metadata)
    }

    fn dimensions(&self, ids: &impl Ids) -> Built<FieldMap<Label>> {
        let mut dimensions = FieldMap::with_capacity(self.own().count() + USUAL_DIMENSIONS);
        let named = |name: &str| FieldName::new(name).expect("a built-in dimension's name keeps the rules");
        let by_id = |id: &str| Label::new(id).expect("an id keeps the rules of labels");
        if let Some(owner) = self.owner_id(ids)? {
            dimensions.insert(named("owner"), by_id(owner.as_str()));
        }
        if let Some(team) = self.team.value() {
            dimensions.insert(named("team"), by_id(self.team_id(team, ids)?.as_str()));
        }
        for member in TEXT_DIMENSIONS {
            let Some(value) = self.members.get(member) else { continue };
            let name = member.dimension().expect("these members are dimensions");
            if let Some(label) = value.id(Label::new)? {
                dimensions.insert(named(name), label);
            }
        }
        for (parent, (key, raw)) in self.own() {
            let place = Place { parent: parent.name(), key };
            let wrong = |error: salescope_domain::IdError| place.reject("invalid_text", error.to_string());
            let name = FieldName::new(key).map_err(wrong)?;
            let Some(text) = (Value { raw, place }).own_text()? else { continue };
            let label = Label::new(&text).map_err(wrong)?;
            if dimensions.insert(name, label).is_some() {
                return Err(place.reject("duplicate_member", "is stated twice"));
            }
        }
        Ok(dimensions)
    }
}
