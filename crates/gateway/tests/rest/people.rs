//! `/api/v1/people` and `/api/v1/teams`.

use crate::common::Api;
use http::StatusCode;
use salescope_domain::Payload;
use serde_json::json;

#[tokio::test]
async fn a_person_is_named_outside_of_the_journal_and_erased_there() {
    let api = Api::new();
    let body = json!({"name": "Ada Lindqvist", "team": "west", "region": "EMEA"});
    let reply = api.json("PUT", "/api/v1/people/u1", body.clone()).await;
    assert_eq!(reply.json(), json!({"id": "p1", "status": "accepted", "tenant_seq": 1}), "{}", reply.text);
    assert!(!format!("{:?}", api.engine().entries).contains("Ada"));
    let items = api.get("/api/v1/people").await.json()["items"].clone();
    assert_eq!(items, json!([{"id": "p1", "name": "Ada Lindqvist", "team": "t1", "region": "EMEA"}]));
    let event = r#"{"event_type":"x","timestamp":"2026-11-20T09:00:00Z","user_id":"u1"}"#;
    api.events(event).await;
    assert_eq!(
        api.call("DELETE", "/api/v1/people/p1", "application/json", "").await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(api.get("/api/v1/people").await.json()["items"][0]["name"], json!(null));
    // The gateway forgets too: whoever comes with the same external id is somebody new.
    api.events(event.replace("09:00", "10:00")).await;
    let Payload::Metric(point) = api.engine().entries.last().unwrap().clone() else { panic!("is a fact") };
    let owner = point.dimensions.values().next().unwrap().clone();
    assert_eq!(owner.as_str(), "p1");
    assert_eq!(api.engine().erased.len(), 1);
    let reply = api.call("DELETE", "/api/v1/people/p9", "application/json", "").await;
    assert_eq!((reply.status, reply.code()), (StatusCode::NOT_FOUND, "unknown_person".to_owned()));
}

#[tokio::test]
async fn a_name_that_is_known_is_not_lost_by_a_statement_without_one() {
    let api = Api::new();
    api.json("PUT", "/api/v1/people/u1", json!({"name": "Ada"})).await;
    api.json("PUT", "/api/v1/people/u1", json!({"region": "APAC", "version": 4})).await;
    api.json("PUT", "/api/v1/people/u2", json!({})).await;
    let items = api.get("/api/v1/people").await.json()["items"].clone();
    assert_eq!([&items[0]["name"], &items[1]["name"]], ["Ada", "u2"]);
}

#[tokio::test]
async fn teams_are_stated_and_listed() {
    let api = Api::new();
    let reply = api.json("PUT", "/api/v1/teams/west", json!({"name": "West", "region": "US"})).await;
    assert_eq!(reply.json()["id"], "t1");
    assert_eq!(api.get("/api/v1/teams").await.json()["items"][0]["name"], "West");
    let reply = api.json("PUT", "/api/v1/teams/west", json!({"nick": "W"})).await;
    assert_eq!((reply.status, reply.code()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid_body".to_owned()));
    assert!(reply.text.contains("unknown field `nick`"));
}
