//! The last accepted statement of each key: the SQL of `identity.db`.
//!
//! Invariant: an organisation's rows and the position up to which they follow the journal change in one transaction.

use super::{ROWS_PER_STATEMENT, to_sql};
use crate::StoreError;
use crate::codec::StoredEntry;
use crate::content::HASH_FORM;
use crate::error::While;
use crate::identity::{Key, Last};
use salescope_domain::OrgId;
use sqlx::{Connection, QueryBuilder, Row, Sqlite, SqliteConnection};
use std::collections::{HashMap, HashSet};

const LOOK_UP: &str = "look up what is known already";
const ADVANCE: &str = "keep what is known";

/// How far an organisation's rows follow the journal.
#[derive(Debug, Clone, Copy)]
pub(super) struct Position {
    pub(super) org_key: i64,
    pub(super) applied_seq: u64,
    /// Checksum of the entry at `applied_seq`.
    pub(super) applied_crc: u32,
    pub(super) hash_form: u32,
}

/// Organisations that have a position.
pub(super) async fn orgs(connection: &mut SqliteConnection) -> Result<Vec<String>, StoreError> {
    sqlx::query_scalar("SELECT org_id FROM organisation").fetch_all(connection).await.doing(LOOK_UP)
}

/// How far the organisation's rows follow the journal, if any do.
pub(super) async fn position(
    connection: &mut SqliteConnection,
    org: &OrgId,
) -> Result<Option<Position>, StoreError> {
    let row = sqlx::query_as(
        "SELECT org_key, applied_seq, applied_crc, hash_form FROM organisation WHERE org_id = ?1",
    )
    .bind(org.as_str())
    .fetch_optional(connection)
    .await
    .doing(LOOK_UP)?;
    Ok(row.map(|(org_key, applied_seq, applied_crc, hash_form)| Position {
        org_key,
        applied_seq,
        applied_crc,
        hash_form,
    }))
}

/// Drops what is kept of an organisation.
pub(super) async fn forget(connection: &mut SqliteConnection, org: &str) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM organisation WHERE org_id = ?1")
        .bind(org)
        .execute(connection)
        .await
        .doing(ADVANCE)?;
    Ok(())
}

/// Starts an organisation at the beginning of its journal.
pub(super) async fn start(connection: &mut SqliteConnection, org: &OrgId) -> Result<Position, StoreError> {
    let org_key =
        sqlx::query_scalar("INSERT INTO organisation (org_id, hash_form) VALUES (?1, ?2) RETURNING org_key")
            .bind(org.as_str())
            .bind(HASH_FORM)
            .fetch_one(connection)
            .await
            .doing(ADVANCE)?;
    Ok(Position { org_key, applied_seq: 0, applied_crc: 0, hash_form: HASH_FORM })
}

/// The last accepted statements of those `keys` that have one.
pub(super) async fn lookup(
    connection: &mut SqliteConnection,
    org_key: i64,
    keys: impl Iterator<Item = &Key>,
) -> Result<HashMap<Key, Last>, StoreError> {
    let keys: Vec<&Key> = keys.collect::<HashSet<_>>().into_iter().collect();
    let parts: Vec<[&str; 3]> = keys.iter().map(|key| [key.kind, &key.source, &key.id]).collect();
    let parts = serde_json::to_string(&parts).expect("texts always serialise");
    let mut known = HashMap::new();
    let objects = sqlx::query(
        "SELECT k.key, o.number, o.sequence, o.content FROM json_each(?2) AS k CROSS JOIN object AS o
         WHERE o.org_key = ?1 AND o.kind = k.value ->> 0 AND o.source = k.value ->> 1 AND o.id = k.value ->> 2",
    )
    .bind(org_key)
    .bind(&parts)
    .fetch_all(&mut *connection)
    .await
    .doing(LOOK_UP)?;
    for row in objects {
        let (index, last) = read_object(&row).doing(LOOK_UP)?;
        known.insert(keys[index].clone(), last);
    }
    let facts: Vec<(u32, u32)> = sqlx::query_as(
        "SELECT k.key, f.revision FROM json_each(?2) AS k CROSS JOIN fact AS f
         WHERE f.org_key = ?1 AND f.kind = k.value ->> 0 AND f.source = k.value ->> 1
           AND f.event_id = k.value ->> 2",
    )
    .bind(org_key)
    .bind(&parts)
    .fetch_all(&mut *connection)
    .await
    .doing(LOOK_UP)?;
    known.extend(
        facts.into_iter().map(|(index, revision)| (keys[index as usize].clone(), Last::Fact { revision })),
    );
    Ok(known)
}

fn read_object(row: &sqlx::sqlite::SqliteRow) -> Result<(usize, Last), sqlx::Error> {
    let index: u32 = row.try_get(0)?;
    let content: Vec<u8> = row.try_get(3)?;
    let content =
        content.try_into().map_err(|_| sqlx::Error::Decode("a content hash has 16 bytes".into()))?;
    Ok((index as usize, Last::Object { order: (row.try_get(1)?, row.try_get(2)?), content }))
}

/// Keeps `changes` and moves the organisation's position to `applied`, in one transaction.
pub(super) async fn advance(
    connection: &mut SqliteConnection,
    org_key: i64,
    changes: &HashMap<Key, Last>,
    applied: &StoredEntry,
) -> Result<(), StoreError> {
    let mut objects = Vec::new();
    let mut facts = Vec::new();
    for (key, last) in changes {
        match *last {
            Last::Object { order: (number, sequence), content } => {
                objects.push((key, number, sequence, content));
            }
            Last::Fact { revision } => facts.push((key, revision)),
        }
    }
    // In the order of the tables, which spares them random writes.
    objects.sort_unstable();
    facts.sort_unstable();
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.doing(ADVANCE)?;
    for chunk in objects.chunks(ROWS_PER_STATEMENT) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT OR REPLACE INTO object (org_key, kind, source, id, number, sequence, content) ",
        );
        query.push_values(chunk, |mut row, (key, number, sequence, content)| {
            row.push_bind(org_key).push_bind(key.kind).push_bind(&key.source).push_bind(&key.id);
            row.push_bind(*number).push_bind(*sequence).push_bind(content.as_slice());
        });
        query.build().execute(&mut *transaction).await.doing(ADVANCE)?;
    }
    for chunk in facts.chunks(ROWS_PER_STATEMENT) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT OR REPLACE INTO fact (org_key, kind, source, event_id, revision) ",
        );
        query.push_values(chunk, |mut row, (key, revision)| {
            row.push_bind(org_key).push_bind(key.kind).push_bind(&key.source).push_bind(&key.id);
            row.push_bind(*revision);
        });
        query.build().execute(&mut *transaction).await.doing(ADVANCE)?;
    }
    sqlx::query("UPDATE organisation SET applied_seq = ?2, applied_crc = ?3 WHERE org_key = ?1")
        .bind(org_key)
        .bind(to_sql(applied.tenant_seq))
        .bind(applied.crc)
        .execute(&mut *transaction)
        .await
        .doing(ADVANCE)?;
    transaction.commit().await.doing(ADVANCE)
}
