//! The lines of an export.

use salescope_domain::{Entry, Instant, OrgId, PersonId, SourceId, TeamId};
use serde::{Deserialize, Serialize};

/// The format's version. A reader refuses those that it does not know.
pub const EXPORT_FORMAT: u32 = 1;

/// Longest line that is read, in bytes: several times the longest entry, so that no file fills the memory.
pub(super) const LINE_BYTES_MAX: u64 = 16 << 20;

/// The first line: what follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportHead {
    /// [`EXPORT_FORMAT`].
    pub salescope_export: u32,
    /// Whose data.
    pub org: OrgId,
    /// When the organisation was created.
    pub created_at: Instant,
    /// When the export was made.
    pub exported_at: Instant,
    /// Entries after this one follow; 0 for all.
    pub after: u64,
    /// The last entry that follows.
    pub last_seq: u64,
}

/// A line after the first: entries in order, then people, then teams, then the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportLine {
    /// An entry.
    Entry(Entry),
    /// A person.
    Person(Named<PersonId>),
    /// A team.
    Team(Named<TeamId>),
    /// The last line.
    End(ExportEnd),
}

/// What an organisation's people or teams are called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named<Id> {
    /// The id that entries speak of.
    pub id: Id,
    /// Who calls it so.
    pub source: SourceId,
    /// Its id at that source.
    pub external_id: String,
    /// Its name; empty where none was told.
    pub name: String,
}

/// Who an organisation's sources call what. Erased ones are left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Roster {
    /// People, by id as a number.
    pub people: Vec<Named<PersonId>>,
    /// Teams, likewise.
    pub teams: Vec<Named<TeamId>>,
}

/// What tells a whole export from a torn or changed one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportEnd {
    /// Entries.
    pub entries: u64,
    /// People.
    pub people: u64,
    /// Teams.
    pub teams: u64,
    /// SHA-256 of all bytes before this line, in hexadecimal.
    pub sha256: String,
}
