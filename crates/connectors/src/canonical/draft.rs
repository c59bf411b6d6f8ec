//! An item whose members are found and whose kind is known: what has to be resolved before it can become a payload.
//!
//! Invariant: a draft's people and teams keep the rules of external ids.

use super::member::{Key, Member};
use super::reject::{Place, Rejection};
use super::scan::{Holder, Members, Pair, Parent, pairs};
use super::value::Value;
use salescope_domain::{DealEventKind, DealId, Label, Patch, SourceId};

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Deal(DealEventKind),
    Activity,
    Quota,
    Merge,
    /// An event of a type of the sender's own.
    Fact,
    Metric,
}

/// An item between text and payload.
#[derive(Debug, Clone)]
pub struct Draft<'a> {
    pub(super) kind: Kind,
    pub(super) members: Members<'a>,
    /// Properties and dimensions that are no members.
    own: [Vec<Pair<'a>>; 2],
    pub(super) source: Option<SourceId>,
    pub(super) owner: Patch<Label>,
    pub(super) team: Patch<Label>,
    pub(super) actor: Option<Label>,
    /// Whether the time of arrival stands in where no time is stated.
    pub(super) time_optional: bool,
}

impl<'a> Draft<'a> {
    pub(super) fn new(members: Members<'a>) -> Result<Self, Rejection> {
        let kind = kind_of(&members)?;
        Self::of_kind(kind, members, false)
    }

    /// A statement of a deal that is named elsewhere, such as in a path: the type is `deal_updated` and the time that of
    /// arrival unless the item says so.
    pub(super) fn of_deal(
        mut members: Members<'a>,
        deal_json: &'a str,
        deal: &DealId,
    ) -> Result<Self, Rejection> {
        if let Some(stated) = members.get(Member::Deal)
            && stated.id(DealId::new)?.is_some_and(|stated| stated != *deal)
        {
            return Err(stated
                .place
                .reject("other_deal", format!("is not the deal {deal} that is addressed")));
        }
        members.set(Member::Deal, "deal_id", Parent::Item, deal_json);
        let typed = members.get(Member::Type).or_else(|| members.get(Member::EventType));
        let kind = match typed {
            None => Kind::Deal(DealEventKind::DealUpdated),
            Some(typed) => match kind_of(&members)? {
                kind @ Kind::Deal(_) => kind,
                _ => return Err(typed.place.reject("unknown_type", "is no type of deal event")),
            },
        };
        Self::of_kind(kind, members, true)
    }

    fn of_kind(kind: Kind, mut members: Members<'a>, time_optional: bool) -> Result<Self, Rejection> {
        let properties = spread(kind, &mut members, Holder::Properties)?;
        let dimensions = match kind {
            Kind::Fact | Kind::Metric => spread(kind, &mut members, Holder::Dimensions)?,
            _ => Vec::new(),
        };
        let own = [properties, dimensions];
        let party = |member| members.get(member).map_or(Ok(Patch::Keep), |value| value.patch(Label::new));
        let (owner, team) = (party(Member::Owner)?, party(Member::Team)?);
        let actor = party(Member::Actor)?.value().cloned();
        let source = members.get(Member::Source).map_or(Ok(None), source_of)?;
        Ok(Self { kind, members, own, source, owner, team, actor, time_optional })
    }

    /// Properties and dimensions that are no members, with the object that they stand in.
    pub(super) fn own(&self) -> impl Iterator<Item = (Parent, &Pair<'a>)> {
        let [properties, dimensions] = &self.own;
        let properties = properties.iter().map(|pair| (Parent::Properties, pair));
        properties.chain(dimensions.iter().map(|pair| (Parent::Dimensions, pair)))
    }

    /// The source that the item names; the sender's own where it names none.
    #[must_use]
    pub fn source(&self) -> Option<&SourceId> {
        self.source.as_ref()
    }

    /// What the item calls the people in it.
    pub fn people(&self) -> impl Iterator<Item = &str> {
        self.owner.value().into_iter().chain(&self.actor).map(Label::as_str)
    }

    /// What the item calls the teams in it.
    pub fn teams(&self) -> impl Iterator<Item = &str> {
        self.team.value().into_iter().map(Label::as_str)
    }

