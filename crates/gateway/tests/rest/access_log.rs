//! The access log: one line a request, with the organisation, and nothing secret.

use crate::common::engine::KEY;
use crate::common::{Api, options};
use parking_lot::Mutex;
use salescope_engine_api::EngineError;
use salescope_gateway::{AccessLog, GatewayLimits, GatewayOptions};
use std::io::{self, Write};
use std::sync::Arc;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        self.0.lock().extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

async fn lines(access_log: AccessLog) -> Vec<String> {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .without_time()
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let api = Api::with(GatewayOptions { access_log, ..options(GatewayLimits::default()) });
    api.events(r#"{"event_type":"planted","timestamp":"2026-11-20T09:00:00Z"}"#).await;
    api.get("/api/v1/settings").await;
    api.events("planted").await;
    api.engine().failure = Some(EngineError::Internal { detail: "a broken wheel".into() });
    api.get("/api/v1/settings").await;
    let bytes = lines.0.lock().clone();
    String::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn each_request_has_its_line_with_route_status_and_organisation() {
    let lines = lines(AccessLog::All).await;
    assert_eq!(lines.len(), 5, "{lines:#?}");
    for (line, parts) in lines.iter().zip([
        ["method=\"POST\"", "route=\"/api/v1/events\"", "status=200"],
        ["method=\"GET\"", "route=\"/api/v1/settings\"", "status=200"],
        ["method=\"POST\"", "route=\"/api/v1/events\"", "status=400"],
        ["ERROR", "a broken wheel", "request="],
        ["method=\"GET\"", "route=\"/api/v1/settings\"", "status=500"],
    ]) {
        assert!(parts.iter().all(|part| line.contains(part)), "{line}");
        assert!(line.contains("org=\"acme\"") || line.contains("ERROR"), "{line}");
        assert!(!line.contains(KEY) && !line.contains("planted"), "{line}");
    }
}

#[tokio::test]
async fn success_needs_no_line_unless_asked_for() {
    assert_eq!(lines(AccessLog::Errors).await.len(), 3);
    assert_eq!(lines(AccessLog::Off).await.len(), 1);
}
