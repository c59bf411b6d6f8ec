//! Deal events and merges.

use super::build::{Defaults, Ids};
use super::draft::Draft;
use super::member::Member;
use super::reject::{Place, Rejection};
use super::value::Value;
use salescope_domain::{DealEvent, DealEventKind, DealId, DealMerge, EventId, Patch, Quality, limits};
use serde_json::value::RawValue;

type Built<T> = Result<T, Rejection>;

impl Draft<'_> {
    pub(super) fn deal_event(
        &self,
        kind: DealEventKind,
        ids: &impl Ids,
        defaults: &Defaults<'_>,
    ) -> Built<DealEvent> {
        let members = &self.members;
        let occurred_at = self.time(defaults)?;
        let mut set = self.deal_fields(ids, defaults)?;
        let closes = matches!(kind, DealEventKind::DealClosedWon | DealEventKind::DealClosedLost);
        if closes && set.close_date.is_keep() {
            set.close_date = Patch::Set(defaults.zone.local_date(occurred_at));
        }
        let quality = members.get(Member::Quality).map_or(Ok(None), Value::word)?;
        let change_source = members.get(Member::ChangeSource).map_or(Ok(None), Value::word)?;
        Ok(DealEvent {
            event_id: members.get(Member::EventId).map_or(Ok(None), |value| value.id(EventId::new))?,
            kind,
            source: self.source_or(defaults),
            deal: self.deal(Member::Deal, "deal_id")?,
            version: self.version(occurred_at)?,
            occurred_at,
            quality: match quality {
                Some(quality) => quality,
                None if self.is_timed_by_arrival()? => Quality::Observed,
                None => Quality::ExactMs,
            },
            actor: self.actor.as_ref().map(|actor| self.person(actor, ids)).transpose()?,
            change_source: change_source.unwrap_or_default(),
            set,
        })
    }

    pub(super) fn merge(&self, defaults: &Defaults<'_>) -> Built<DealMerge> {
        let occurred_at = self.time(defaults)?;
        let losers = self.members.get(Member::Losers);
        let place = self.members.place(Member::Losers, "losers");
        let list = losers.ok_or_else(|| place.reject("missing_member", "is missing"))?;
        Ok(DealMerge {
            source: self.source_or(defaults),
            survivor: self.deal(Member::Survivor, "survivor")?,
            losers: deals_of(list)?,
            version: self.version(occurred_at)?,
            occurred_at,
        })
    }

    fn deal(&self, member: Member, key: &'static str) -> Built<DealId> {
        let stated = self.members.get(member).map_or(Ok(None), |value| value.id(DealId::new))?;
        stated.ok_or_else(|| self.members.place(member, key).reject("missing_member", "names no deal"))
    }
}

fn deals_of(list: Value<'_>) -> Built<Vec<DealId>> {
    let wrong = || list.place.reject("invalid_type", "is not a list of deal ids");
    if !list.raw.starts_with('[') {
        return Err(wrong());
    }
    let deals: Vec<&RawValue> = serde_json::from_str(list.raw).map_err(|_| wrong())?;
    if deals.is_empty() {
        return Err(list.place.reject("missing_member", "names no deal"));
    }
    if deals.len() > limits::FIELDS_MAX {
        let message = format!("holds {} items; the most is {}", deals.len(), limits::FIELDS_MAX);
        return Err(list.place.reject("too_many", message));
    }
    let read = |(at, deal): (usize, &&RawValue)| {
        let at = at.to_string();
        let value = Value { raw: deal.get(), place: Place::inside("losers", &at) };
        value.id(DealId::new)?.ok_or_else(|| value.place.reject("missing_member", "names no deal"))
    };
    deals.iter().enumerate().map(read).collect()
}
