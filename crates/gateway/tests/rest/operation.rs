//! `/livez`, `/readyz`, `/metrics`, and addresses that are none.

use crate::common::engine::KEY;
use crate::common::{Api, options};
use axum::body::Body;
use http::{Request, StatusCode};
use salescope_engine_api::EngineError;
use salescope_gateway::{GatewayLimits, GatewayOptions, prometheus_recorder};

#[tokio::test]
async fn a_server_lives_although_it_is_not_ready() {
    let api = Api::new();
    assert_eq!(api.get("/readyz").await.status, StatusCode::OK);
    api.engine().failure = Some(EngineError::Unavailable { reason: "the disk is full".into() });
    assert_eq!(api.get("/livez").await.status, StatusCode::OK);
    let reply = api.get("/readyz").await;
    assert_eq!((reply.status, reply.code()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable".to_owned()));
    assert!(reply.text.contains("the disk is full"));
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_problems_too() {
    let api = Api::new();
    for path in ["/", "/api/v1/nothing", "/api/v2/events"] {
        let reply = api.get(path).await;
        assert_eq!((reply.status, reply.code()), (StatusCode::NOT_FOUND, "not_found".to_owned()));
    }
    let reply = api.call("DELETE", "/livez", "application/json", Body::empty()).await;
    assert_eq!(
        (reply.status, reply.code()),
        (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed".to_owned())
    );
    assert!(reply.headers["allow"].to_str().unwrap().contains("GET"));
    let reply = api.get("/api/v1/events").await;
    assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(reply.headers["allow"], "POST");
}

#[tokio::test]
async fn a_sane_request_id_is_given_back() {
    let api = Api::new();
    let request = |id: &str| Request::get("/livez").header("x-request-id", id).body(Body::empty()).unwrap();
    assert_eq!(api.send(request("abc-1")).await.headers["x-request-id"], "abc-1");
    let made = api.send(request("no good")).await.headers["x-request-id"].to_str().unwrap().to_owned();
    assert!(made.starts_with("000000000000feed-"), "{made}");
}

#[tokio::test]
async fn metrics_count_requests_and_items_and_say_nothing_of_clients() {
    let recorder = prometheus_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).unwrap();
    let options = GatewayOptions { prometheus: Some(handle), ..options(GatewayLimits::default()) };
    let api = Api::with(options);
    api.events(r#"[{"event_type":"x","timestamp":"2026-11-20T09:00:00Z"},1]"#).await;
    api.get("/somewhere/secret").await;
    api.send(Request::post("/api/v1/events").body(Body::empty()).unwrap()).await;
    let page = api.get("/metrics").await.text;
    for line in [
        r#"salescope_http_requests_total{route="/api/v1/events",status="200"} 1"#,
        r#"salescope_http_requests_total{route="/api/v1/events",status="401"} 1"#,
        r#"salescope_http_requests_total{route="other",status="404"} 1"#,
        r#"salescope_ingest_items_total{outcome="accepted"} 1"#,
        r#"salescope_ingest_items_total{outcome="rejected"} 1"#,
        "salescope_http_auth_failures_total 1",
        r#"salescope_http_request_seconds_count{route="/api/v1/events"} 2"#,
    ] {
        assert!(page.contains(line), "{line} is missing in\n{page}");
    }
    assert!(!page.contains("secret") && !page.contains(KEY));
}
