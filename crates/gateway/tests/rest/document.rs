//! The OpenAPI document: it is what is served, it is in the repository, and every address in it is answered.

use crate::common::Api;
use axum::body::Body;
use http::{Request, StatusCode};
use serde_json::Value;
use std::path::Path;

/// Set it to write `docs/openapi.json` anew.
const UPDATE: &str = "SALESCOPE_UPDATE_OPENAPI";

fn document() -> Value {
    serde_json::from_str(&salescope_gateway::openapi()).unwrap()
}

fn operations() -> Vec<(String, String, Value)> {
    let document = document();
    let paths = document["paths"].as_object().unwrap();
    let of = |(path, item): (&String, &Value)| {
        let item = item.as_object().unwrap().clone();
        let path = path.clone();
        item.into_iter().map(move |(method, operation)| (method.to_uppercase(), path.clone(), operation))
    };
    paths.iter().flat_map(of).collect()
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the one switch of a test that writes a file of the repository"
)]
fn the_document_in_the_repository_is_the_one_that_the_code_makes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let made = salescope_gateway::openapi();
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&path, &made).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == made,
        "docs/openapi.json is not what the code makes: run this test with {UPDATE}=1 and look at the change"
    );
}

#[tokio::test]
async fn the_document_is_served_and_is_openapi_3_1() {
    let api = Api::new();
    let served = api.get("/api/openapi.json").await.json();
    assert_eq!(served, document());
    assert!(served["openapi"].as_str().unwrap().starts_with("3.1"));
}

#[tokio::test]
async fn every_operation_is_there_and_needs_a_key_unless_it_is_for_operation() {
    let api = Api::new();
    let operations = operations();
    assert!(operations.len() >= 29, "{}", operations.len());
    for (method, path, operation) in operations {
        let is_open = operation["tags"][0] == "operation";
        assert_eq!(operation["security"].as_array().unwrap().is_empty(), is_open, "{method} {path}");
        let address = path.replace("{id}", "x").replace("{external_id}", "x").replace("{tenant_seq}", "1");
        let request = Request::builder().method(method.as_str()).uri(address).body(Body::empty()).unwrap();
        let reply = api.send(request).await;
        if is_open {
            assert_ne!(reply.status, StatusCode::UNAUTHORIZED, "{method} {path}");
        } else {
            assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{method} {path} answered {}", reply.text);
        }
    }
    assert_eq!(api.engine().key_lookups, 0);
}
