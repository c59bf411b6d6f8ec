//! People and teams, by id only: names and addresses live in erasable tables outside the journal.

use crate::{Label, PersonId, SourceId, TeamId, Version};
use serde::{Deserialize, Serialize};

/// What KPIs need of a person. Each version states all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Where this is stated.
    pub source: SourceId,
    /// Who.
    pub person: PersonId,
    /// Which statement this is.
    pub version: Version,
    /// The team that the person is in.
    #[serde(default)]
    pub team: Option<TeamId>,
    /// The person's own region (else the team's counts).
    #[serde(default)]
    pub region: Option<Label>,
    /// Whether the person still works here.
    #[serde(default = "yes")]
    pub active: bool,
}

fn yes() -> bool {
    true
}

/// A team. Each version states all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Team {
    /// Where this is stated.
    pub source: SourceId,
    /// Which team.
    pub team: TeamId,
    /// Which statement this is.
    pub version: Version,
    /// The team's region.
    #[serde(default)]
    pub region: Option<Label>,
}
