//! The way to the engine: this process's own where it gets the data directory's lock, else that of the process that has it.
//!
//! There is never a second writer: whoever holds the lock owns the data, and everybody else speaks to its socket.

use crate::clock::{FixedClock, SystemClock};
use crate::faults;
use crate::problem::{problem, usage};
use crate::verify::Oracle;
use anyhow::{Context, Result};
use salescope_domain::Instant;
use salescope_engine_api::Engine;
use salescope_engine_api::wire::client::EngineClient;
use salescope_node::{Clock, Embedded, NodeOptions, OpenError};
use salescope_store::StoreError;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The socket's name in the data directory.
const SOCKET: &str = "engine.sock";

/// What a command does with the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// It only asks.
    Read,
    /// It states something.
    Write,
    /// It states something, and where there is no data directory it makes one.
    Create,
}

/// A way to the engine.
pub(crate) struct Door {
    engine: Arc<dyn Engine>,
    own: Option<Embedded>,
}

/// Where the server of a data directory listens.
pub(crate) fn socket(dir: &Path) -> PathBuf {
    dir.join(SOCKET)
}

impl Door {
    /// Opens `dir`. `now` is the time that was given on the command line, if any.
    pub(crate) async fn open(dir: &Path, access: Access, now: Option<Instant>) -> Result<Self> {
        let clock: Arc<dyn Clock> = match now {
            Some(now) => Arc::new(FixedClock(now)),
            None => Arc::new(SystemClock),
        };
        let mut options = NodeOptions::default();
        options.store.vfs = faults::vfs();
        let verifier = Arc::new(Oracle);
        let opened = match access {
            Access::Create => Embedded::open(dir, options, clock, verifier).await,
            Access::Read | Access::Write => Embedded::open_existing(dir, options, clock, verifier).await,
        };
        match opened {
            Ok(own) => Ok(Self { engine: own.engine(), own: Some(own) }),
            Err(OpenError::Store(StoreError::Locked { .. })) => {
                if access != Access::Read && now.is_some() {
                    return Err(usage(format!(
                        "a server works on {}, and what is journaled through it is known from its own time on: leave --now \
                         out, or stop the server first",
                        dir.display()
                    )));
                }
                Self::through_socket(dir).await
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn through_socket(dir: &Path) -> Result<Self> {
        let socket = socket(dir);
        match EngineClient::connect(&socket).await {
            Ok(client) => Ok(Self { engine: Arc::new(client), own: None }),
            Err(_) if !socket.exists() => Err(problem(
                "data_directory_in_use",
                format!("another command works on {}: run this one when it is done", dir.display()),
            )),
            Err(error) => Err(problem(
                "server_not_answering",
                format!(
                    "another process works on {}, and {error}: it may be starting or stopping, or be a command that does not \
                     serve others; try again, or look for it",
                    dir.display()
                ),
            )),
        }
    }

    /// The engine.
    pub(crate) fn engine(&self) -> &dyn Engine {
        &*self.engine
    }

    /// Lets go of the engine: one of this process is put to sleep, which saves it.
    pub(crate) async fn close(self) -> Result<()> {
        let Self { engine, own } = self;
        drop(engine);
        match own {
            Some(own) => {
                own.close().await.context("the work is done, but the data directory could not be closed")
            }
            None => Ok(()),
        }
    }
}
