//! Writing an export.

use super::ExportError;
use super::format::{EXPORT_FORMAT, ExportEnd, ExportHead, ExportLine};
use crate::{History, Journal, OrgHead, OrgKey, StoreError};
use salescope_domain::Instant;
use serde::Serialize;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncWrite, AsyncWriteExt};

/// Entries of one read.
const ENTRIES_PER_READ: usize = 1_000;

/// What an export holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// Entries.
    pub entries: u64,
    /// People.
    pub people: u64,
    /// Teams.
    pub teams: u64,
    /// SHA-256 of all lines but the last, in hexadecimal.
    pub sha256: String,
}

impl From<ExportEnd> for Exported {
    fn from(ExportEnd { entries, people, teams, sha256 }: ExportEnd) -> Self {
        Self { entries, people, teams, sha256 }
    }
}

/// Writes an organisation's entries after `after`, up to the last one that is there now, and its names to `sink`, as lines
/// of JSON. Flushes it; whether the bytes are on a disk then is the sink's matter.
///
/// # Errors
/// When the organisation is unknown, its history begins later, or the store or the sink fails. The file is cut off then, and
/// reading it says so.
pub async fn export<S, W>(
    store: &S,
    key: OrgKey,
    after: u64,
    now: Instant,
    sink: &mut W,
) -> Result<Exported, ExportError>
where
    S: Journal + History + ?Sized,
    W: AsyncWrite + Unpin + Send + ?Sized,
{
    let OrgHead { org, created_at, last_seq, .. } =
        store.head(key).ok_or(StoreError::UnknownOrgKey { key })?;
    let mut lines = Lines { sink, hasher: Sha256::new(), buffer: Vec::new() };
    let last_seq = last_seq.max(after);
    lines
        .put(&ExportHead {
            salescope_export: EXPORT_FORMAT,
            org,
            created_at,
            exported_at: now,
            after,
            last_seq,
        })
        .await?;
    let mut position = after;
    while position < last_seq {
        for entry in store.read(key, position, ENTRIES_PER_READ).await? {
            if entry.tenant_seq > last_seq {
                break;
            }
            position = entry.tenant_seq;
            lines.put(&ExportLine::Entry(entry)).await?;
        }
    }
    let roster = store.roster(key).await?;
    let (people, teams) = (roster.people.len() as u64, roster.teams.len() as u64);
    for person in roster.people {
        lines.put(&ExportLine::Person(person)).await?;
    }
    for team in roster.teams {
        lines.put(&ExportLine::Team(team)).await?;
    }
    let entries = last_seq - after;
    let sha256 = hexadecimal(&lines.hasher.clone().finalize());
    let end = ExportEnd { entries, people, teams, sha256 };
    lines.put(&ExportLine::End(end.clone())).await?;
    lines.sink.flush().await.map_err(ExportError::Write)?;
    Ok(end.into())
}

struct Lines<'a, W: ?Sized> {
    sink: &'a mut W,
    hasher: Sha256,
    buffer: Vec<u8>,
}

impl<W: AsyncWrite + Unpin + ?Sized> Lines<'_, W> {
    async fn put(&mut self, line: &impl Serialize) -> Result<(), ExportError> {
        self.buffer.clear();
        serde_json::to_writer(&mut self.buffer, line).expect("lines are plain data with text keys");
        self.buffer.push(b'\n');
        self.hasher.update(&self.buffer);
        self.sink.write_all(&self.buffer).await.map_err(ExportError::Write)
    }
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
