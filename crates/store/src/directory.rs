//! The directory's port: who a source calls what, and what people and teams are called.
//!
//! Invariant: names and external ids of people are here and nowhere else, so that they can be erased; the journal
//! holds only the ids that are given out here, and an id is never given out twice.

use crate::StoreError;
use async_trait::async_trait;
use salescope_domain::{OrgId, PersonId, SourceId, TeamId};
use salescope_engine_api::Names;

/// Organisations' erasable names.
///
/// External ids and names are trimmed, at most 255 bytes long and without control characters; an external id is not empty.
#[async_trait]
pub trait Directory: Send + Sync {
    /// The id of each `(external id, name)` of a source, in order, all in one atomic step. Unknown external ids get the
    /// organisation's next ids `p1`, `p2` ...; a name that differs replaces the known one unless it is empty.
    ///
    /// # Errors
    /// When the organisation is unknown, there are too many, one cannot be kept (nothing is changed then), or the backend
    /// fails.
    async fn resolve_people(
        &self,
        org: &OrgId,
        source: &SourceId,
        people: &[(&str, &str)],
    ) -> Result<Vec<PersonId>, StoreError>;

    /// As [`Self::resolve_people`], for teams: `t1`, `t2` ...
    ///
    /// # Errors
    /// As [`Self::resolve_people`].
    async fn resolve_teams(
        &self,
        org: &OrgId,
        source: &SourceId,
        teams: &[(&str, &str)],
    ) -> Result<Vec<TeamId>, StoreError>;

    /// The ids of those external ids that are known, in order. Changes nothing: for dry runs.
    ///
    /// # Errors
    /// When the organisation is unknown, there are too many, or the backend fails.
    async fn lookup_people(
        &self,
        org: &OrgId,
        source: &SourceId,
        external_ids: &[&str],
    ) -> Result<Vec<Option<PersonId>>, StoreError>;

    /// As [`Self::lookup_people`], for teams.
    ///
    /// # Errors
    /// As [`Self::lookup_people`].
    async fn lookup_teams(
        &self,
        org: &OrgId,
        source: &SourceId,
        external_ids: &[&str],
    ) -> Result<Vec<Option<TeamId>>, StoreError>;

    /// What the organisation's people and teams are called.
    ///
    /// # Errors
    /// When the organisation is unknown or the backend fails.
    async fn names(&self, org: &OrgId) -> Result<Names, StoreError>;

    /// Blanks a person's name and external id, for good. The id stays, as the journal speaks of it; the same external id
    /// gets a new id when it comes again. Erasing twice is no error.
    ///
    /// # Errors
    /// When the organisation or the person is unknown, or the backend fails.
    async fn erase_person(&self, org: &OrgId, person: &PersonId) -> Result<(), StoreError>;

    /// [`Self::resolve_people`] for one person.
    ///
    /// # Errors
    /// As [`Self::resolve_people`].
    async fn resolve_person(
        &self,
        org: &OrgId,
        source: &SourceId,
        external_id: &str,
        name: &str,
    ) -> Result<PersonId, StoreError> {
        let mut ids = self.resolve_people(org, source, &[(external_id, name)]).await?;
        Ok(ids.pop().expect("one id for each person asked for"))
    }

    /// [`Self::resolve_teams`] for one team.
    ///
    /// # Errors
    /// As [`Self::resolve_teams`].
    async fn resolve_team(
        &self,
        org: &OrgId,
        source: &SourceId,
        external_id: &str,
        name: &str,
    ) -> Result<TeamId, StoreError> {
        let mut ids = self.resolve_teams(org, source, &[(external_id, name)]).await?;
        Ok(ids.pop().expect("one id for each team asked for"))
    }
}
