//! The server: any engine, offered on a Unix socket that only the same user may open.

mod service;

use super::proto::engine_server::EngineServer;
use super::{CALLS_PER_CONNECTION_MAX, HEADER_BYTES_MAX, MESSAGE_BYTES_MAX};
use crate::Engine;
use futures::{FutureExt, Stream, stream};
use service::Service;
use std::fs::{self, DirBuilder, Permissions};
use std::future::Future;
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{UnixListener, UnixStream};
use tonic::transport::Server;

/// Who may open the socket: its owner.
const SOCKET_MODE: u32 = 0o600;

/// How long accepting rests after it failed, which it does when the process has no descriptors left.
const ACCEPT_REST: Duration = Duration::from_millis(100);

/// Why the engine cannot be offered.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// There can be no socket at this path.
    #[error("no socket could be made at {}", path.display())]
    Bind {
        /// Where.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The server ended.
    #[error("the engine's socket server ended")]
    Ended(#[from] tonic::transport::Error),
}

/// Makes the socket at `path`, in place of one that an ended process left there. The caller holds the lock that keeps others
/// from doing the same.
///
/// # Errors
/// When the path is too long for a socket (some 100 bytes) or cannot be written to.
pub fn bind(path: &Path) -> Result<UnixListener, ServeError> {
    bind_private(path).map_err(|source| ServeError::Bind { path: path.to_owned(), source })
}

/// A socket is made with the permissions of the process's mask, so it is made where nobody else can reach it, and moved.
fn bind_private(path: &Path) -> io::Result<UnixListener> {
    let mut nursery = path.as_os_str().to_owned();
    nursery.push(".new");
    let nursery = PathBuf::from(nursery);
    match fs::remove_dir_all(&nursery) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => DirBuilder::new().mode(0o700).create(&nursery)?,
    }
    let made = nursery.join("s");
    let bound = UnixListener::bind(&made).and_then(|listener| {
        fs::set_permissions(&made, Permissions::from_mode(SOCKET_MODE))?;
        fs::rename(&made, path)?;
        Ok(listener)
    });
    let removed = fs::remove_dir_all(&nursery);
    let listener = bound?;
    removed?;
    Ok(listener)
}

/// Offers `engine` until `shutdown`; then subscriptions end, calls under way are finished, and it returns.
///
/// # Errors
/// When the server cannot go on.
pub async fn serve(
    engine: Arc<dyn Engine>,
    listener: UnixListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let stopping = shutdown.boxed().shared();
    let service = EngineServer::new(Service::new(engine, stopping.clone()))
        .max_decoding_message_size(MESSAGE_BYTES_MAX)
        .max_encoding_message_size(MESSAGE_BYTES_MAX);
    Server::builder()
        .max_concurrent_streams(CALLS_PER_CONNECTION_MAX)
        .http2_max_header_list_size(HEADER_BYTES_MAX)
        .add_service(service)
        .serve_with_incoming_shutdown(connections(listener), stopping)
        .await?;
    Ok(())
}

fn connections(listener: UnixListener) -> impl Stream<Item = io::Result<UnixStream>> {
    stream::unfold(listener, |listener| async move {
        let accepted = listener.accept().await.map(|(stream, _)| stream);
        if accepted.is_err() {
            tokio::time::sleep(ACCEPT_REST).await;
        }
        Some((accepted, listener))
    })
}
