//! The server's log: on standard error, as configured.

use crate::config::{Log, LogFormat};
use crate::problem::{problem, usage};
use anyhow::Result;
use std::io;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::fmt;

/// Starts it. Once per process.
pub(super) fn start(log: &Log) -> Result<()> {
    let filter: EnvFilter = log
        .filter
        .parse()
        .map_err(|error| usage(format!("log.filter {:?} is no filter: {error}", log.filter)))?;
    let lines = fmt().with_env_filter(filter).with_writer(io::stderr);
    let started = match log.format {
        LogFormat::Text => lines.with_ansi(false).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| problem("no_log", format!("the log could not be started: {error}")))
}
