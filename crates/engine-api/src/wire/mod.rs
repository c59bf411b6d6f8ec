//! The engine between processes: `proto/salescope/engine/v1/engine.proto` over a Unix socket.
//!
//! Here live the server, which offers any [`crate::Engine`], and the client, which is one. Neither decides anything. The
//! invariant: a call through the socket gives what the same call gives directly, errors included.

mod body;
pub mod client;
mod parts;
mod proto;
pub mod server;
mod status;

use std::time::Duration;

/// Largest message, in bytes: a slice of the largest request body that the gateway takes (64 MiB unpacked), whose statements
/// are longer in the journal's form.
pub const MESSAGE_BYTES_MAX: usize = 128 << 20;

/// Entries are sent in messages of about so many bytes: enough that a message costs little, few enough that neither end
/// holds much more than the page itself.
pub const ENTRIES_CHUNK_BYTES: usize = 1 << 20;

/// Longest text inside an error, in bytes; the rest is cut off. Errors travel in HTTP/2 headers, which are bounded.
pub const ERROR_TEXT_BYTES_MAX: usize = 4 << 10;

/// Largest headers that either end takes, in bytes: an error with two texts of [`ERROR_TEXT_BYTES_MAX`], as a message and,
/// escaped and in base 64, as details.
pub const HEADER_BYTES_MAX: u32 = 64 << 10;

/// Calls under way on one connection; more wait their turn at the client.
pub const CALLS_PER_CONNECTION_MAX: u32 = 256;

/// How long a connection may take: the server is on the same machine, or does not answer.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a call may take until its answer begins: a question over an organisation that has to be replayed first.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(600);
