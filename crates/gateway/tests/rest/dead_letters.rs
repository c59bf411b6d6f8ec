//! `/api/v1/dead-letters`.

use crate::common::Api;
use http::StatusCode;
use salescope_domain::{Entry, Instant, Payload, SettingsChange, Version};
use salescope_engine_api::{DeadLetter, DeadLetterState};

fn letter(tenant_seq: u64) -> DeadLetter {
    let at = Instant::from_ms(1000);
    let payload = Payload::from(SettingsChange::empty(Version::stated(1)));
    let entry = Entry { tenant_seq, known_at: at, observed_at: at, payload };
    let state = DeadLetterState::Quarantined;
    DeadLetter { tenant_seq, reason: "it crashed".to_owned(), state, since: at, entry }
}

#[tokio::test]
async fn dead_letters_are_listed_tried_again_and_dropped() {
    let api = Api::new();
    api.engine().dead_letters = vec![letter(3), letter(5)];
    let items = api.get("/api/v1/dead-letters").await.json()["items"].clone();
    assert_eq!([&items[0]["state"], &items[0]["since"]], ["quarantined", "1970-01-01T00:00:01Z"]);
    assert_eq!(items[0]["payload"]["settings"]["version"]["number"], 1);
    let reply = api.call("POST", "/api/v1/dead-letters/3/retry", "application/json", "").await;
    assert_eq!(reply.json()["applied"], true);
    let reply = api.call("DELETE", "/api/v1/dead-letters/5", "application/json", "").await;
    assert_eq!(reply.status, StatusCode::NO_CONTENT);
    let reply = api.call("DELETE", "/api/v1/dead-letters/5", "application/json", "").await;
    assert_eq!((reply.status, reply.code()), (StatusCode::NOT_FOUND, "unknown_dead_letter".to_owned()));
    let reply = api.call("DELETE", "/api/v1/dead-letters/five", "application/json", "").await;
    assert_eq!(reply.code(), "invalid_path");
}
