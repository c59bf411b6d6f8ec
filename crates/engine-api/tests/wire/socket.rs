//! A served engine of one test, and what holds for the socket itself.

use crate::recording::Recording;
use futures::StreamExt;
use salescope_domain::OrgId;
use salescope_engine_api::wire::client::EngineClient;
use salescope_engine_api::wire::server::{ServeError, bind, serve};
use salescope_engine_api::{Engine, EngineError};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// An engine behind a socket.
pub(crate) struct Served {
    dir: TempDir,
    pub(crate) client: EngineClient,
    stop: oneshot::Sender<()>,
    server: JoinHandle<Result<(), ServeError>>,
}

impl Served {
    pub(crate) async fn new(engine: Arc<Recording>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let listener = bind(&dir.path().join("engine.sock")).unwrap();
        let (stop, stopped) = oneshot::channel();
        let server = tokio::spawn(serve(engine, listener, async move {
            // A test that has failed drops the sender: that stops the server as well.
            let _ = stopped.await;
        }));
        let client = EngineClient::connect(&dir.path().join("engine.sock")).await.unwrap();
        Self { dir, client, stop, server }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("engine.sock")
    }

    /// Stops the server, and gives what it ended with.
    pub(crate) async fn stop(self) -> (TempDir, EngineClient) {
        self.stop.send(()).unwrap();
        self.server.await.unwrap().unwrap();
        (self.dir, self.client)
    }
}

#[tokio::test]
async fn the_socket_is_its_owners_alone_and_replaces_one_that_was_left_behind() {
    let served = Served::new(Arc::default()).await;
    let mode = fs::metadata(served.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let (dir, _) = served.stop().await;
    let path = dir.path().join("engine.sock");
    assert!(path.exists(), "as a killed process leaves it");
    let error = EngineClient::connect(&path).await.unwrap_err();
    assert!(error.to_string().contains("does not answer"), "{error}");
    bind(&path).unwrap();
    let names: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["engine.sock"]);
}

#[tokio::test]
async fn a_stopping_server_ends_subscriptions_and_later_calls_are_told_so() {
    let engine = Arc::<Recording>::default();
    let served = Served::new(Arc::clone(&engine)).await;
    let org = OrgId::new("acme").unwrap();
    let mut positions = served.client.subscribe(&org).await.unwrap();
    assert_eq!(positions.next().await.unwrap().tenant_seq, 1);
    let (_dir, client) = served.stop().await;
    while positions.next().await.is_some() {}
    assert!(matches!(client.ready().await, Err(EngineError::Unavailable { .. })));
}

#[tokio::test]
async fn a_path_too_long_for_a_socket_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let error = bind(&dir.path().join("x".repeat(120)).join("engine.sock")).unwrap_err();
    assert!(matches!(error, ServeError::Bind { .. }));
}
