//! The client: an engine that is elsewhere. It connects again by itself; calls that were under way then have failed.

mod engine;

use super::proto::engine_client;
use super::{CALL_TIMEOUT, CONNECT_TIMEOUT, HEADER_BYTES_MAX, MESSAGE_BYTES_MAX};
use hyper_util::rt::TokioIo;
use std::error::Error;
use std::path::{Path, PathBuf};
use tokio::net::UnixStream;
use tonic::transport::{Channel, Endpoint};

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
#[error("the server at {} does not answer: {reason}", path.display())]
pub struct ConnectError {
    /// The socket.
    pub path: PathBuf,
    /// What the system says.
    pub reason: String,
}

/// An engine at the other end of a socket. Clones share the connection.
#[derive(Debug, Clone)]
pub struct EngineClient {
    channel: Channel,
}

impl EngineClient {
    /// Connects to the server that listens at `path`.
    ///
    /// # Errors
    /// When nobody listens there.
    pub async fn connect(path: &Path) -> Result<Self, ConnectError> {
        let socket = path.to_owned();
        let connector = tower::service_fn(move |_: http::Uri| {
            let socket = socket.clone();
            async move { UnixStream::connect(socket).await.map(TokioIo::new) }
        });
        // The address is for the request's `:authority`; where it leads is the connector's.
        let endpoint = Endpoint::from_static("http://engine")
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(CALL_TIMEOUT)
            .http2_max_header_list_size(HEADER_BYTES_MAX);
        let channel = endpoint.connect_with_connector(connector).await;
        let channel =
            channel.map_err(|error| ConnectError { path: path.to_owned(), reason: root(&error) })?;
        Ok(Self { channel })
    }

    fn rpc(&self) -> engine_client::EngineClient<Channel> {
        engine_client::EngineClient::new(self.channel.clone())
            .max_decoding_message_size(MESSAGE_BYTES_MAX)
            .max_encoding_message_size(MESSAGE_BYTES_MAX)
    }
}

/// What is at the bottom of an error: tonic's own says only that the transport failed.
fn root(error: &dyn Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}
