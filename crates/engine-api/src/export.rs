//! An organisation as a file, on its way: bytes in order, of which no more are in memory than a few chunks.

use crate::EngineResult;
use futures::stream::BoxStream;

/// Most bytes of a chunk.
pub const EXPORT_CHUNK_BYTES_MAX: usize = 64 << 10;

/// An export's bytes in order, none of the chunks empty. It ends with an error where the rest cannot be had, and with nothing
/// after it.
pub type ExportStream = BoxStream<'static, EngineResult<Vec<u8>>>;
