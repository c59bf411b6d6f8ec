//! Sealed history: the SQL of `history.db`, and of the data keys in `directory.db`.
//!
//! Invariants: one writer. An organisation's segments go on one after another, from the horizon to the last sealed entry; a
//! data key is on the disk before anything that it closes.

mod baselines;
mod cache;
mod check;
mod cut_off;
mod erasure;
mod key_ring;
mod parties;
mod plan;
mod port;
mod read;
mod seal;

use super::files::DataFile;
use super::transaction::WriteConnection;
use crate::error::While;
use crate::{Fatal, OrgKey, StoreError, StoreOptions};
use cache::SegmentCache;
use key_ring::KeyRing;
use sqlx::SqlitePool;
use std::path::Path;
use tokio::sync::Mutex;

pub(super) use cache::OpenSegment;
pub use cut_off::OldestSealed;

const OPEN: &str = "open sealed history";

/// All organisations' sealed entries.
#[derive(Debug)]
pub(super) struct SealedHistory {
    writer: Mutex<WriteConnection>,
    readers: SqlitePool,
    keys: KeyRing,
    cache: SegmentCache,
    fatal: Fatal,
}

impl SealedHistory {
    pub(super) async fn open(dir: &Path, options: &StoreOptions, fatal: Fatal) -> Result<Self, StoreError> {
        Ok(Self {
            keys: KeyRing::open(dir, options, fatal.clone()).await?,
            writer: Mutex::new(DataFile::History.connect(dir, options).await?),
            readers: DataFile::History.readers(dir, options),
            cache: cache::new(options.segment_cache_bytes_max),
            fatal,
        })
    }

    pub(super) async fn close(self) -> Result<(), StoreError> {
        let Self { writer, readers, keys, .. } = self;
        readers.close().await;
        keys.close().await?;
        writer.into_inner().close().await.doing("close sealed history")
    }

    /// Each organisation that has sealed entries, and the last one.
    pub(super) async fn sealed_to_all(&self) -> Result<Vec<(OrgKey, u64)>, StoreError> {
        let mut writer = self.writer.lock().await;
        // All of an organisation's segments may lie before its baseline, and be gone.
        let rows: Vec<(u32, u64)> = sqlx::query_as(
            "SELECT org_key, max(last_seq) FROM (
                SELECT org_key, max(to_seq) AS last_seq FROM segment GROUP BY org_key
                UNION ALL SELECT org_key, tenant_seq FROM baseline
             ) GROUP BY org_key ORDER BY org_key",
        )
        .fetch_all(&mut **writer)
        .await
        .doing(OPEN)?;
        Ok(rows.into_iter().map(|(key, last_seq)| (OrgKey(key), last_seq)).collect())
    }
}
