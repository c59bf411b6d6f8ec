//! `POST /api/v1/events` and `/api/v1/metrics`: what is taken in.

use crate::common::Api;
use crate::common::engine::KEY;
use axum::body::Body;
use http::{Request, StatusCode};
use salescope_domain::Payload;
use serde_json::json;
use std::io::Write;

const WON: &str = r#"{"event_id":"e1","timestamp":"2026-11-20T09:00:00Z","event_type":"deal_closed_won","user_id":"u1","deal_id":"d1","amount":25000.50,"properties":{"stage":"Won"}}"#;

#[tokio::test]
async fn an_event_is_answered_with_its_position_and_its_repetition_as_a_duplicate() {
    let api = Api::new();
    let reply = api.events(WON).await;
    assert_eq!(reply.status, StatusCode::OK);
    let expected = json!({"tenant_seq": 1, "accepted": 1, "duplicates": 0, "rejected": 0,
        "results": [{"status": "accepted", "tenant_seq": 1}]});
    assert_eq!(reply.json(), expected);
    let again = api.events(format!("[{WON},{WON}]")).await.json();
    assert_eq!((again["tenant_seq"].as_u64(), again["duplicates"].as_u64()), (Some(1), Some(2)));
    let Payload::Deal(event) = api.engine().entries[0].clone() else { panic!("is a deal") };
    assert_eq!(event.set.owner.value().unwrap().as_str(), "p1");
}

#[tokio::test]
async fn each_item_of_a_list_has_its_own_outcome_with_a_pointer_into_the_list() {
    let api = Api::new();
    let body = format!(
        r#"[{WON},{{"event_type":"deal_closed_won","timestamp":"2026-11-20T09:00:00Z","deal_id":"d2","amount":"NaN"}},17,
           {{"type":"deal_created","occurred_at":"2026-11-20T09:00:00Z","deal_id":"d3","ammount":5}}]"#
    );
    let reply = api.events(body).await;
    assert_eq!(reply.status, StatusCode::OK);
    let json = reply.json();
    assert_eq!([&json["accepted"], &json["rejected"], &json["tenant_seq"]], [2, 2, 2]);
    assert_eq!(json["results"][1]["code"], "invalid_number");
    assert_eq!(json["results"][1]["pointer"], "/1/amount");
    assert_eq!(json["results"][2]["pointer"], "/2");
    assert_eq!(json["results"][3], json!({"status": "accepted", "tenant_seq": 2, "left_out": ["ammount"]}));
}

#[tokio::test]
async fn lines_are_taken_one_by_one_and_a_broken_one_is_refused_alone() {
    let api = Api::new();
    let body =
        format!("{WON}\n{{\n\n{{\"metric_type\":\"calls\",\"time\":\"2026-11-20T09:00:00Z\",\"value\":3}}\n");
    let reply = api.call("POST", "/api/v1/metrics", "application/x-ndjson", body).await;
    let json = reply.json();
    assert_eq!([&json["accepted"], &json["rejected"]], [2, 1]);
    assert_eq!(json["results"][1]["code"], "invalid_json");
}

#[tokio::test]
async fn packed_bodies_are_unpacked() {
    let api = Api::new();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(WON.as_bytes()).unwrap();
    let zstd = zstd::encode_all(WON.as_bytes(), 1).unwrap();
    for (encoding, body, accepted) in [("gzip", gzip.finish().unwrap(), 1), ("zstd", zstd, 0)] {
        let request = Request::post("/api/v1/events")
            .header("authorization", format!("Bearer {KEY}"))
            .header("content-encoding", encoding)
            .body(Body::from(body))
            .unwrap();
        let json = api.send(request).await.json();
        assert_eq!(json["accepted"], accepted, "{encoding}: {json}");
    }
    assert_eq!(api.engine().slices, [WON.len() as u64, WON.len() as u64]);
}

#[tokio::test]
async fn people_are_asked_for_once_and_keys_too() {
    let api = Api::new();
    for _ in 0..3 {
        api.events(WON).await;
    }
    let mut two = WON.replace("u1", "u2");
    two = format!("[{WON},{two},{two}]");
    api.events(two).await;
    let engine = api.engine();
    assert_eq!((engine.resolves, engine.key_lookups), (2, 1));
}

#[tokio::test]
async fn items_that_wait_for_somebodys_id_stand_where_they_came() {
    let api = Api::new();
    api.events(WON).await;
    let item = |deal: &str, user: &str| WON.replace("e1", deal).replace("d1", deal).replace("u1", user);
    let (known, wrong) = (item("d2", "u1"), WON.replace("25000.50", "true").replace("u1", "u9"));
    let body = [known, item("d3", "u2"), "17".to_owned(), item("d4", "u1"), wrong, item("d5", "u3")];
    let json = api.events(format!("[{}]", body.join(","))).await.json();
    let results = json["results"].as_array().unwrap();
    let positions: Vec<_> = results.iter().map(|result| result["tenant_seq"].as_u64()).collect();
    assert_eq!(positions, [Some(2), Some(3), None, Some(4), None, Some(5)]);
    assert_eq!((&results[2]["pointer"], &results[4]["pointer"]), (&json!("/2"), &json!("/4/amount")));
    let engine = api.engine();
    let deals = engine.entries.iter().map(|entry| match entry {
        Payload::Deal(event) => (event.deal.to_string(), event.set.owner.value().unwrap().to_string()),
        other => panic!("no deal: {other:?}"),
    });
    let owners: Vec<_> = deals.collect();
    let id = |user: &str| engine.people[&format!("api/{user}")].to_string();
    let said = [("d1", "u1"), ("d2", "u1"), ("d3", "u2"), ("d4", "u1"), ("d5", "u3")];
    assert_eq!(owners, said.map(|(deal, user)| (deal.to_owned(), id(user))));
    assert!(!engine.people.contains_key("api/u9"), "whom only a refused item names is given no id");
}

#[tokio::test]
async fn the_organisations_currency_and_zone_stand_in() {
    let api = Api::new();
    api.engine().settings.currency = "JPY".parse().unwrap();
    api.engine().settings.time_zone = "Asia/Tokyo".to_owned().try_into().unwrap();
    let late = WON.replace("25000.50", "25000").replace("09:00:00Z", "18:00:00Z");
    assert_eq!(api.events(WON).await.json()["results"][0]["code"], "inexact_amount");
    assert_eq!(api.events(late).await.json()["accepted"], 1);
    let Payload::Deal(event) = api.engine().entries[0].clone() else { panic!("is a deal") };
    assert_eq!(event.set.amount_minor.value(), Some(&25_000));
    assert_eq!(event.set.close_date.value().unwrap().to_string(), "2026-11-21");
}

#[tokio::test]
async fn times_of_1960_and_2100_are_refused_item_by_item() {
    let api = Api::new();
    let old = WON.replace("2026-11-20", "1960-01-01");
    let far = WON.replace("2026-11-20", "2100-01-01");
    let json = api.events(format!("[{old},{far},{WON}]")).await.json();
    assert_eq!(json["results"][0]["code"], "time_before_1970");
    assert_eq!(json["results"][1]["code"], "time_in_future");
    assert_eq!(json["results"][2]["status"], "accepted");
}
