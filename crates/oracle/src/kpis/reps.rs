//! The share of people who reached their quota.

use super::{Figures, by_group, quotas::goal};
use crate::{
    Context,
    facts::{
        Placed,
        closed::{self, Closed},
        quota::{self, Target},
        sum,
    },
    figure::{Figure, Key, Unit, count, share},
    print::{Exact, whole},
};
use salescope_domain::{Filters, PersonId};
use std::collections::{BTreeMap, BTreeSet};

const BANDS: [&str; 5] = ["below_50", "from_50", "from_80", "from_100", "above_120"];

/// A person with a quota, and the band of their attainment where it is known.
struct Rep {
    key: Key,
    band: Option<usize>,
    notes: BTreeSet<String>,
}

/// People at 100% or more / people with a quota.
pub(super) fn reps_at_quota(context: &Context) -> Figures {
    let reps = reps(context);
    let all_keys = reps.iter().map(|rep| rep.key.clone()).collect();
    by_group(context, all_keys, |key| {
        let here: Vec<&Rep> = reps.iter().filter(|rep| rep.key == *key).collect();
        let known = here.iter().all(|rep| rep.band.is_some());
        let in_band = |band| here.iter().filter(|rep| rep.band == Some(band)).count();
        let reached = in_band(3) + in_band(4);
        let value = share(reached, here.len()).filter(|_| known);
        let mut figure = Figure::new(value, Unit::Ratio, here.len())
            .with_notes(here.iter().flat_map(|rep| rep.notes.clone()))
            .note_if(here.is_empty(), "no_quota")
            .note_if(closed::history_is_absent(context), "history_absent");
        for (band, name) in BANDS.into_iter().enumerate() {
            let people = known.then(|| whole(count(in_band(band))));
            figure = figure.part(name, people, Unit::Count);
        }
        figure
    })
}

fn reps(context: &Context) -> Vec<Rep> {
    let mut people: BTreeMap<PersonId, (Key, Vec<Target>)> = BTreeMap::new();
    for Placed { key, fact } in quota::people_quotas(context) {
        let person = fact.person.clone().expect("a person's quota names the person");
        people.entry(person).or_insert_with(|| (key, Vec::new())).1.push(fact);
    }
    let won = won_by_all(context);
    let rep = |(person, (key, targets)): (PersonId, (Key, Vec<Target>))| {
        let credited: Vec<&Closed> = won
            .iter()
            .map(|placed| &placed.fact)
            .filter(|fact| fact.owner.as_ref() == Some(&person))
            .collect();
        let wins = sum::closed_sum(context, &credited);
        let goal = goal(&targets.iter().collect::<Vec<_>>());
        let band = wins.value.zip(goal.value).map(|(wins, quota)| band(&wins, &quota));
        let notes = wins.notes.into_iter().chain(goal.notes).collect();
        Rep { key, band, notes }
    };
    people.into_iter().map(rep).collect()
}

/// Every won deal of the range, whole, whatever is filtered: a person's wins are all that are credited to the person.
fn won_by_all(context: &Context) -> Vec<Placed<Closed>> {
    let mut unfiltered = context.clone();
    unfiltered.query.filters = Filters::new();
    unfiltered.query.group_by = Vec::new();
    closed::won(&unfiltered)
}

/// Compares without dividing, so that a quota of nothing is reached by nothing.
fn band(wins: &Exact, quota: &Exact) -> usize {
    let below = |percent: i64| *wins < quota * Exact::new(percent.into(), 100.into());
    match () {
        () if below(50) => 0,
        () if below(80) => 1,
        () if below(100) => 2,
        () if *wins <= quota * Exact::new(6.into(), 5.into()) => 3,
        () => 4,
    }
}
