//! Who a source calls what. Names and external ids are personal: they live in erasable tables, never in the journal.

use salescope_domain::{PersonId, SourceId, TeamId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// People and teams of a source, as `(external id, name)`; an empty name says nothing about the name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parties {
    /// The source that calls them so.
    pub source: SourceId,
    /// People.
    #[serde(default)]
    pub people: Vec<(String, String)>,
    /// Teams.
    #[serde(default)]
    pub teams: Vec<(String, String)>,
}

/// The ids of [`Parties`], in the same order; `None` where a lookup knows none.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ResolvedParties {
    /// Of the people.
    pub people: Vec<Option<PersonId>>,
    /// Of the teams.
    pub teams: Vec<Option<TeamId>>,
}

/// What an organisation's people and teams are called. Those without a name (erased, or never told) are left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Names {
    /// People.
    pub people: BTreeMap<PersonId, String>,
    /// Teams.
    pub teams: BTreeMap<TeamId, String>,
}
