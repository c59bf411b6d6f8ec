//! Sealing: runs of entries become segments, which take short neighbours along.
//!
//! Invariants: what is answered is on the disk. A run that is sealed already changes nothing; of one that overlaps only the
//! new entries are taken. One transaction swaps segments for those that hold the same entries and more.

use super::read::{HeadRow, damaged, head, sealed};
use super::{SealedHistory, baselines};
use crate::error::While;
use crate::history::{DamagedEntry, Run, Secret, Segment, SegmentHead, merge, segment};
use crate::sqlite::to_sql;
use crate::{Damage, OrgKey, StoreError};
use sqlx::{Connection, SqliteConnection};

const SEAL: &str = "seal history";

/// One transaction takes so many bytes of runs, before compression, unless it is one run: memory holds them twice.
const BATCH_BYTES_MAX: usize = 16 << 20;

/// One transaction takes so many runs: it lasts some 100 ms.
const BATCH_RUNS_MAX: usize = 1_000;

/// More short segments than an organisation ever has at its end: see `merge`.
const LAST_SEGMENTS_MAX: u32 = 24;

/// A run with what it needs.
struct Work {
    run: Run,
    /// The run's first entries that are sealed already.
    skip: u64,
    /// Whether the organisation has sealed entries.
    has_history: bool,
    /// The last segments, the last one first.
    along: Vec<(i64, SegmentHead, Vec<u8>)>,
}

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
        let mut runs = runs.into_iter().peekable();
        while runs.peek().is_some() {
            let (mut batch, mut bytes) = (Vec::new(), 0);
            while let Some(run) = runs.peek() {
                bytes += run.frames.len();
                if !batch.is_empty() && (bytes > BATCH_BYTES_MAX || batch.len() == BATCH_RUNS_MAX) {
                    break;
                }
                batch.extend(runs.next());
            }
            self.seal_batch(batch).await?;
        }
        Ok(())
    }

    async fn seal_batch(&self, runs: Vec<Run>) -> Result<(), StoreError> {
        let mut writer = self.writer.lock().await;
        let mut works = Vec::with_capacity(runs.len());
        for run in runs {
            works.extend(plan(&mut writer, run).await?);
        }
        if works.is_empty() {
            return Ok(());
        }
        let orgs: Vec<_> = works.iter().map(|work| (work.run.key, &work.run.org, work.has_history)).collect();
        let keys = self.keys.keys_or_new(&orgs).await?;
        let making = tokio::task::spawn_blocking(move || {
            let made = works.into_iter().map(|work| {
                let key = &keys[&work.run.key];
                make(key, work)
            });
            made.collect::<Result<Vec<_>, _>>()
        });
        let made = making.await.expect("making segments neither panics nor is given up")?;
        let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await.doing(SEAL)?;
        for made in made {
            write(&mut transaction, made).await.doing(SEAL)?;
        }
        transaction.commit().await.doing(SEAL)
    }
}

/// Finds out what a run needs; `None` when all of it is sealed.
async fn plan(connection: &mut SqliteConnection, run: Run) -> Result<Option<Work>, StoreError> {
    let rows: Vec<HeadRow> = sqlx::query_as(
        "SELECT id, from_seq, to_seq, from_ms, to_ms, unpacked_bytes FROM segment
         WHERE org_key = ?1 ORDER BY to_seq DESC LIMIT ?2",
    )
    .bind(run.key.0)
    .bind(LAST_SEGMENTS_MAX)
    .fetch_all(&mut *connection)
    .await
    .doing(SEAL)?;
    let last_sealed = match rows.first() {
        Some(row) => row.2,
        None => baselines::last_sealed(connection, run.key).await?,
    };
    let (first_seq, expected) = (run.first_seq, last_sealed + 1);
    if first_seq > expected {
        return Err(StoreError::OutOfOrder { org: run.org, first_seq, expected });
    }
    if run.next_seq() <= expected {
        return Ok(None);
    }
    let lengths = rows.iter().map(|row| row.5);
    let count = merge::taken_along(lengths, run.frames.len() as u64);
    let mut along = Vec::with_capacity(count);
    for row in rows.into_iter().take(count) {
        let head = head(run.key, row);
        let sealed = sealed(connection, row.0, &head).await?;
        let sealed = sealed.ok_or_else(|| damaged(&run.org, head.from_seq, Damage::Missing))?;
        along.push((row.0, head, sealed));
    }
    Ok(Some(Work { skip: expected - first_seq, run, has_history: last_sealed > 0, along }))
}

/// Opens what is taken along, appends what is new, and closes it again.
fn make(key: &Secret, work: Work) -> Result<Made, StoreError> {
    let Work { run, skip, along, .. } = work;
    let org = &run.org;
    let at = |entry: DamagedEntry| damaged(org, entry.tenant_seq, entry.damage);
    let unreadable = || Damage::Unreadable("it is not as many entries as were counted".to_owned());
    let (mut parts, mut replaced, mut first_seq) = (Vec::new(), Vec::new(), run.first_seq + skip);
    for (id, head, sealed) in along {
        match segment::open(key, &head, &sealed) {
            Ok(frames) => parts.push(frames),
            // It stays where it is, for whoever reads it to be told; what comes after it is sealed all the same.
            Err(Damage::Checksum) => break,
            Err(damage) => return Err(damaged(org, head.from_seq, damage)),
        }
        replaced.push(id);
        first_seq = head.from_seq;
    }
    parts.reverse();
    let new = segment::skip(&run.frames, skip).ok_or_else(|| damaged(org, run.first_seq, unreadable()))?;
    parts.push(new.to_vec());
    let segments = segment::seal(key, run.key, first_seq, &parts.concat()).map_err(at)?;
    let next_seq = segments.last().map_or(first_seq, |segment| segment.head.to_seq + 1);
    if next_seq != run.next_seq() {
        return Err(damaged(org, next_seq.min(run.next_seq()), unreadable()));
    }
    Ok(Made { replaced, segments })
}

async fn write(connection: &mut SqliteConnection, made: Made) -> Result<(), sqlx::Error> {
    for id in made.replaced {
        sqlx::query("DELETE FROM segment WHERE id = ?1").bind(id).execute(&mut *connection).await?;
    }
    for Segment { head, sealed } in made.segments {
        let SegmentHead { org: OrgKey(key), from_seq, to_seq, from_ms, to_ms, unpacked_bytes } = head;
        sqlx::query(
            "INSERT INTO segment (org_key, from_seq, to_seq, from_ms, to_ms, unpacked_bytes, sealed)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )
        .bind(key)
        .bind(to_sql(from_seq))
        .bind(to_sql(to_seq))
        .bind(from_ms)
        .bind(to_ms)
        .bind(to_sql(unpacked_bytes))
        .bind(sealed)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}
