//! The program as a server: started, spoken to, killed.

use crate::http::Target;
use crate::program::Program;
use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;
use std::fs::OpenOptions;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;
use tokio::time::timeout;

/// A start takes no longer, recovery included.
const START_MAX: Duration = Duration::from_secs(120);

/// An orderly end takes no longer: the gateway alone may wait half a minute for requests under way.
const STOP_MAX: Duration = Duration::from_secs(90);

/// A server that runs. Dropped, it is killed.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

#[derive(Deserialize)]
struct Ready {
    url: String,
}

impl Server {
    /// Starts one and waits until it is ready. What it logs is appended to the file `log`.
    ///
    /// # Errors
    /// When it ends or does not get ready in time. What it said is in the log.
    pub async fn start(program: &Program, faults: &str, settings: &str, log: &Path) -> Result<Self> {
        let log_file = OpenOptions::new().create(true).append(true).open(log)?;
        let mut command = program.command(&["up", "--listen", "127.0.0.1:0"], faults);
        if !settings.is_empty() {
            command.args(["--set", settings]);
        }
        command.stdout(Stdio::piped()).stderr(log_file);
        let mut child = command.spawn().with_context(|| format!("start {}", program.binary.display()))?;
        let stdout = child.stdout.take().expect("its output is piped");
        let mut line = String::new();
        let read = timeout(START_MAX, BufReader::new(stdout).read_line(&mut line)).await;
        read.context("the server did not get ready in time")??;
        if line.is_empty() {
            let status = child.wait().await?;
            bail!("the server ended before it was ready: {status}; its log is {}", log.display());
        }
        let Ready { url } = serde_json::from_str(&line).context("the line of a server that is ready")?;
        let address = url.strip_prefix("http://").unwrap_or(&url).parse()?;
        Ok(Self { child, address })
    }

    /// Its API, for the holder of `key`.
    #[must_use]
    pub fn target(&self, key: &str) -> Target {
        Target { address: self.address, key: key.to_owned() }
    }

    /// Sends a signal, unless it has ended already.
    pub fn signal(&self, signal: Signal) {
        let pid = self.child.id().and_then(|id| Pid::from_raw(id.try_into().ok()?));
        if let Some(pid) = pid {
            // It may have ended in between.
            let _ = kill_process(pid, signal);
        }
    }

    /// Waits until it has ended by itself or by a signal.
    ///
    /// # Errors
    /// When it cannot be waited for.
    pub async fn ended(&mut self) -> Result<ExitStatus> {
        Ok(self.child.wait().await?)
    }

    /// Ends it at once, as a power cut does.
    ///
    /// # Errors
    /// When it cannot be waited for.
    pub async fn kill(mut self) -> Result<ExitStatus> {
        self.signal(Signal::KILL);
        self.ended().await
    }

    /// Ends it in order.
    ///
    /// # Errors
    /// When it does not end in time, or not with success.
    pub async fn stop(mut self) -> Result<()> {
        self.signal(Signal::TERM);
        let status = timeout(STOP_MAX, self.ended()).await.context("the server did not end in time")??;
        if status.success() { Ok(()) } else { bail!("the server did not end in order: {status}") }
    }
}
