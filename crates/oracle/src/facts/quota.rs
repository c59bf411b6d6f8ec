//! Money quotas that overlap the range, prorated by days, in their groups.

use super::Placed;
use crate::{
    Context,
    dims::{place, region_of, team_of},
    money,
    print::{self, Exact, whole},
};
use salescope_domain::{Currency, Dimension, PersonId, Quota, QuotaHolder, QuotaTarget, TeamId, query::NONE};
use std::collections::BTreeSet;

/// A quota's share of the range.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) person: Option<PersonId>,
    /// Minor units of the organisation's currency, or the currency that has no rate.
    pub(crate) amount: Result<Exact, Currency>,
}

/// The quotas that stand behind the question's groups.
pub(crate) fn quotas(context: &Context) -> Vec<Placed<Target>> {
    let asked: BTreeSet<Dimension> =
        context.query.group_by.iter().chain(context.query.filters.keys()).cloned().collect();
    let people_only = asked.contains(&Dimension::Owner);
    let mut organisation = overlapping(context);
    organisation.retain(|quota| quota.holder == QuotaHolder::Organisation);
    let chosen = if people_only {
        of_people(context)
    } else if asked.is_empty() && !organisation.is_empty() {
        organisation
    } else {
        of_teams(context)
    };
    chosen.iter().filter_map(|quota| placed(context, quota)).collect()
}

/// Every person's quotas, whatever is asked.
pub(crate) fn people_quotas(context: &Context) -> Vec<Placed<Target>> {
    of_people(context).iter().filter_map(|quota| placed(context, quota)).collect()
}

fn overlapping(context: &Context) -> Vec<Quota> {
    let quotas = context.world.quotas.iter().filter(|quota| {
        matches!(quota.target, QuotaTarget::Money { .. })
            && quota.period.intersect(context.span.range).is_some()
    });
    quotas.cloned().collect()
}

fn of_people(context: &Context) -> Vec<Quota> {
    overlapping(context).into_iter().filter(|quota| matches!(quota.holder, QuotaHolder::Person(_))).collect()
}

/// Teams' own quotas, and those of people whose team has none.
fn of_teams(context: &Context) -> Vec<Quota> {
    let quotas = overlapping(context);
    let own: BTreeSet<TeamId> = quotas
        .iter()
        .filter_map(
            |quota| if let QuotaHolder::Team(team) = &quota.holder { Some(team.clone()) } else { None },
        )
        .collect();
    let counts = |quota: &Quota| match &quota.holder {
        QuotaHolder::Team(_) => true,
        QuotaHolder::Person(person) => team_of(context, Some(person)).is_none_or(|team| !own.contains(&team)),
        QuotaHolder::Organisation => false,
    };
    quotas.into_iter().filter(counts).collect()
}

/// The quota in its group; nothing where a filter leaves it out or a dimension has no quotas.
fn placed(context: &Context, quota: &Quota) -> Option<Placed<Target>> {
    let known =
        |dimension: &Dimension| matches!(dimension, Dimension::Owner | Dimension::Team | Dimension::Region);
    if !context.query.group_by.iter().chain(context.query.filters.keys()).all(known) {
        return None;
    }
    let (person, team) = match &quota.holder {
        QuotaHolder::Person(person) => (Some(person.clone()), team_of(context, Some(person))),
        QuotaHolder::Team(team) => (None, Some(team.clone())),
        QuotaHolder::Organisation => (None, None),
    };
    let text = |dimension: &Dimension| {
        let text = match dimension {
            Dimension::Owner => person.as_ref().map(PersonId::to_string),
            Dimension::Team => team.as_ref().map(TeamId::to_string),
            _ => region_of(context, None, person.as_ref(), team.as_ref()),
        };
        text.unwrap_or_else(|| NONE.to_owned())
    };
    let key = place(&context.query, text)?;
    Some(Placed { key, fact: Target { person, amount: prorated(context, quota) } })
}

/// The target, converted at the rate of its period's first date, times the share of its days in the range.
fn prorated(context: &Context, quota: &Quota) -> Result<Exact, Currency> {
    let QuotaTarget::Money { minor, currency } = quota.target else {
        return Ok(whole(0));
    };
    let factor = money::factor(context, currency, quota.period.from)?;
    let target = whole(print::half_even(&(whole(minor) * factor)));
    let overlap = quota.period.intersect(context.span.range).map_or(0, |overlap| overlap.days());
    Ok(target * Exact::new(overlap.into(), quota.period.days().into()))
}
