//! The hot path: one commit is one block is one row is one statement.
//!
//! Invariants: the index takes in a block after it is durable, and each block that is durable. A commit whose outcome is
//! unknown is the last one of this process.

use super::failure::{Failure, judge};
use super::transaction::WriteConnection;
use super::{SqliteStore, to_sql};
use crate::block::{BlockId, Encoded, Header, Scratch, encode};
use crate::error::While;
use crate::{CommitError, Committed, Fatal, OrgKey, Slice, StoreError};
use salescope_domain::Instant;
use sqlx::SqliteConnection;

const COMMIT: &str = "commit to the journal";

/// The one connection that writes `journal.db`.
#[derive(Debug)]
pub(super) struct Writer {
    pub(super) connection: WriteConnection,
    /// A block that is on its way. It stays here when whoever waited for it went away.
    pending: Option<Pending>,
    /// An organisation that is being marked as erased, likewise.
    pub(super) marking: Option<OrgKey>,
    fatal: Fatal,
    scratch: Scratch,
}

#[derive(Debug)]
struct Pending {
    id: BlockId,
    header: Header,
    stored_bytes: u32,
}

impl Writer {
    pub(super) fn new(connection: WriteConnection, fatal: Fatal) -> Self {
        Self { connection, pending: None, marking: None, fatal, scratch: Scratch::default() }
    }

    fn fail(&self, error: StoreError) -> CommitError {
        self.fatal.report(crate::error::with_causes(&error));
        CommitError::Fatal(error)
    }
}

impl SqliteStore {
    /// Commits slices as one block.
    pub(super) async fn commit_block(
        &self,
        slices: &[Slice],
        now: Instant,
    ) -> Result<Committed, CommitError> {
        let mut writer = self.writer.lock().await;
        self.settle(&mut writer).await?;
        if slices.is_empty() {
            let index = self.index.read();
            return Ok(Committed { block_seq: index.last_block(), committed_at: index.last_commit() });
        }
        let id = self.admit(slices, now).map_err(CommitError::Refused)?;
        let (header, encoded) = encode(id, slices, &mut writer.scratch);
        let stored_bytes = u32::try_from(encoded.header.len() + encoded.body.len());
        let stored_bytes = stored_bytes.expect("a commit is far smaller than 4 GiB");
        writer.pending = Some(Pending { id, header, stored_bytes });
        match insert(&mut writer.connection, id, encoded).await {
            Ok(()) => {
                self.take_in(&mut writer)?;
                Ok(Committed { block_seq: id.seq, committed_at: id.committed_at })
            }
            Err(source) => {
                let failure = judge(&source);
                let error = StoreError::Database { doing: COMMIT, source };
                if failure == Failure::TakenBack
                    && last_block(&mut writer.connection).await.is_ok_and(|last| last < id.seq)
                {
                    writer.pending = None;
                    return Err(CommitError::Refused(error));
                }
                Err(writer.fail(error))
            }
        }
    }

    /// Makes sure that the index knows what is durable: a block may be whose commit nobody waited for, or an erasure.
    pub(super) async fn settle(&self, writer: &mut Writer) -> Result<(), CommitError> {
        if let Some(reason) = self.fatal.reason() {
            return Err(CommitError::Fatal(StoreError::JournalFailed { reason }));
        }
        if let Some(key) = writer.marking {
            let is_marked = is_marked(&mut writer.connection, key).await.map_err(CommitError::Refused)?;
            if is_marked {
                self.index.write().begin_erasure(key);
            }
            writer.marking = None;
        }
        let Some(pending) = &writer.pending else { return Ok(()) };
        let seq = pending.id.seq;
        match last_block(&mut writer.connection).await {
            Ok(last) if last == seq => self.take_in(writer),
            Ok(last) if last < seq => {
                writer.pending = None;
                Ok(())
            }
            Ok(_) => {
                Err(writer.fail(StoreError::BlockDamaged { block: seq, damage: crate::Damage::Missing }))
            }
            Err(error) => Err(writer.fail(error)),
        }
    }

    /// The pending block is durable.
    fn take_in(&self, writer: &mut Writer) -> Result<(), CommitError> {
        let Pending { id, header, stored_bytes } = writer.pending.take().expect("a block is pending");
        let taken_in = self.index.write().apply(id, &header, stored_bytes);
        taken_in.map_err(|damage| writer.fail(StoreError::BlockDamaged { block: id.seq, damage }))
    }

    /// The next block's numbers, if `slices` may be it.
    fn admit(&self, slices: &[Slice], now: Instant) -> Result<BlockId, StoreError> {
        let (bytes, max) = (slices.iter().map(Slice::len_bytes).sum(), self.options.commit_bytes_max);
        if bytes > max {
            return Err(StoreError::TooMany { what: "bytes of entries", count: bytes, max });
        }
        let index = self.index.read();
        index.check(slices)?;
        Ok(BlockId {
            seq: index.last_block() + 1,
            epoch: self.epoch,
            committed_at: now.max(index.last_commit()),
        })
    }
}

async fn insert(
    connection: &mut SqliteConnection,
    id: BlockId,
    Encoded { header, body }: Encoded,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO block (seq, epoch, committed_ms, header, body) VALUES (?1, ?2, ?3, ?4, ?5)")
        .bind(to_sql(id.seq))
        .bind(to_sql(id.epoch))
        .bind(id.committed_at.ms())
        .bind(header)
        .bind(body)
        .execute(connection)
        .await?;
    Ok(())
}

/// Whether an organisation is marked as erased.
async fn is_marked(connection: &mut SqliteConnection, key: OrgKey) -> Result<bool, StoreError> {
    sqlx::query_scalar("SELECT erased_at_ms IS NOT NULL FROM organisation WHERE org_key = ?1")
        .bind(key.0)
        .fetch_one(connection)
        .await
        .doing(COMMIT)
}

/// The last block on the disk; 0 when there is none.
async fn last_block(connection: &mut SqliteConnection) -> Result<u64, StoreError> {
    sqlx::query_scalar("SELECT coalesce(max(seq), 0) FROM block").fetch_one(connection).await.doing(COMMIT)
}
