//! Activities of people, without those of machines and bulk edits.

use super::{Figures, by_group};
use crate::{
    Context,
    dims::{Described, place, region_of, team_of},
    facts::{Placed, keys, of},
    figure::{Figure, Key, Unit, count, quotient},
    print::whole,
    split,
    world::DealKey,
};
use salescope_domain::{Activity, ActivityKind, ChangeSource, Dimension, PersonId, TeamId, query::NONE};
use std::collections::BTreeSet;

const KINDS: [(ActivityKind, &str); 4] = [
    (ActivityKind::Call, "call"),
    (ActivityKind::Email, "email"),
    (ActivityKind::Meeting, "meeting"),
    (ActivityKind::Task, "task"),
];

/// An activity of one of the four kinds in the range.
#[derive(Debug, Clone)]
struct Done {
    kind: ActivityKind,
    owner: Option<PersonId>,
    deal: Option<DealKey>,
    bulk: bool,
}

/// How many calls, e-mails, meetings and tasks.
pub(super) fn activities(context: &Context) -> Figures {
    let done = done(context);
    by_group(context, keys(&done), |key| {
        let (bulk, counted): (Vec<&Done>, Vec<&Done>) =
            of(&done, key).into_iter().partition(|done| done.bulk);
        let owners: BTreeSet<_> = counted.iter().filter_map(|done| done.owner.clone()).collect();
        let with_deal = counted.iter().filter(|done| done.deal.is_some()).count();
        let deals: BTreeSet<_> = counted.iter().filter_map(|done| done.deal.clone()).collect();
        let number = |number: usize| Some(whole(count(number)));
        let per_rep = quotient(number(counted.len()), number(owners.len()));
        let per_deal = quotient(number(with_deal), number(deals.len()));
        let mut figure = Figure::new(number(counted.len()), Unit::Count, counted.len())
            .part("per_rep", per_rep, Unit::Rate)
            .part("per_deal", per_deal, Unit::Rate)
            .count_part("bulk", bulk.len())
            .note_if(context.world.activities.is_empty(), "history_absent");
        for (kind, name) in KINDS {
            figure = figure.count_part(name, counted.iter().filter(|done| done.kind == kind).count());
        }
        figure
    })
}

fn done(context: &Context) -> Vec<Placed<Done>> {
    let mut facts = Vec::new();
    for activity in &context.world.activities {
        let counted = KINDS.iter().any(|(kind, _)| *kind == activity.kind);
        if !counted || !context.span.contains(activity.occurred_at) {
            continue;
        }
        let deal = activity.deal.clone().map(|deal| context.world.survivor(&(activity.source.clone(), deal)));
        let fact = Done {
            kind: activity.kind,
            owner: activity.owner.clone(),
            deal: deal.clone(),
            bulk: is_bulk(context, activity),
        };
        for key in groups(context, activity, deal.as_ref()) {
            facts.push(Placed { key, fact: fact.clone() });
        }
    }
    facts
}

/// Made by a machine or a bulk edit, or one of too many of a person in a minute.
fn is_bulk(context: &Context, activity: &Activity) -> bool {
    if matches!(activity.change_source, ChangeSource::Bulk | ChangeSource::Bot) {
        return true;
    }
    let minute = |activity: &Activity| activity.occurred_at.ms().div_euclid(60_000);
    let of_person = |other: &&Activity| {
        activity.owner.is_some() && other.owner == activity.owner && minute(other) == minute(activity)
    };
    let in_minute = context.world.activities.iter().filter(of_person).count();
    count(in_minute) > u64::from(context.world.settings.bulk_per_minute)
}

/// Owner, team and region are the activity's, the rest is the head's of its deal: one group for each of its products.
fn groups(context: &Context, activity: &Activity, deal: Option<&DealKey>) -> Vec<Key> {
    let deal = deal.and_then(|deal| context.world.deals.get(deal));
    let described = deal.map(|deal| Described::head(context, deal));
    let products = match (deal, &described) {
        (Some(deal), Some(described)) => {
            let pieces = split::pieces(context, described, deal.head().amount());
            pieces.into_iter().map(|piece| piece.product).collect()
        }
        _ => vec![None],
    };
    let owner = activity.owner.as_ref();
    let team = team_of(context, owner);
    let text = |dimension: &Dimension, product: Option<&String>| {
        let text = match dimension {
            Dimension::Owner => owner.map(PersonId::to_string),
            Dimension::Team => team.as_ref().map(TeamId::to_string),
            Dimension::Region => region_of(context, None, owner, team.as_ref()),
            Dimension::Source => Some(activity.source.to_string()),
            Dimension::Product => product.cloned(),
            other => described.as_ref().map(|described| described.text(context, other)),
        };
        text.unwrap_or_else(|| NONE.to_owned())
    };
    let keys = products
        .iter()
        .filter_map(|product| place(&context.query, |dimension| text(dimension, product.as_ref())));
    keys.collect::<BTreeSet<_>>().into_iter().collect()
}
