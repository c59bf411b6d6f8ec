//! Rows of what happened beside the deals themselves: activities, quotas, exchange rates.

use super::config::Kind;
use super::deals::{Scene, reference};
use super::draft::{Draft, Drafted, Holder};
use super::reconcile::Reconciler;
use super::row::RowReader;
use salescope_domain::{
    Activity, DateRange, DealId, EventId, ExchangeRate, Money, Payload, Quota, QuotaHolder, QuotaId,
    QuotaTarget, TeamId, Version,
};

/// An activity.
pub(super) fn activity(row: &RowReader<'_>, scene: &Scene<'_>, names: &mut Reconciler<'_>) -> Drafted {
    let (occurred_at, _) = row.needed("occurred_at", row.instant("occurred_at")?)?;
    let activity = Activity {
        source: scene.source.clone(),
        event_id: row.needed("activity", row.id("activity", EventId::new)?)?,
        revision: row.whole("revision")?.unwrap_or(0),
        deleted: row.flag("deleted")?.unwrap_or(false),
        occurred_at,
        kind: row.needed("kind", row.word("kind")?)?,
        owner: None,
        deal: row.id("deal", DealId::new)?,
        change_source: row.word("change_source")?.unwrap_or_default(),
    };
    Ok(Draft::Activity { activity, owner: reference(row, "owner", Kind::People, names)? })
}

/// A quota of a person, else of a team, else of the organisation.
pub(super) fn quota(row: &RowReader<'_>, scene: &Scene<'_>, names: &mut Reconciler<'_>) -> Drafted {
    let id = row.id("quota", QuotaId::new)?;
    let person = reference(row, "person", Kind::People, names)?;
    let team = row.id("team", TeamId::new)?;
    let from = row.needed("first_day", row.date("first_day")?)?;
    let last = row.needed("last_day", row.date("last_day")?)?;
    let period = DateRange { from, to: last.plus_days(1) };
    let target = if row.states("count") {
        QuotaTarget::Count(row.needed("count", row.whole("count")?)?)
    } else {
        let money = row.money("amount", row.currency("currency")?)?;
        let Money { minor, currency } = row.needed("amount", money)?;
        QuotaTarget::Money { minor, currency }
    };
    let holder = match (person, team) {
        (Some(person), _) => Holder::Person(person),
        (None, Some(team)) => Holder::Team(team.as_str().to_owned()),
        (None, None) => Holder::Organisation,
    };
    let has_id = id.is_some();
    let quota = Quota {
        source: scene.source.clone(),
        quota: id.unwrap_or_else(|| QuotaId::new("derived").expect("a plain word is an id")),
        version: Version::snapshot(scene.now.ms()),
        deleted: row.flag("deleted")?.unwrap_or(false),
        holder: QuotaHolder::Organisation,
        period,
        target,
    };
    Ok(Draft::Quota { quota, holder, has_id })
}

/// An exchange rate: what one unit of a currency buys from a date on.
pub(super) fn rate(row: &RowReader<'_>, scene: &Scene<'_>) -> Drafted {
    Ok(Draft::Ready(Payload::from(ExchangeRate {
        source: scene.source.clone(),
        currency: row.needed("currency", row.currency("currency")?)?,
        home: row.needed("home", row.currency("home")?)?,
        date: row.needed("date", row.date("date")?)?,
        version: Version::snapshot(scene.now.ms()),
        rate: row.needed("rate", row.number("rate")?)?,
    })))
}
