//! `/api/v1/organisation` and `/api/v1/settings`.

use crate::common::Api;
use http::StatusCode;
use salescope_domain::Payload;
use serde_json::json;

#[tokio::test]
async fn the_organisation_is_the_one_that_the_key_opens() {
    let json = Api::new().get("/api/v1/organisation").await.json();
    assert_eq!([&json["id"], &json["key"]["name"], &json["settings"]["currency"]], ["acme", "test", "USD"]);
}

#[tokio::test]
async fn a_change_of_settings_is_journaled_and_felt_by_the_next_event() {
    let api = Api::new();
    let event =
        r#"{"event_type":"deal_updated","timestamp":"2026-11-20T09:00:00Z","deal_id":"d","amount":1}"#;
    api.events(event).await;
    // The engine in memory folds nothing: the settings in force are scripted.
    api.engine().settings.currency = "EUR".parse().unwrap();
    let change =
        json!({"currency": "EUR", "calendar": {"from": "2026-01-01", "start_month": 4, "pattern": "4-4-5"}});
    let reply = api.json("PATCH", "/api/v1/settings", change).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    assert_eq!(reply.json()["status"], "accepted");
    let Payload::Settings(change) = api.engine().entries[1].clone() else {
        panic!("is a change of settings")
    };
    assert_eq!(change.calendar.unwrap().1.start_month, 4);
    api.events(event.replace("09:00", "10:00")).await;
    let Payload::Deal(deal) = api.engine().entries[2].clone() else { panic!("is a deal") };
    assert_eq!(deal.set.currency.value().unwrap().as_str(), "EUR");
}

#[tokio::test]
async fn settings_that_cannot_be_are_refused() {
    let api = Api::new();
    for body in [
        json!({"currency": "euro"}),
        json!({"time_zone": "Middle/Earth"}),
        json!({"calendar": {"from": "2026-01-01", "start_month": 13}}),
        json!({"colour": "red"}),
    ] {
        let reply = api.json("PATCH", "/api/v1/settings", body.clone()).await;
        assert_eq!(
            (reply.status, reply.code()),
            (StatusCode::UNPROCESSABLE_ENTITY, "invalid_body".to_owned()),
            "{body}"
        );
    }
    assert!(api.engine().entries.is_empty());
}

#[tokio::test]
async fn a_change_that_our_clock_is_too_late_for_is_not_told_as_done() {
    let api = Api::new();
    assert_eq!(
        api.json("PATCH", "/api/v1/settings", json!({"currency": "EUR"})).await.json()["status"],
        "accepted"
    );
    let reply = api.json("PATCH", "/api/v1/settings", json!({"currency": "JPY"})).await;
    assert_eq!((reply.status, reply.code()), (StatusCode::SERVICE_UNAVAILABLE, "unavailable".to_owned()));
}
