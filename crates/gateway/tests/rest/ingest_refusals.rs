//! `POST /api/v1/events`: bodies that are refused whole, and how.

use crate::common::engine::KEY;
use crate::common::{Api, options};
use axum::body::Body;
use http::{Request, StatusCode};
use salescope_engine_api::EngineError;
use salescope_gateway::GatewayLimits;
use std::io::Write;

async fn refused(api: &Api, kind: &str, body: impl Into<Body>) -> (StatusCode, String) {
    let reply = api.call("POST", "/api/v1/events", kind, body).await;
    (reply.status, reply.code())
}

#[tokio::test]
async fn what_is_no_list_of_items_is_refused_whole_with_its_place() {
    let api = Api::new();
    let json = "application/json";
    for (body, code) in [
        (b"{\"a\":".as_slice(), "invalid_json"),
        (b"[{},", "invalid_json"),
        (b"[{\"value\":NaN}]", "invalid_json"),
        (b"[{\"value\":01}]", "invalid_json"),
        (b"\xff\xfe", "invalid_utf8"),
        (b"[{\"a\":\"\xc3\x28\"}]", "invalid_utf8"),
        (b"", "empty_body"),
        (b" \n ", "empty_body"),
    ] {
        assert_eq!(refused(&api, json, body).await, (StatusCode::BAD_REQUEST, code.to_owned()), "{body:?}");
    }
    let detail = api.events("[{},\n{\"a\" 1}]").await.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("line 2, column 6"), "{detail}");
    assert!(api.engine().slices.is_empty());
}

#[tokio::test]
async fn other_media_types_and_encodings_are_refused() {
    let api = Api::new();
    let wrong = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    let media = refused(&api, "application/x-www-form-urlencoded", "{}").await;
    assert_eq!(media, (wrong, "unsupported_media_type".to_owned()));
    let request = Request::post("/api/v1/events")
        .header("authorization", format!("Bearer {KEY}"))
        .header("content-encoding", "br")
        .body(Body::from("{}"))
        .unwrap();
    let reply = api.send(request).await;
    assert_eq!((reply.status, reply.code()), (wrong, "unsupported_encoding".to_owned()));
}

#[tokio::test]
async fn large_bodies_bombs_and_too_many_items_are_refused() {
    let limits = GatewayLimits {
        packed_bytes_max: 1 << 20,
        unpacked_bytes_max: 2 << 20,
        items_max: 3,
        ..GatewayLimits::default()
    };
    let api = Api::with(options(limits));
    let large = StatusCode::PAYLOAD_TOO_LARGE;
    let stated = refused(&api, "application/json", vec![b' '; (1 << 20) + 1]).await;
    assert_eq!(stated, (large, "body_too_large".to_owned()));
    let parts = futures::stream::iter((0..100).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1 << 20])));
    let streamed = refused(&api, "application/json", Body::from_stream(parts)).await;
    assert_eq!(streamed, (large, "body_too_large".to_owned()));
    let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    bomb.write_all(&vec![b' '; 64 << 20]).unwrap();
    let request = Request::post("/api/v1/events")
        .header("authorization", format!("Bearer {KEY}"))
        .header("content-encoding", "gzip")
        .body(Body::from(bomb.finish().unwrap()))
        .unwrap();
    let reply = api.send(request).await;
    assert_eq!((reply.status, reply.code()), (large, "body_too_large".to_owned()));
    assert_eq!(refused(&api, "application/json", "[1,2,3,4]").await, (large, "too_many_items".to_owned()));
}

