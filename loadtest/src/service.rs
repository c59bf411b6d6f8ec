//! Servers that this program starts itself: the product, and the peers it is compared with. Each says on its first line
//! of output where it listens and which processes to watch, and ends when it is told.

use crate::drive::Contract;
use crate::http::Target;
use crate::observe::Processes;
use anyhow::{Context, Result, bail, ensure};
use clap::ValueEnum;
use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};

/// A server that says nothing for so long did not start. Recovery of a large journal is part of a start.
const START_MAX: Duration = Duration::from_secs(300);

/// A server that runs so long after it was told to end is killed. The last checkpoints are part of an end.
const STOP_MAX: Duration = Duration::from_secs(120);

/// What can be driven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// The product.
    Salescope,
    /// nginx that answers 202 and keeps nothing: what HTTP alone costs.
    Floor,
    /// Express over PostgreSQL: one multi-row insert with a unique event id for each request.
    ExpressPostgres,
}

impl Kind {
    /// As it is called on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Salescope => "salescope",
            Self::Floor => "floor",
            Self::ExpressPostgres => "express-postgres",
        }
    }

    /// What it promises to answer.
    pub(crate) fn contract(self) -> Contract {
        match self {
            Self::Salescope => Contract::Items,
            Self::Floor => Contract::Status,
            Self::ExpressPostgres => Contract::Count,
        }
    }
}

/// Where the programs are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Programs {
    /// The product's.
    pub(crate) salescope: PathBuf,
    /// The folder with one folder for each peer.
    pub(crate) peers: PathBuf,
}

/// A server that was started here. Dropping it kills it.
#[derive(Debug)]
pub(crate) struct Service {
    kind: Kind,
    child: Child,
    /// Peers run until this closes.
    input: Option<ChildStdin>,
    /// Where it listens.
    pub(crate) url: String,
    /// Its processes.
    pub(crate) processes: Processes,
}

/// A server's first line of output.
#[derive(Debug, Deserialize)]
struct Started {
    url: String,
    pid: Pids,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Pids {
    One(u32),
    Many(Vec<u32>),
}

impl Service {
    /// Starts a server whose data is in `folder`, and waits until it listens.
    pub(crate) async fn start(kind: Kind, programs: &Programs, folder: &Path) -> Result<Self> {
        let mut command = if kind == Kind::Salescope {
            let mut command = Command::new(&programs.salescope);
            command.arg("--data-dir").arg(folder).args(["--json", "up", "--listen", "127.0.0.1:0"]);
            command
        } else {
            let mut command = Command::new(programs.peers.join(kind.name()).join("run.sh"));
            command.arg(folder);
            command
        };
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().with_context(|| format!("cannot start {:?}", command.as_std()))?;
        let output = child.stdout.take().context("its output is piped")?;
        let mut lines = BufReader::new(output).lines();
        let line = tokio::time::timeout(START_MAX, lines.next_line()).await;
        let line = line.with_context(|| format!("{} did not start in time", kind.name()))??;
        let line = line.with_context(|| format!("{} ended before it listened", kind.name()))?;
        let started: Started = serde_json::from_str(&line)
            .with_context(|| format!("{} said {line:?} instead of where it listens", kind.name()))?;
        // Whatever else it prints is read and forgotten, so that it never waits for a full pipe.
        tokio::task::spawn_local(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let roots = match started.pid {
            Pids::One(id) => vec![id],
            Pids::Many(ids) => ids,
        };
        let input = child.stdin.take();
        Ok(Self { kind, child, input, url: started.url, processes: Processes::new(roots) })
    }

    /// Where requests go.
    pub(crate) fn target(&self) -> Result<Target> {
        self.url.parse()
    }

    /// Tells it to end, and waits until it has.
    pub(crate) async fn stop(mut self) -> Result<()> {
        if self.kind == Kind::Salescope {
            self.signal(Signal::TERM)?;
        }
        drop(self.input.take());
        let ended = tokio::time::timeout(STOP_MAX, self.child.wait()).await;
        let Ok(status) = ended else { bail!("{} did not end when it was told to", self.kind.name()) };
        let status = status?;
        ensure!(status.success(), "{} ended with {status}", self.kind.name());
        Ok(())
    }

    /// Kills it without a warning, and waits until it is gone.
    pub(crate) async fn kill(mut self) -> Result<()> {
        self.child.kill().await.context("it could not be killed")
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        let id = self.child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        kill_process(id.context("it has ended already")?, signal).context("it could not be told to end")
    }
}
