//! Ids for the people and teams of an import. Names go to the directory, never to the journal.

use anyhow::Result;
use salescope_connectors::csv::{Batch, Ids, Named};
use salescope_domain::{IdError, OrgId, PersonId, TeamId};
use salescope_engine_api::{Engine, Parties, ResolvedParties};
use std::collections::BTreeMap;

/// The id of everybody whom the batch names. A dry run gives out stand-ins that are no ids of the journal.
pub(super) async fn ids(engine: &dyn Engine, org: &OrgId, batch: &Batch, dry_run: bool) -> Result<Ids> {
    let (people, teams) = (batch.people(), batch.teams());
    let nameless =
        |named: &[Named]| named.iter().map(|one| (one.external_id.clone(), String::new())).collect();
    let mut parties = Parties {
        source: batch.mapping().source.clone(),
        people: nameless(&people),
        teams: nameless(&teams),
    };
    let mut found = engine.lookup(org, parties.clone()).await?;
    if !dry_run {
        name(&mut parties, &people, &found);
        found = engine.resolve(org, parties).await?;
    }
    Ok(Ids {
        people: by_name(people, found.people, PersonId::new),
        teams: by_name(teams, found.teams, TeamId::new),
    })
}

/// Those who are only mentioned get what the files call them as a name when they are new, and keep their name otherwise.
fn name(parties: &mut Parties, people: &[Named], known: &ResolvedParties) {
    for ((pair, who), known) in parties.people.iter_mut().zip(people).zip(&known.people) {
        pair.1 = match (&who.name, known) {
            (Some(name), _) => name.clone(),
            (None, Some(_)) => String::new(),
            (None, None) => pair.0.clone(),
        };
    }
    for pair in &mut parties.teams {
        pair.1 = pair.0.clone();
    }
}

fn by_name<T>(
    named: Vec<Named>,
    ids: Vec<Option<T>>,
    new: impl Fn(&str) -> Result<T, IdError>,
) -> BTreeMap<String, T> {
    let stand_in = |at: usize| new(&format!("new {at}")).expect("a short text is an id");
    let pairs = named.into_iter().zip(ids).enumerate();
    pairs.map(|(at, (one, id))| (one.external_id, id.unwrap_or_else(|| stand_in(at)))).collect()
}