#[tokio::test]
async fn deep_nesting_is_refused_item_by_item() {
    let api = Api::new();
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let event = r#"{"event_type":"x","timestamp":"2026-11-20T09:00:00Z"}"#;
    let json = api
        .events(format!(r#"[{deep},{{"event_type":"x","properties":{{"a":{deep}}}}},{event}]"#))
        .await
        .json();
    assert_eq!(json["results"][0]["code"], "invalid_type");
    assert_eq!(json["results"][1]["code"], "too_deep");
    assert_eq!(json["results"][2]["status"], "accepted");
}

#[tokio::test]
async fn without_a_valid_key_nothing_is_told() {
    let api = Api::new();
    let mut documents = Vec::new();
    for header in ["", "Basic abc", "Bearer ", "Bearer ssk_nonsense", "Bearer \u{1}", KEY] {
        let mut request = Request::post("/api/v1/events").header("x-request-id", "same");
        if !header.is_empty() && header.is_ascii() && !header.contains('\u{1}') {
            request = request.header("authorization", header);
        }
        let reply = api.send(request.body(Body::from("[]")).unwrap()).await;
        assert_eq!((reply.status, reply.code()), (StatusCode::UNAUTHORIZED, "unauthenticated".to_owned()));
        assert!(reply.headers["www-authenticate"].to_str().unwrap().starts_with("Bearer"));
        documents.push(reply.text);
    }
    documents.dedup();
    assert_eq!(documents.len(), 1);
}

#[tokio::test]
async fn the_engines_refusals_keep_their_meaning_and_their_hints() {
    let api = Api::new();
    api.events("[]").await;
    let overloaded =
        EngineError::Overloaded { scope: "the server".into(), limit_bytes: 1, retry_after_ms: 1500 };
    for (failure, status, retry_after) in [
        (overloaded, StatusCode::TOO_MANY_REQUESTS, Some("2")),
        (
            EngineError::Unavailable { reason: "the disk is full".into() },
            StatusCode::SERVICE_UNAVAILABLE,
            Some("2"),
        ),
        (EngineError::Internal { detail: "secret".into() }, StatusCode::INTERNAL_SERVER_ERROR, None),
    ] {
        let code = failure.code().to_owned();
        api.engine().failure = Some(failure);
        let reply = api.events(r#"{"event_type":"x","timestamp":"2026-11-20T09:00:00Z"}"#).await;
        assert_eq!((reply.status, reply.code()), (status, code));
        assert_eq!(reply.headers.get("retry-after").map(|value| value.to_str().unwrap()), retry_after);
        assert!(!reply.text.contains("secret"));
    }
}

#[tokio::test]
async fn bodies_beyond_the_memory_for_bodies_are_refused_with_a_hint() {
    let limits = GatewayLimits { body_memory_bytes_max: 100, ..GatewayLimits::default() };
    let api = Api::with(options(limits));
    let reply = api.events(" ".repeat(101)).await;
    assert_eq!((reply.status, reply.code()), (StatusCode::TOO_MANY_REQUESTS, "overloaded".to_owned()));
    assert_eq!(reply.headers["retry-after"], "1");
    assert_eq!(api.events("[]").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_request_that_the_engine_does_not_answer_does_not_hold_others_up() {
    let limits = GatewayLimits { under_way_bytes_max: 1, turn_ms_max: 1, ..GatewayLimits::default() };
    let api = Api::with(options(limits));
    api.engine().hangs = true;
    let event = r#"{"event_type":"x","timestamp":"2026-11-20T09:00:00Z"}"#;
    tokio::select! {
        biased;
        _ = api.events(event) => panic!("nobody answered it"),
        reply = api.events(event) => assert_eq!(reply.status, StatusCode::OK),
    }
    assert!(!api.engine().hangs);
}

#[tokio::test]
async fn requests_beyond_what_an_organisation_may_have_waiting_are_told_to_come_again() {
    let limits = GatewayLimits {
        under_way_bytes_max: 1,
        org_waiting_bytes_max: 1,
        turn_ms_max: 60_000,
        ..GatewayLimits::default()
    };
    let api = Api::with(options(limits));
    api.engine().hangs = true;
    let event = r#"{"event_type":"x","timestamp":"2026-11-20T09:00:00Z"}"#;
    tokio::select! {
        biased;
        _ = api.events(event) => panic!("nobody answered it"),
        _ = api.events(event) => panic!("it is not its turn"),
        reply = api.events(event) => {
            assert_eq!((reply.status, reply.code()), (StatusCode::TOO_MANY_REQUESTS, "overloaded".to_owned()));
            assert_eq!(reply.headers["retry-after"], "1");
        }
    }
}

#[tokio::test]
async fn a_panic_is_a_problem_of_one_request() {
    let api = Api::new();
    api.engine().panics = true;
    let event = r#"{"event_type":"x","timestamp":"2026-11-20T09:00:00Z"}"#;
    let reply = api.events(event).await;
    assert_eq!((reply.status, reply.code()), (StatusCode::INTERNAL_SERVER_ERROR, "internal".to_owned()));
    assert!(!reply.text.contains("told to"));
    assert_eq!(api.events(event).await.status, StatusCode::OK);
}
