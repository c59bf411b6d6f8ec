//! People and teams: the SQL of `directory.db`, the only file that holds personal data.

mod resolve;

pub(super) use resolve::Resolves;

use super::SqliteStore;
use crate::error::While;
use crate::{Directory, StoreError};
use async_trait::async_trait;
use salescope_domain::{OrgId, PersonId, SourceId, TeamId};
use salescope_engine_api::Names;
use sqlx::SqliteConnection;
use std::collections::HashMap;

const READ: &str = "read names";
const ERASE: &str = "erase the person";

/// Whose name it is.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Person,
    Team,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Team => "team",
        }
    }
}

fn person_id(number: i64) -> PersonId {
    PersonId::new(&format!("p{number}")).expect("a letter and a number are an id")
}

fn team_id(number: i64) -> TeamId {
    TeamId::new(&format!("t{number}")).expect("a letter and a number are an id")
}

/// Whose parties are meant.
#[derive(Debug)]
struct Scope {
    org: OrgId,
    source: SourceId,
    kind: Kind,
}

impl Scope {
    fn new(org: &OrgId, source: &SourceId, kind: Kind) -> Self {
        Self { org: org.clone(), source: source.clone(), kind }
    }
}

#[async_trait]
impl Directory for SqliteStore {
    async fn resolve_people(
        &self,
        org: &OrgId,
        source: &SourceId,
        people: &[(&str, &str)],
    ) -> Result<Vec<PersonId>, StoreError> {
        let numbers = self.resolve(Scope::new(org, source, Kind::Person), people).await?;
        Ok(numbers.into_iter().map(person_id).collect())
    }

    async fn resolve_teams(
        &self,
        org: &OrgId,
        source: &SourceId,
        teams: &[(&str, &str)],
    ) -> Result<Vec<TeamId>, StoreError> {
        let numbers = self.resolve(Scope::new(org, source, Kind::Team), teams).await?;
        Ok(numbers.into_iter().map(team_id).collect())
    }

    async fn lookup_people(
        &self,
        org: &OrgId,
        source: &SourceId,
        external_ids: &[&str],
    ) -> Result<Vec<Option<PersonId>>, StoreError> {
        let numbers = self.lookup(&Scope::new(org, source, Kind::Person), external_ids).await?;
        Ok(numbers.into_iter().map(|number| number.map(person_id)).collect())
    }

    async fn lookup_teams(
        &self,
        org: &OrgId,
        source: &SourceId,
        external_ids: &[&str],
    ) -> Result<Vec<Option<TeamId>>, StoreError> {
        let numbers = self.lookup(&Scope::new(org, source, Kind::Team), external_ids).await?;
        Ok(numbers.into_iter().map(|number| number.map(team_id)).collect())
    }

    async fn names(&self, org: &OrgId) -> Result<Names, StoreError> {
        self.check_org(org)?;
        let mut connection = self.directory.lock().await;
        let people = named(&mut connection, org, Kind::Person).await?;
        let teams = named(&mut connection, org, Kind::Team).await?;
        Ok(Names {
            people: people.into_iter().map(|(number, name)| (person_id(number), name)).collect(),
            teams: teams.into_iter().map(|(number, name)| (team_id(number), name)).collect(),
        })
    }

    async fn erase_person(&self, org: &OrgId, person: &PersonId) -> Result<(), StoreError> {
        self.check_org(org)?;
        let number = person.as_str().strip_prefix('p').and_then(|number| number.parse::<i64>().ok());
        let number = number.filter(|number| person_id(*number) == *person).unwrap_or_default();
        let mut connection = self.directory.lock().await;
        let erased = sqlx::query(
            "UPDATE party SET external_id = NULL, name = '' WHERE org_id = ?1 AND kind = ?2 AND number = ?3",
        )
        .bind(org.as_str())
        .bind(Kind::Person.as_str())
        .bind(number)
        .execute(&mut **connection)
        .await
        .doing(ERASE)?;
        if erased.rows_affected() == 0 {
            return Err(StoreError::UnknownPerson { org: org.clone(), person: person.clone() });
        }
        // The write-ahead log still has the old text: move it into the file, where it is overwritten, and empty the log.
        let (busy, _, _): (i64, i64, i64) = sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(&mut **connection)
            .await
            .doing(ERASE)?;
        if busy != 0 {
            return Err(StoreError::ErasureUnfinished { org: org.clone(), person: person.clone() });
        }
        Ok(())
    }
}

impl SqliteStore {
    fn check_count(&self, count: usize) -> Result<(), StoreError> {
        let max = self.options.names_per_call_max;
        if count > max { Err(StoreError::TooMany { what: "names", count, max }) } else { Ok(()) }
    }

    async fn lookup(&self, scope: &Scope, external_ids: &[&str]) -> Result<Vec<Option<i64>>, StoreError> {
        self.check_count(external_ids.len())?;
        self.check_org(&scope.org)?;
        let external_ids: Vec<&str> = external_ids.iter().map(|id| id.trim()).collect();
        let mut connection = self.directory.lock().await;
        let known = known(&mut connection, scope, external_ids.iter().copied()).await?;
        Ok(external_ids.into_iter().map(|id| known.get(id).map(|(number, _)| *number)).collect())
    }
}

/// Number and name of those external ids that are known.
async fn known(
    connection: &mut SqliteConnection,
    scope: &Scope,
    external_ids: impl Iterator<Item = &str>,
) -> Result<HashMap<String, (i64, String)>, StoreError> {
    let external_ids: Vec<&str> = external_ids.collect();
    let external_ids = serde_json::to_string(&external_ids).expect("texts always serialise");
    let rows: Vec<(String, i64, String)> = sqlx::query_as(
        "SELECT p.external_id, p.number, p.name FROM json_each(?4) AS k CROSS JOIN party AS p
         WHERE p.org_id = ?1 AND p.kind = ?2 AND p.source = ?3 AND p.external_id = k.value",
    )
    .bind(scope.org.as_str())
    .bind(scope.kind.as_str())
    .bind(scope.source.as_str())
    .bind(external_ids)
    .fetch_all(connection)
    .await
    .doing(READ)?;
    Ok(rows.into_iter().map(|(external_id, number, name)| (external_id, (number, name))).collect())
}

/// Numbers and names of those that have a name.
async fn named(
    connection: &mut SqliteConnection,
    org: &OrgId,
    kind: Kind,
) -> Result<Vec<(i64, String)>, StoreError> {
    sqlx::query_as("SELECT number, name FROM party WHERE org_id = ?1 AND kind = ?2 AND name <> ''")
        .bind(org.as_str())
        .bind(kind.as_str())
        .fetch_all(connection)
        .await
        .doing(READ)
}
