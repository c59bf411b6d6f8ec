//! An organisation's export as a stream: written by a task of its own, as fast as it is read.
//!
//! Invariant: between writer and reader lie at most [`EXPORT_CHUNK_BYTES_MAX`] bytes. Who stops reading stops the task.

use crate::error::store_error;
use futures::stream::{self, StreamExt};
use salescope_domain::{Instant, OrgId};
use salescope_engine_api::{EXPORT_CHUNK_BYTES_MAX, EngineError, EngineResult, ExportStream};
use salescope_store::{ExportError, Exported, OrgKey, SqliteStore, export};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, DuplexStream};
use tokio::task::JoinHandle;

/// An export under way.
struct Export {
    org: OrgId,
    bytes: DuplexStream,
    task: JoinHandle<Result<Exported, ExportError>>,
}

/// Begins to export the entries after `after`, and names.
pub(crate) fn start(
    store: Arc<SqliteStore>,
    org: OrgId,
    key: OrgKey,
    after: u64,
    now: Instant,
) -> ExportStream {
    let (mut sink, bytes) = tokio::io::duplex(EXPORT_CHUNK_BYTES_MAX);
    let task = tokio::spawn(async move { export(&*store, key, after, now, &mut sink).await });
    stream::unfold(Some(Export { org, bytes, task }), next).boxed()
}

/// The next chunk, and the rest where there is one.
async fn next(rest: Option<Export>) -> Option<(EngineResult<Vec<u8>>, Option<Export>)> {
    let mut export = rest?;
    let mut chunk = Vec::with_capacity(EXPORT_CHUNK_BYTES_MAX);
    let mut limited = (&mut export.bytes).take(EXPORT_CHUNK_BYTES_MAX as u64);
    if let Err(error) = limited.read_to_end(&mut chunk).await {
        return Some((Err(EngineError::Internal { detail: error.to_string() }), None));
    }
    if !chunk.is_empty() {
        return Some((Ok(chunk), Some(export)));
    }
    // The writer is gone: it is done, or it has failed.
    let error = match export.task.await {
        Ok(Ok(_)) => return None,
        Ok(Err(ExportError::Store(error))) => store_error(&export.org, &error),
        Ok(Err(error)) => EngineError::Internal { detail: error.to_string() },
        Err(panic) => EngineError::Internal { detail: panic.to_string() },
    };
    Some((Err(error), None))
}
