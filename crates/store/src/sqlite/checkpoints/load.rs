//! Loading checkpoints: whole ones, and the positions of those that are not.
//!
//! Invariant: what is loaded is what was saved, to the bit. A chunk that is damaged is taken out, so that the next save
//! writes it again.

use super::{READ, Row, SqliteStore, rows};
use crate::error::While;
use crate::manifest::{CHUNK_BYTES, ChunkHash, Manifest, hash, unpack};
use crate::{Candidates, Checkpoint, OrgKey, StoreError};
use bytes::Bytes;
use sqlx::{Connection, SqliteConnection};
use std::collections::HashMap;

/// Sections that are loaded, by their chunks: checkpoints share those that did not change between them.
type Loaded = HashMap<Vec<ChunkHash>, Vec<u8>>;

/// Why a checkpoint cannot be loaded.
enum Unloaded {
    /// These chunks are missing or not what their names say.
    Spoilt(Vec<ChunkHash>),
    Failed(StoreError),
}

impl SqliteStore {
    pub(super) async fn load_checkpoints(&self, key: OrgKey) -> Result<Candidates, StoreError> {
        // The journal only grows: whatever is saved now is not ahead of what its end will be.
        let mut connection = self.checkpoint_readers.acquire().await.doing(READ)?;
        if !self.index.read().has_chunks(key) {
            let rows = rows(&mut connection, key).await?;
            let last_seq = self.known(key)?.last_seq;
            // Asked again: one with chunks may have been saved meanwhile.
            if !self.index.read().has_chunks(key) {
                return Ok(whole(key, last_seq, rows));
            }
        }
        // One transaction: a save that comes in between must not take the chunks away.
        let mut transaction = connection.begin().await.doing(READ)?;
        let rows = rows(&mut transaction, key).await?;
        let last = self.known(key)?.last_seq;
        let (mut candidates, mut loaded, mut spoilt) = (Candidates::default(), Loaded::new(), Vec::new());
        for row in rows {
            let sections = match row.open(key).filter(|_| row.tenant_seq <= last) {
                None => None,
                Some(manifest) => match load(&mut transaction, key, manifest, &mut loaded).await {
                    Ok(sections) => Some(sections),
                    Err(Unloaded::Failed(error)) => return Err(error),
                    Err(Unloaded::Spoilt(hashes)) => {
                        spoilt.extend(hashes);
                        None
                    }
                },
            };
            let Row { tenant_seq, schema_version, .. } = row;
            match sections {
                Some(sections) => candidates.sound.push(Checkpoint { tenant_seq, schema_version, sections }),
                None => candidates.damaged.push(tenant_seq),
            }
        }
        transaction.rollback().await.doing(READ)?;
        drop(connection);
        if !spoilt.is_empty() {
            drop_chunks(&mut *self.checkpoints.lock().await, key, &spoilt).await?;
        }
        Ok(candidates)
    }
}

/// Checkpoints that are whole in their rows. One with chunks is damaged, as there are none.
fn whole(key: OrgKey, last_seq: u64, rows: Vec<Row>) -> Candidates {
    let mut candidates = Candidates::default();
    for row in rows {
        let Row { tenant_seq, schema_version, .. } = row;
        match row.open(key).filter(|_| tenant_seq <= last_seq) {
            Some(Manifest::Inline(sections)) => {
                let sections = sections.iter().map(|section| section.to_vec()).collect();
                candidates.sound.push(Checkpoint { tenant_seq, schema_version, sections });
            }
            _ => candidates.damaged.push(tenant_seq),
        }
    }
    candidates
}

/// Takes out chunks that are not what their names say: the next save would take them for what they should be.
pub(in crate::sqlite) async fn drop_chunks(
    connection: &mut SqliteConnection,
    key: OrgKey,
    hashes: &[ChunkHash],
) -> Result<(), StoreError> {
    for hash in hashes {
        sqlx::query("DELETE FROM chunk WHERE org_key = ?1 AND hash = ?2")
            .bind(key.0)
            .bind(hash.as_slice())
            .execute(&mut *connection)
            .await
            .doing("drop a damaged chunk")?;
    }
    Ok(())
}

/// What a checkpoint is.
pub(in crate::sqlite) enum Tried {
    /// What was saved.
    Sound,
    /// Something else; these of its chunks are, where the rest of it can be read.
    Torn(Vec<ChunkHash>),
}

/// Finds out whether a checkpoint is what was saved.
pub(in crate::sqlite) async fn try_load(
    connection: &mut SqliteConnection,
    key: OrgKey,
    row: &Row,
) -> Result<Tried, StoreError> {
    let Some(manifest) = row.open(key) else { return Ok(Tried::Torn(Vec::new())) };
    match load(connection, key, manifest, &mut Loaded::new()).await {
        Ok(_) => Ok(Tried::Sound),
        Err(Unloaded::Spoilt(hashes)) => Ok(Tried::Torn(hashes)),
        Err(Unloaded::Failed(error)) => Err(error),
    }
}

async fn load(
    connection: &mut SqliteConnection,
    key: OrgKey,
    manifest: Manifest,
    loaded: &mut Loaded,
) -> Result<Vec<Vec<u8>>, Unloaded> {
    let parts = match manifest {
        Manifest::Inline(sections) => return Ok(sections.iter().map(|section| section.to_vec()).collect()),
        Manifest::Chunked(parts) => parts,
    };
    let (mut sections, mut spoilt) = (Vec::with_capacity(parts.len()), Vec::new());
    for (len, hashes) in parts {
        if let Some(section) = loaded.get(&hashes).filter(|section| section.len() == len) {
            sections.push(section.clone());
            continue;
        }
        let mut section = Vec::with_capacity(len);
        for (hash, at) in hashes.iter().zip((0..len).step_by(CHUNK_BYTES)) {
            let chunk = chunk(connection, key, hash, CHUNK_BYTES.min(len - at)).await;
            match chunk.map_err(Unloaded::Failed)? {
                Some(bytes) => section.extend_from_slice(&bytes),
                // The others are looked at all the same: none that is spoilt may stay.
                None => spoilt.push(*hash),
            }
        }
        loaded.insert(hashes, section.clone());
        sections.push(section);
    }
    if spoilt.is_empty() { Ok(sections) } else { Err(Unloaded::Spoilt(spoilt)) }
}

async fn chunk(
    connection: &mut SqliteConnection,
    key: OrgKey,
    name: &ChunkHash,
    len: usize,
) -> Result<Option<Bytes>, StoreError> {
    let packed: Option<Vec<u8>> =
        sqlx::query_scalar("SELECT bytes FROM chunk WHERE org_key = ?1 AND hash = ?2")
            .bind(key.0)
            .bind(name.as_slice())
            .fetch_optional(connection)
            .await
            .doing(READ)?;
    let bytes = packed.and_then(|packed| unpack(&packed, len));
    Ok(bytes.filter(|bytes| hash(bytes) == *name))
}