    /// Members that were left out because nobody knows what they mean.
    pub fn unknown_members(&self) -> impl Iterator<Item = &str> {
        self.members.unknown.iter().map(|(key, _)| key.as_ref())
    }
}

fn kind_of(members: &Members<'_>) -> Result<Kind, Rejection> {
    let stated = [Member::Type, Member::EventType, Member::MetricType].map(|member| members.get(member));
    let [typed, event, metric] = stated;
    if stated.iter().flatten().count() > 1 {
        return Err(Rejection::whole(
            "ambiguous_type",
            "has more than one of type, event_type and metric_type",
        ));
    }
    if metric.is_some() {
        return Ok(Kind::Metric);
    }
    let missing = || {
        Place::top("type")
            .reject("missing_member", "has none of type, event_type and metric_type, which say what it is")
    };
    let value = typed.or(event).ok_or_else(missing)?;
    let name = value.text()?.ok_or_else(missing)?;
    Ok(match name.trim() {
        "deal_created" => Kind::Deal(DealEventKind::DealCreated),
        "deal_updated" => Kind::Deal(DealEventKind::DealUpdated),
        "stage_changed" => Kind::Deal(DealEventKind::StageChanged),
        "deal_closed_won" => Kind::Deal(DealEventKind::DealClosedWon),
        "deal_closed_lost" => Kind::Deal(DealEventKind::DealClosedLost),
        "deal_reopened" => Kind::Deal(DealEventKind::DealReopened),
        "deal_deleted" => Kind::Deal(DealEventKind::DealDeleted),
        "owner_changed" => Kind::Deal(DealEventKind::OwnerChanged),
        "activity_logged" => Kind::Activity,
        "quota_set" => Kind::Quota,
        "deal_merged" => Kind::Merge,
        _ if event.is_some() => Kind::Fact,
        other => {
            let other = super::reject::excerpt(other);
            let message =
                format!("{other:?} is no type of the canonical event; other types go by event_type");
            return Err(value.place.reject("unknown_type", message));
        }
    })
}

/// Moves the properties (or dimensions) that are members to the members; the others, which are the sender's own, are left.
fn spread<'a>(kind: Kind, members: &mut Members<'a>, holder: Holder) -> Result<Vec<Pair<'a>>, Rejection> {
    let parent = holder.parent();
    let mut twice = None;
    let mut pairs = members.spread(holder)?;
    pairs.retain(|(key, raw)| {
        let (member, name) = match Key::of(key) {
            Key::Known(member, name) if takes(kind, member) => (member, name),
            _ => return true,
        };
        if !members.set(member, name, parent, raw)
            && members.get(member).is_some_and(|value| value.raw != *raw)
        {
            twice.get_or_insert(name);
        }
        false
    });
    let Some(key) = twice else { return Ok(pairs) };
    let message = "is stated twice with different values";
    Err(Place { parent: parent.name(), key }.reject("duplicate_member", message))
}

fn takes(kind: Kind, member: Member) -> bool {
    match kind {
        Kind::Deal(_) => member.is_deal_field(),
        Kind::Fact | Kind::Metric => member.dimension().is_some(),
        Kind::Activity | Kind::Quota | Kind::Merge => {
            matches!(member, Member::Owner | Member::Team | Member::Deal)
        }
    }
}

/// A source by its name, or as `{"system": .., "account_ref": ..}`.
fn source_of(value: Value<'_>) -> Result<Option<SourceId>, Rejection> {
    if !value.is_nested() {
        return value.id(SourceId::new);
    }
    let (mut system, mut account) = (None, None);
    for (key, raw) in pairs(value)? {
        let member = Value { raw, place: Place::inside("source", &key) };
        match key.as_ref() {
            "system" => system = member.text()?.map(|text| text.into_owned()),
            "account_ref" => account = member.text()?.map(|text| text.into_owned()),
            _ => {}
        }
    }
    let name = match (system, account) {
        (Some(system), Some(account)) => format!("{}:{}", system.trim(), account.trim()),
        (Some(system), None) => system,
        (None, _) => return Err(Place::inside("source", "system").reject("missing_member", "is missing")),
    };
    SourceId::new(&name).map(Some).map_err(|error| value.place.reject("invalid_text", error.to_string()))
}
