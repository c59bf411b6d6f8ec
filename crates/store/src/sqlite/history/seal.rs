//! Sealing: runs of entries become segments, which take short neighbours along.
//!
//! Invariants: what is answered is on the disk. A run that is sealed already changes nothing; of one that overlaps only the
//! new entries are taken. One transaction swaps segments for those that hold the same entries and more.

use super::SealedHistory;
use super::plan::Work;
use super::read::damaged;
use crate::error::While;
use crate::history::{DamagedEntry, Packer, Run, Secret, Segment, SpoiltEntry, segment};
use crate::sqlite::transaction::{self, WriteConnection};
use crate::sqlite::{ROWS_PER_STATEMENT, to_sql};
use crate::{Damage, StoreError};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use std::collections::HashMap;

const SEAL: &str = "seal history";

/// One transaction takes so many bytes of runs and of what they take along, before compression, unless it is one run: memory
/// holds them twice.
const BATCH_BYTES_MAX: usize = 16 << 20;

/// One transaction takes so many runs: it lasts some 100 ms.
const BATCH_RUNS_MAX: usize = 1_000;

/// What a run becomes.
struct Made {
    /// Rows that are taken along.
    replaced: Vec<i64>,
    segments: Vec<Segment>,
}

impl SealedHistory {
    /// Seals runs, each of another organisation.
    ///
    /// # Errors
    /// When a run does not go on where its organisation's sealed entries end, a frame is none, or the database fails. What
    /// was sealed until then stays.
    pub(in crate::sqlite) async fn seal(&self, runs: Vec<Run>) -> Result<(), StoreError> {
        let mut runs = runs.into_iter();
        loop {
            let some: Vec<Run> = runs.by_ref().take(BATCH_RUNS_MAX).collect();
            if some.is_empty() {
                return Ok(());
            }
            let mut writer = self.writer.lock().await;
            let mut works = self.plan(&mut writer, some).await?.into_iter().peekable();
            while let Some(work) = works.next() {
                let (mut bytes, mut batch) = (work.bytes(), vec![work]);
                while let Some(work) =
                    works.next_if(|work| bytes.saturating_add(work.bytes()) <= BATCH_BYTES_MAX)
                {
                    bytes += work.bytes();
                    batch.push(work);
                }
                self.seal_batch(&mut writer, batch).await?;
            }
        }
    }

    async fn seal_batch(&self, writer: &mut WriteConnection, works: Vec<Work>) -> Result<(), StoreError> {
        let orgs: Vec<_> = works.iter().map(|work| (work.run.key, &work.run.org, work.has_history)).collect();
        let keys = self.keys.keys_or_new(&orgs).await?;
        let mut along = taken_along(writer, &works).await?;
        let making = tokio::task::spawn_blocking(move || {
            let (mut packer, mut frames) = (Packer::new(), Vec::new());
            let made = works.into_iter().map(|work| {
                let key = &keys[&work.run.key];
                make(&mut packer, &mut frames, key, work, &mut along)
            });
            made.collect::<Result<Vec<_>, _>>()
        });
        let made = making.await.expect("making segments neither panics nor is given up")?;
        let mut transaction = writer.begin_write().await.doing(SEAL)?;
        write(&mut transaction, made).await.doing(SEAL)?;
        transaction::commit(transaction, &self.fatal, SEAL).await
    }
}

/// What is sealed in the rows that are taken along.
async fn taken_along(
    connection: &mut SqliteConnection,
    works: &[Work],
) -> Result<HashMap<i64, Vec<u8>>, StoreError> {
    let ids: Vec<i64> = works.iter().flat_map(|work| work.along.iter().map(|(id, _)| *id)).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(i64, Vec<u8>)> = sqlx::query_as(
        "SELECT s.id, sealed FROM json_each(?1) AS k CROSS JOIN segment AS s ON s.id = k.value",
    )
    .bind(serde_json::to_string(&ids).expect("numbers always serialise"))
    .fetch_all(connection)
    .await
    .doing(SEAL)?;
    Ok(rows.into_iter().collect())
}

/// Opens what is taken along, appends what is new, and closes it again. `frames` is room that one work leaves for the next.
fn make(
    packer: &mut Packer,
    frames: &mut Vec<u8>,
    key: &Secret,
    work: Work,
    along: &mut HashMap<i64, Vec<u8>>,
) -> Result<Made, StoreError> {
    let Work { run, skip, along: heads, .. } = work;
    let org = &run.org;
    let at = |entry: DamagedEntry| damaged(org, entry.tenant_seq, entry.damage);
    let spoilt = |SpoiltEntry { block, tenant_seq, damage }| StoreError::Damaged {
        org: org.clone(),
        tenant_seq,
        block: Some(block),
        damage,
    };
    let unreadable = || Damage::Unreadable("it is not as many entries as were counted".to_owned());
    let (mut parts, mut replaced, mut first_seq) = (Vec::new(), Vec::new(), run.first_seq + skip);
    for (id, head) in heads {
        let sealed = along.remove(&id).ok_or_else(|| damaged(org, head.from_seq, Damage::Missing))?;
        match segment::open(key, &head, &sealed) {
            Ok(frames) => parts.push(frames),
            // It stays where it is, for whoever reads it to be told; what comes after it is sealed all the same.
            Err(Damage::Checksum) => break,
            Err(damage) => return Err(damaged(org, head.from_seq, damage)),
        }
        replaced.push(id);
        first_seq = head.from_seq;
    }
    frames.clear();
    parts.iter().rev().for_each(|part| frames.extend_from_slice(part));
    run.put(skip, frames).map_err(spoilt)?;
    let segments = segment::seal(packer, key, run.key, first_seq, frames).map_err(at)?;
    let next_seq = segments.last().map_or(first_seq, |segment| segment.head.to_seq + 1);
    if next_seq != run.next_seq() {
        return Err(damaged(org, next_seq.min(run.next_seq()), unreadable()));
    }
    Ok(Made { replaced, segments })
}

async fn write(connection: &mut SqliteConnection, made: Vec<Made>) -> Result<(), sqlx::Error> {
    let replaced: Vec<i64> = made.iter().flat_map(|made| made.replaced.iter().copied()).collect();
    if !replaced.is_empty() {
        sqlx::query("DELETE FROM segment WHERE id IN (SELECT value FROM json_each(?1))")
            .bind(serde_json::to_string(&replaced).expect("numbers always serialise"))
            .execute(&mut *connection)
            .await?;
    }
    insert(connection, made.into_iter().flat_map(|made| made.segments).collect()).await
}

/// Rows of segments.
pub(super) async fn insert(
    connection: &mut SqliteConnection,
    segments: Vec<Segment>,
) -> Result<(), sqlx::Error> {
    let mut segments = segments.into_iter().peekable();
    while segments.peek().is_some() {
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO segment (org_key, from_seq, to_seq, from_ms, to_ms, unpacked_bytes, sealed) ",
        );
        query.push_values(segments.by_ref().take(ROWS_PER_STATEMENT), |mut row, Segment { head, sealed }| {
            row.push_bind(head.org.0).push_bind(to_sql(head.from_seq)).push_bind(to_sql(head.to_seq));
            row.push_bind(head.from_ms).push_bind(head.to_ms).push_bind(to_sql(head.unpacked_bytes));
            row.push_bind(sealed);
        });
        query.build().execute(&mut *connection).await?;
    }
    Ok(())
}
