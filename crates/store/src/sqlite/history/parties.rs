//! Whole directories: who an organisation's sources call what, and forgetting it.

use crate::error::While;
use crate::sqlite::SqliteStore;
use crate::{Named, Roster, StoreError};
use salescope_domain::{IdError, OrgId, PersonId, SourceId, TeamId};

const READ: &str = "read names";
const ERASE: &str = "erase names";

/// Kind, number, source, external id, name.
type PartyRow = (String, i64, String, String, String);

impl SqliteStore {
    pub(super) async fn read_roster(&self, org: &OrgId) -> Result<Roster, StoreError> {
        let mut connection = self.directory.lock().await;
        let rows: Vec<PartyRow> = sqlx::query_as(
            "SELECT kind, number, source, external_id, name FROM party
             WHERE org_id = ?1 AND external_id IS NOT NULL ORDER BY kind, number",
        )
        .bind(org.as_str())
        .fetch_all(&mut **connection)
        .await
        .doing(READ)?;
        let mut roster = Roster::default();
        for row in rows {
            add(&mut roster, row).map_err(|error| sqlx::Error::Decode(error.into())).doing(READ)?;
        }
        Ok(roster)
    }

    /// Deletes an organisation's names and API keys. Their text stays in the log until that is emptied.
    pub(super) async fn delete_names(&self, org: &OrgId) -> Result<(), StoreError> {
        let mut connection = self.directory.lock().await;
        for statement in ["DELETE FROM party WHERE org_id = ?1", "DELETE FROM api_key WHERE org_id = ?1"] {
            sqlx::query(statement).bind(org.as_str()).execute(&mut **connection).await.doing(ERASE)?;
        }
        Ok(())
    }
}

fn add(roster: &mut Roster, (kind, number, source, external_id, name): PartyRow) -> Result<(), IdError> {
    let source = SourceId::new(&source)?;
    match kind.as_str() {
        "person" => {
            let id = PersonId::new(&format!("p{number}"))?;
            roster.people.push(Named { id, source, external_id, name });
        }
        _ => {
            let id = TeamId::new(&format!("t{number}"))?;
            roster.teams.push(Named { id, source, external_id, name });
        }
    }
    Ok(())
}
