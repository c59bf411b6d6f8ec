//! Reading blocks: header and body together, checked, unpacked and kept for the next organisation that reads the same one.

use super::{SqliteStore, to_sql};
use crate::block::{BlockId, Header, Part};
use crate::error::While;
use crate::{Damage, StoreError};
use bytes::{Bytes, BytesMut};
use quick_cache::{Weighter, sync::Cache};
use salescope_domain::Instant;
use std::sync::Arc;

const READ: &str = "read the journal";

/// A block, unpacked.
#[derive(Debug)]
pub(super) struct OpenBlock {
    pub(super) committed_at: Instant,
    pub(super) parts: Vec<Part>,
    pub(super) body: Bytes,
}

/// A block whose body is as it is stored.
pub(super) struct PackedBlock {
    committed_at: Instant,
    pub(super) header: Header,
    body: Vec<u8>,
}

impl PackedBlock {
    /// Unpacks it into memory of `room`.
    pub(super) fn open(self, room: &mut BytesMut) -> Result<OpenBlock, Damage> {
        let Self { committed_at, header, body } = self;
        let body = header.open(body, room)?;
        Ok(OpenBlock { committed_at, parts: header.parts, body })
    }
}

/// Why a block cannot be read.
pub(super) enum Unopened {
    /// It is not there: lost, or sealed and deleted meanwhile.
    Absent,
    Damaged(Damage),
    Failed(StoreError),
}

/// Unpacked blocks, by number.
pub(super) type BlockCache = Cache<u64, Arc<OpenBlock>, Weight>;

#[derive(Debug, Clone)]
pub(super) struct Weight;

impl Weighter<u64, Arc<OpenBlock>> for Weight {
    fn weight(&self, _: &u64, block: &Arc<OpenBlock>) -> u64 {
        (block.body.len() + block.parts.len() * size_of::<Part>() + size_of::<OpenBlock>()) as u64
    }
}

/// The usual block, for the cache's first size: a flush of some organisations.
const BLOCK_BYTES_USUAL: usize = 16 << 10;

pub(super) fn cache(bytes_max: usize) -> BlockCache {
    Cache::with_weighter(bytes_max / BLOCK_BYTES_USUAL, bytes_max as u64, Weight)
}

impl SqliteStore {
    /// A block, from memory or from the disk.
    pub(super) async fn open_block(&self, seq: u64) -> Result<Arc<OpenBlock>, Unopened> {
        self.block_cache.get_or_insert_async(&seq, self.load_block(seq)).await
    }

    async fn load_block(&self, seq: u64) -> Result<Arc<OpenBlock>, Unopened> {
        let packed = self.load_packed(seq).await?;
        packed.open(&mut BytesMut::new()).map(Arc::new).map_err(Unopened::Damaged)
    }

    /// A block from the disk.
    pub(super) async fn load_packed(&self, seq: u64) -> Result<PackedBlock, Unopened> {
        let row: Option<(u64, i64, Vec<u8>, Vec<u8>)> =
            sqlx::query_as("SELECT epoch, committed_ms, header, body FROM block WHERE seq = ?1")
                .bind(to_sql(seq))
                .fetch_optional(&self.readers)
                .await
                .doing(READ)
                .map_err(Unopened::Failed)?;
        let (epoch, committed_ms, header, body) = row.ok_or(Unopened::Absent)?;
        let committed_at = Instant::from_ms(committed_ms);
        let header = Header::decode(BlockId { seq, epoch, committed_at }, &header);
        Ok(PackedBlock { committed_at, header: header.map_err(Unopened::Damaged)?, body })
    }
}
