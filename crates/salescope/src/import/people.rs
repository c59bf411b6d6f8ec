//! Ids for the people and teams of an import. Names go to the directory, never to the journal.

use crate::org::OpenOrg;
use anyhow::Result;
use salescope_connectors::csv::{Batch, Ids, Named};
use salescope_domain::{PersonId, SourceId, TeamId};
use salescope_store::Directory;
use std::collections::BTreeMap;

/// The id of everybody whom the batch names. A dry run gives out stand-ins that are no ids of the journal.
pub(super) async fn ids(open: &OpenOrg, batch: &Batch, dry_run: bool) -> Result<Ids> {
    let source = &batch.mapping().source;
    let (people, teams) = (batch.people(), batch.teams());
    let known_people = open.store.lookup_people(&open.org, source, &external(&people)).await?;
    let known_teams = open.store.lookup_teams(&open.org, source, &external(&teams)).await?;
    if dry_run {
        let stand_in = |at: usize| format!("new {at}");
        let people = people.into_iter().zip(known_people).enumerate().map(|(at, (who, id))| {
            (
                who.external_id,
                id.unwrap_or_else(|| PersonId::new(&stand_in(at)).expect("a short text is an id")),
            )
        });
        let teams = teams.into_iter().zip(known_teams).enumerate().map(|(at, (team, id))| {
            (
                team.external_id,
                id.unwrap_or_else(|| TeamId::new(&stand_in(at)).expect("a short text is an id")),
            )
        });
        return Ok(Ids { people: people.collect(), teams: teams.collect() });
    }
    Ok(Ids {
        people: resolve_people(open, source, &people, &known_people).await?,
        teams: resolve_teams(open, source, &teams).await?,
    })
}

fn external(named: &[Named]) -> Vec<&str> {
    named.iter().map(|named| named.external_id.as_str()).collect()
}

/// Those who are only mentioned get what the files call them as a name when they are new, and keep their name otherwise.
async fn resolve_people(
    open: &OpenOrg,
    source: &SourceId,
    people: &[Named],
    known: &[Option<PersonId>],
) -> Result<BTreeMap<String, PersonId>> {
    let pairs: Vec<(&str, &str)> = people
        .iter()
        .zip(known)
        .map(|(who, known)| {
            let mentioned = if known.is_some() { "" } else { who.external_id.as_str() };
            (who.external_id.as_str(), who.name.as_deref().unwrap_or(mentioned))
        })
        .collect();
    let ids = open.store.resolve_people(&open.org, source, &pairs).await?;
    Ok(people.iter().map(|who| who.external_id.clone()).zip(ids).collect())
}

async fn resolve_teams(
    open: &OpenOrg,
    source: &SourceId,
    teams: &[Named],
) -> Result<BTreeMap<String, TeamId>> {
    let pairs: Vec<(&str, &str)> =
        teams.iter().map(|team| (team.external_id.as_str(), team.external_id.as_str())).collect();
    let ids = open.store.resolve_teams(&open.org, source, &pairs).await?;
    Ok(teams.iter().map(|team| team.external_id.clone()).zip(ids).collect())
}
