//! Whole imports of small inline exports: what comes out of which mapping, and what is refused.

mod kinds;
mod mapping;
mod preset;

use super::{Batch, Context, Ids, ImportError, Mapping, SourceFile, Statement};
use salescope_domain::{DealEvent, Payload, PersonId, TeamId, Zone};

pub(super) const NOW: &str = "2026-11-23T12:00:00Z";

pub(super) fn files(files: &[(&str, &str)]) -> Vec<SourceFile> {
    let file = |(name, text): &(&str, &str)| SourceFile {
        name: (*name).to_owned(),
        bytes: text.as_bytes().to_vec(),
    };
    files.iter().map(file).collect()
}

pub(super) fn read_as(mapping: Mapping, export: &[(&str, &str)]) -> Result<Batch, ImportError> {
    let zone = Zone::new("Europe/Berlin").unwrap();
    Batch::read(mapping, &files(export), Context { now: NOW.parse().unwrap(), zone: &zone })
}

pub(super) fn read(yaml: &str, export: &[(&str, &str)]) -> Batch {
    read_as(Mapping::parse(yaml).unwrap(), export).unwrap()
}

/// The statements, with `p-NAME` and `t-NAME` as ids.
pub(super) fn statements(batch: Batch) -> Vec<Statement> {
    let mut ids = Ids::default();
    for person in batch.people() {
        let id = PersonId::new(&format!("p-{}", person.external_id)).unwrap();
        ids.people.insert(person.external_id, id);
    }
    for team in batch.teams() {
        let id = TeamId::new(&format!("t-{}", team.external_id)).unwrap();
        ids.teams.insert(team.external_id, id);
    }
    batch.statements(&ids).collect()
}

pub(super) fn deals(batch: Batch) -> Vec<DealEvent> {
    let deal = |statement: Statement| match statement.payload {
        Payload::Deal(event) => Some(*event),
        _ => None,
    };
    statements(batch).into_iter().filter_map(deal).collect()
}

/// Line, column and code of each rejected row.
pub(super) fn rejects(batch: &Batch) -> Vec<(u64, &str, &str)> {
    batch.rejects.iter().map(|reject| (reject.line, reject.column.as_str(), &*reject.code)).collect()
}
