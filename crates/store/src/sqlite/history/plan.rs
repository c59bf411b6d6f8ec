//! What a run needs to be sealed: where its organisation's history ends, and which short segments it takes along.
//!
//! Statements are few for many runs: each costs as much as the work on a short run.

use super::SealedHistory;
use super::read::{HeadRow, head};
use crate::error::While;
use crate::history::{Run, SegmentHead, merge};
use crate::{OrgKey, StoreError};
use sqlx::{FromRow, Row, SqliteConnection, sqlite::SqliteRow};
use std::collections::HashMap;

const PLAN: &str = "seal history";

/// More short segments than an organisation ever has at its end: see `merge`.
const LAST_SEGMENTS_MAX: u32 = 24;

/// A run with what it needs.
pub(super) struct Work {
    pub(super) run: Run,
    /// The run's first entries that are sealed already.
    pub(super) skip: u64,
    /// Whether the organisation has sealed entries.
    pub(super) has_history: bool,
    /// Rows of the short segments that it takes along, the last one first.
    pub(super) along: Vec<(i64, SegmentHead)>,
}

impl Work {
    /// What it takes in memory, in bytes.
    pub(super) fn bytes(&self) -> usize {
        let along =
            self.along.iter().map(|(_, head)| usize::try_from(head.unpacked_bytes).unwrap_or(usize::MAX));
        along.fold(self.run.len_bytes(), usize::saturating_add)
    }
}

/// The end of an organisation's history.
#[derive(Default)]
struct End {
    /// The last segments, the last one first.
    segments: Vec<HeadRow>,
    baseline: u64,
}

impl SealedHistory {
    /// Works for those runs of which something is not sealed.
    pub(super) async fn plan(
        &self,
        connection: &mut SqliteConnection,
        runs: Vec<Run>,
    ) -> Result<Vec<Work>, StoreError> {
        let mut ends = ends(connection, &runs).await?;
        let works = runs.into_iter().map(|run| {
            let end = ends.remove(&run.key).unwrap_or_default();
            plan(run, end)
        });
        works.filter_map(Result::transpose).collect()
    }
}

async fn ends(connection: &mut SqliteConnection, runs: &[Run]) -> Result<HashMap<OrgKey, End>, StoreError> {
    let keys: Vec<u32> = runs.iter().map(|run| run.key.0).collect();
    let keys = serde_json::to_string(&keys).expect("numbers always serialise");
    let mut ends = HashMap::<OrgKey, End>::new();
    let segments: Vec<SqliteRow> = sqlx::query(
        "SELECT s.id, from_seq, to_seq, from_ms, to_ms, unpacked_bytes, org_key FROM json_each(?1) AS k
         CROSS JOIN segment AS s ON s.id IN
            (SELECT id FROM segment WHERE org_key = k.value ORDER BY to_seq DESC LIMIT ?2)
         ORDER BY org_key, to_seq DESC",
    )
    .bind(&keys)
    .bind(LAST_SEGMENTS_MAX)
    .fetch_all(&mut *connection)
    .await
    .doing(PLAN)?;
    for row in &segments {
        let end = ends.entry(OrgKey(row.try_get(6).doing(PLAN)?)).or_default();
        end.segments.push(HeadRow::from_row(row).doing(PLAN)?);
    }
    let baselines: Vec<(u32, u64)> = sqlx::query_as(
        "SELECT org_key, tenant_seq FROM json_each(?1) AS k CROSS JOIN baseline ON org_key = k.value",
    )
    .bind(&keys)
    .fetch_all(connection)
    .await
    .doing(PLAN)?;
    for (key, tenant_seq) in baselines {
        ends.entry(OrgKey(key)).or_default().baseline = tenant_seq;
    }
    Ok(ends)
}

/// `None` when all of the run is sealed.
fn plan(run: Run, end: End) -> Result<Option<Work>, StoreError> {
    let last_sealed = end.segments.first().map_or(0, |row| row.2).max(end.baseline);
    let (first_seq, expected) = (run.first_seq, last_sealed + 1);
    if first_seq > expected {
        return Err(StoreError::OutOfOrder { org: run.org, first_seq, expected });
    }
    if run.next_seq() <= expected {
        return Ok(None);
    }
    let lengths = end.segments.iter().map(|row| row.5);
    let count = merge::taken_along(lengths, run.len_bytes() as u64);
    let along = end.segments.into_iter().take(count).map(|row| (row.0, head(run.key, row))).collect();
    Ok(Some(Work { skip: expected - first_seq, run, has_history: last_sealed > 0, along }))
}
