//! The server's life: open the data directory, offer the engine to other commands and the API to everybody, end in order.
//!
//! Invariant: the socket and the port are open only while this process holds the data directory, and the data directory is
//! closed only after nobody can ask any more.

mod logging;
mod signals;

use crate::clock::{SystemClock, now};
use crate::config::Config;
use crate::door;
use crate::exit::Exit;
use crate::output::Output;
use crate::problem::problem;
use crate::random;
use crate::verify::Oracle;
use anyhow::{Context, Result};
use salescope_engine_api::wire::server as wire;
use salescope_gateway::{Gateway, GatewayOptions};
use salescope_node::Embedded;
use serde::Serialize;
use signals::Signals;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How long other commands may take to end when the server stops; the gateway has a bound of its own.
const COMMANDS_DRAIN: Duration = Duration::from_secs(30);

/// How long answers that need no disk may still take when the disk has failed.
const FAILED_DRAIN: Duration = Duration::from_secs(1);

/// What is printed when the server is ready.
#[derive(Serialize)]
struct Ready {
    url: String,
    pid: u32,
}

/// Runs the server until it is told to end.
pub(crate) async fn run(dir: &Path, config: Config, output: Output) -> Result<Exit> {
    logging::start(&config.log)?;
    let mut signals = Signals::listen()?;
    let listener = salescope_gateway::listen(config.listen).map_err(|error| {
        problem(
            "address_unusable",
            format!("cannot listen on {}: {error}; give another --listen", config.listen),
        )
    })?;
    let address = listener.local_addr().context("the address that was taken is not known")?;
    // Before the engine starts: it says what it counts once, to whoever listens then.
    let gateway = gateway_options(&config)?;
    let node = Embedded::open(dir, config.node(), Arc::new(SystemClock), Arc::new(Oracle)).await?;
    let ended = serve(&node, listener, dir, gateway, &mut signals, || {
        let ready = Ready { url: format!("http://{address}"), pid: std::process::id() };
        output
            .line(&ready, || format!("listening on {}, process {}; Ctrl-C ends it", ready.url, ready.pid))?;
        Ok(())
    });
    let ended = ended.await;
    let closed = node.close().await.context("the data directory could not be closed");
    ended.and_then(|()| closed.map(|()| Exit::Done))
}

/// Serves until a signal, a failed disk or a server's own end; returns when nobody is served any more.
async fn serve(
    node: &Embedded,
    listener: TcpListener,
    dir: &Path,
    gateway: GatewayOptions,
    signals: &mut Signals,
    ready: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let (stop, stopped) = watch::channel(false);
    let socket = door::socket(dir);
    let commands = wire::bind(&socket)?;
    let commands = tokio::spawn(wire::serve(node.engine(), commands, until(stopped.clone())));
    let gateway = Gateway::new(node.engine(), gateway);
    let api = tokio::spawn(salescope_gateway::serve(listener, gateway, until(stopped)));
    #[cfg(feature = "faults")]
    tokio::spawn(crate::faults::count_hits());
    ready()?;
    tracing::info!(dir = %dir.display(), "ready");
    let mut fatal = node.fatal();
    let why = tokio::select! {
        name = signals.next() => {
            tracing::info!(signal = name, "stopping");
            Ok(())
        }
        reason = fatal.wait_for(Option::is_some) => Err(disk_failed(reason.ok().and_then(|reason| reason.clone()))),
    };
    stop.send_replace(true);
    let drained = match &why {
        Ok(()) => drain(api, commands, signals).await,
        // What waits for a commit waits for nothing. Whether it is on the disk, the next process knows.
        Err(_) => tokio::time::timeout(FAILED_DRAIN, drain(api, commands, signals)).await.unwrap_or(Ok(())),
    };
    // Nobody listens there any more; a socket that is left behind is replaced by the next server.
    let _ = std::fs::remove_file(&socket);
    why.and(drained)
}

/// Waits for both servers to end; a second signal ends the waiting.
async fn drain<A, C>(
    api: JoinHandle<std::io::Result<A>>,
    commands: JoinHandle<Result<C, wire::ServeError>>,
    signals: &mut Signals,
) -> Result<()> {
    let abort = (api.abort_handle(), commands.abort_handle());
    let both = async {
        let (api, commands) = tokio::join!(api, tokio::time::timeout(COMMANDS_DRAIN, commands));
        api.context("the API's server crashed")?.context("the API's server failed")?;
        match commands {
            Ok(commands) => commands.context("the socket's server crashed")?.map(|_| ()).context("it failed"),
            Err(_) => Ok(()),
        }
    };
    let drained = tokio::select! {
        drained = both => drained,
        name = signals.next() => {
            Err(problem("stopped_early", format!("a second {name} came before everything under way was answered")))
        }
    };
    abort.0.abort();
    abort.1.abort();
    drained
}

fn disk_failed(reason: Option<String>) -> anyhow::Error {
    let reason = reason.unwrap_or_else(|| "the engine ended".to_owned());
    problem(
        "disk_failed",
        format!("{reason}: the server ends; when the disk is well, start it again, and it recovers"),
    )
}

async fn until(mut stopped: watch::Receiver<bool>) {
    // The sender outlives the servers; were it gone, the server would have to end as well.
    let _ = stopped.wait_for(|stop| *stop).await;
}

fn gateway_options(config: &Config) -> Result<GatewayOptions> {
    let recorder = salescope_gateway::prometheus_recorder();
    let prometheus = recorder.handle();
    let _ = metrics::set_global_recorder(recorder);
    Ok(GatewayOptions {
        limits: config.gateway.clone(),
        access_log: config.log.access,
        prometheus: Some(prometheus),
        ..GatewayOptions::new(Arc::new(now), u64::from_le_bytes(random::bytes()?))
    })
}
