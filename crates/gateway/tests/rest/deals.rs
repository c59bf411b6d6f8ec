//! `/api/v1/deals`.

use crate::common::Api;
use http::StatusCode;
use salescope_domain::deal_view::{DealStatus, DealVersion, DealView};
use salescope_domain::{DealId, Instant, Payload, PersonId, SourceId};
use serde_json::json;
use std::collections::BTreeMap;

fn view(deal: &str) -> DealView {
    let current = DealVersion {
        tenant_seq: 3,
        known_at: Instant::from_ms(0),
        occurred_at: Instant::from_ms(1500),
        status: DealStatus::Won,
        owner: PersonId::new("p1").ok(),
        team: None,
        region: None,
        account: None,
        amount_minor: Some(-1250),
        currency: "EUR".parse().ok(),
        amount_home: None,
        pipeline: None,
        stage: None,
        probability: None,
        close_date: "2026-11-20".parse().ok(),
        created_on: None,
        forecast_category: None,
        products: Vec::new(),
        lead_source: None,
        custom: BTreeMap::new(),
    };
    DealView {
        source: SourceId::new("api").unwrap(),
        deal: DealId::new(deal).unwrap(),
        version: 12,
        sequence: 0,
        merged_into: None,
        versions: vec![current.clone()],
        current,
    }
}

#[tokio::test]
async fn a_deal_is_stated_by_its_fields_and_an_older_version_is_told_as_no_news() {
    let api = Api::new();
    let body = json!({"stage": "Won", "amount": "12.50", "currency": "EUR", "user_id": "u1", "version": 12});
    let reply = api.json("PUT", "/api/v1/deals/a%2F1", body.clone()).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    assert_eq!(reply.json(), json!({"status": "accepted", "tenant_seq": 1, "version": 12, "sequence": 0}));
    let Payload::Deal(event) = api.engine().entries[0].clone() else { panic!("is a deal") };
    assert_eq!((event.deal.as_str(), event.source.as_str()), ("a/1", "api"));
    api.engine().deals = vec![view("a/1")];
    let mut older = body;
    older["version"] = json!(11);
    let reply = api.json("PUT", "/api/v1/deals/a%2F1", older).await;
    assert_eq!(reply.json(), json!({"status": "duplicate", "tenant_seq": 1, "version": 12, "sequence": 0}));
}

#[tokio::test]
async fn a_deal_of_another_source_is_another_deal() {
    let api = Api::new();
    let body = json!({"stage": "Won", "version": 1});
    for (path, status) in [
        ("/api/v1/deals/1?source=crm", "accepted"),
        ("/api/v1/deals/1", "accepted"),
        ("/api/v1/deals/1", "duplicate"),
    ] {
        assert_eq!(api.json("PUT", path, body.clone()).await.json()["status"], status, "{path}");
    }
    let reply = api.json("PUT", "/api/v1/deals/1?source=crm", json!({"source": "other"})).await;
    assert_eq!((reply.status, reply.code()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid_body".to_owned()));
}

#[tokio::test]
async fn a_refused_deal_is_told_by_reason_and_pointer() {
    let api = Api::new();
    let reply = api.json("PUT", "/api/v1/deals/1", json!({"amount": "NaN"})).await;
    assert_eq!((reply.status, reply.code()), (StatusCode::UNPROCESSABLE_ENTITY, "rejected_item".to_owned()));
    assert_eq!([&reply.json()["reason"], &reply.json()["pointer"]], ["invalid_number", "/amount"]);
    let reply = api.call("PUT", "/api/v1/deals/1", "application/json", "{").await;
    assert_eq!(reply.json()["reason"], "invalid_json");
    let reply = api.json("PUT", "/api/v1/deals/1?sauce=x", json!({})).await;
    assert_eq!((reply.code().as_str(), &reply.json()["reason"]), ("invalid_parameter", &json!("sauce")));
}

#[tokio::test]
async fn a_deal_is_told_with_its_history_and_the_names_of_people() {
    let api = Api::new();
    api.engine().deals = vec![view("1")];
    api.engine().names.people.insert(PersonId::new("p1").unwrap(), "Ada".to_owned());
    let json = api.get("/api/v1/deals/1").await.json();
    assert_eq!(json["current"]["amount"], "-12.50");
    assert_eq!([&json["current"]["owner"], &json["current"]["owner_name"]], ["p1", "Ada"]);
    assert_eq!(json["current"]["occurred_at"], "1970-01-01T00:00:01.500Z");
    assert_eq!([&json["history"][0]["status"], &json["position"]["epoch"]], [&json!("won"), &json!(1)]);
    let reply = api.get("/api/v1/deals/2").await;
    assert_eq!((reply.status, reply.code()), (StatusCode::NOT_FOUND, "unknown_deal".to_owned()));
}

#[tokio::test]
async fn lists_take_filters_by_id_or_name_and_bounds() {
    let api = Api::new();
    api.engine().deals = vec![view("1"), view("2")];
    api.engine().names.people.insert(PersonId::new("p1").unwrap(), "Ada".to_owned());
    let reply = api.get("/api/v1/deals?owner=Ada&status=won&close_from=2026-01-01&limit=1&after=x").await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    assert_eq!(reply.json()["deals"].as_array().unwrap().len(), 1);
    assert!(reply.json()["next"].is_null());
    let asked = api.engine().asked.pop().unwrap();
    assert_eq!(asked.filter.owner.unwrap().as_str(), "p1");
    assert_eq!(
        (asked.filter.status, asked.limit, asked.after.as_deref()),
        (Some(DealStatus::Won), 1, Some("x"))
    );
    for wrong in
        ["limit=0", "limit=501", "limit=x", "status=gone", "close_to=soon", "owner=Nobody", "stage=a&stage=b"]
    {
        let reply = api.get(&format!("/api/v1/deals?{wrong}")).await;
        assert_eq!(
            (reply.status, reply.code()),
            (StatusCode::BAD_REQUEST, "invalid_parameter".to_owned()),
            "{wrong}"
        );
    }
}
