//! The server: connections, their bounds, and an orderly end.
//!
//! Invariant: a connection that sends nothing is gone after `header_ms_max`; beyond `connections_max` a connection is told
//! so and closed at once; requests under way when the server stops are answered.

use crate::Gateway;
use crate::app::App;
use axum::body::Body;
use futures::FutureExt;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout_at};

/// What a connection reads when there are too many.
const REFUSAL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/problem+json\r\n\
    retry-after: 1\r\nconnection: close\r\ncontent-length: 173\r\n\r\n\
    {\"type\":\"/errors/unavailable\",\"title\":\"Not available right now\",\"status\":503,\
    \"code\":\"unavailable\",\"detail\":\"the server has as many connections as it takes; try again later\"}";

/// Pause after a failed accept, so that a lack of file descriptors does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How often recorded latencies are folded into their buckets.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// Connections that wait to be accepted, as far as the system allows: a burst of clients who all come back after a restart.
/// The usual 128 makes them wait a second for each try.
const BACKLOG: u32 = 4096;

/// A listener on `address`, with room for a burst of connections.
///
/// # Errors
/// When the address cannot be listened on.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A restart need not wait for the connections of the server before to be forgotten.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Serves until `shutdown` is done, then answers what is under way, for `drain_on_stop_ms` at most.
///
/// # Errors
/// None so far: a connection's failure ends that connection.
pub async fn serve(
    listener: TcpListener,
    gateway: Gateway,
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    let app = gateway.edge.app().clone();
    let limits = &app.options.limits;
    let permits = Arc::new(Semaphore::new(limits.connections_max));
    let (stop, stopped) = watch::channel(false);
    let mut upkeep = interval(UPKEEP_EVERY);
    upkeep.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            () = &mut shutdown => break,
            _ = upkeep.tick() => {
                if let Some(handle) = &app.options.prometheus {
                    handle.run_upkeep();
                }
                continue;
            }
            accepted = listener.accept() => accepted,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let Ok(permit) = permits.clone().try_acquire_owned() else {
            app.metrics.connection_refused();
            refuse(stream);
            continue;
        };
        let connection = connection(gateway.clone(), app.clone(), stream, stopped.clone());
        tokio::spawn(connection.map(move |()| drop(permit)));
    }
    drop(listener);
    let _ = stop.send(true);
    let until = Instant::now() + Duration::from_millis(limits.drain_on_stop_ms);
    timeout_at(until, app.live.stop()).await.ok();
    let all = u32::try_from(limits.connections_max).unwrap_or(u32::MAX);
    if timeout_at(until, permits.acquire_many(all)).await.is_err() {
        tracing::warn!("connections were still open at the end of the time to stop");
    }
    Ok(())
}

/// Says why, as far as the kernel's buffer takes it at once: nobody waits for a client who is refused.
fn refuse(stream: TcpStream) {
    if let Ok(mut stream) = stream.into_std() {
        let _ = stream.write_all(REFUSAL);
    }
}

async fn connection(gateway: Gateway, app: Arc<App>, stream: TcpStream, mut stopped: watch::Receiver<bool>) {
    // Without this a small answer waits for the acknowledgement of the one before.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "the connection takes no options");
    }
    let limits = &app.options.limits;
    let service = service_fn(|request: Request<Incoming>| {
        let gateway = &gateway;
        async move { Ok::<_, Infallible>(gateway.edge.answer(request.map(Body::new)).await) }
    });
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout())
        .max_header_size(limits.header_bytes_max)
        .max_headers(limits.headers_max)
        .half_close(false);
    app.metrics.connected();
    let mut serving = std::pin::pin!(builder.serve_connection(TokioIo::new(stream), service).with_upgrades());
    let ended = tokio::select! {
        ended = &mut serving => ended,
        () = stopped.wait_for(|stopped| *stopped).map(drop) => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    app.metrics.disconnected();
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}
