//! The edges of what a server is sent, through a real socket: each gets its clear answer, and the rest carries on.

use crate::http::Api;
use crate::run::{Fixture, Server};
use serde_json::{Value, json};
use std::io::Write;

const JSON: (&str, &str) = ("content-type", "application/json");

/// A server with one organisation, in dollars, and its key.
fn served() -> (Fixture, Server, Api) {
    let fixture = Fixture::new();
    let server = fixture.up();
    fixture.ok(&["admin", "create-org", "Demo"]);
    let key = fixture.ok(&["admin", "create-key", "--org", "demo"]);
    let api = Api::new(server.url(), key.trim());
    (fixture, server, api)
}

fn event(id: &str, more: &Value) -> Value {
    let mut event = json!({ "event_type": "ping", "event_id": id, "timestamp": "2026-03-02T09:00:00Z" });
    event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    event
}

/// That the server takes an event in: whatever was sent before did it no harm.
fn goes_on(api: &Api, id: &str) {
    let reply = api.events(event(id, &json!({})).to_string());
    assert_eq!((reply.status, &reply.body["accepted"]), (200, &json!(1)), "after {id}: {reply:?}");
}

#[test]
fn bodies_that_are_none_are_refused_and_the_next_one_is_taken() {
    let (fixture, _server, api) = served();
    let brackets = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let number =
        |value: &str| format!(r#"[{{"metric_type":"m","time":"2026-03-02T09:00:00Z","value":{value}}}]"#);
    let bodies: Vec<(Vec<u8>, &str)> = vec![
        (b"[{\"event_type\":\"\xc3\x28\"}]".to_vec(), "invalid_utf8"),
        (b"\xff\xfe[".to_vec(), "invalid_utf8"),
        (number("NaN").into(), "invalid_json"),
        (number("Infinity").into(), "invalid_json"),
        (number("-Infinity").into(), "invalid_json"),
        (b"".to_vec(), "empty_body"),
        ("[".repeat(10_000).into(), "invalid_json"),
    ];
    for (at, (body, code)) in bodies.iter().enumerate() {
        let reply = api.events(body);
        assert_eq!(reply.told(), (400, *code), "{}: {reply:?}", String::from_utf8_lossy(body));
        goes_on(&api, &format!("plain-{at}"));
    }
    let deep = format!(r#"[{brackets},{},{}]"#, number(&brackets), event("beside", &json!({})));
    let reply = api.events(deep);
    assert_eq!(reply.status, 200, "{reply:?}");
    let told: Vec<&Value> =
        reply.body["results"].as_array().unwrap().iter().map(|item| &item["status"]).collect();
    assert_eq!(told, ["rejected", "rejected", "accepted"]);
    let text = api.post(&[("content-type", "text/html")], b"[]");
    assert_eq!(text.told(), (415, "unsupported_media_type"));
    let packed = api.post(&[JSON, ("content-encoding", "br")], b"[]");
    assert_eq!(packed.told(), (415, "unsupported_encoding"));
    goes_on(&api, "last");
    // The settings, what went on after each refusal, and the one beside what was too deep.
    assert_eq!(fixture.entries(), 1 + bodies.len() as u64 + 2);
}

#[test]
fn large_bodies_and_bombs_are_refused_without_being_held() {
    let (_fixture, _server, api) = served();
    let large = vec![b' '; 100 << 20];
    assert_eq!(api.events(&large).told(), (413, "body_too_large"));
    goes_on(&api, "large");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&large).unwrap();
    let gzip = gzip.finish().unwrap();
    let zstd = zstd::bulk::compress(&large, 1).unwrap();
    for (encoding, bomb) in [("gzip", gzip), ("zstd", zstd)] {
        assert!(bomb.len() < 1 << 20);
        let reply = api.post(&[JSON, ("content-encoding", encoding)], &bomb);
        assert_eq!(reply.told(), (413, "body_too_large"), "{encoding}");
        goes_on(&api, encoding);
        let torn = api.post(&[JSON, ("content-encoding", encoding)], &bomb[..20]);
        assert_eq!(torn.status, 400, "{encoding}: {torn:?}");
    }
    goes_on(&api, "last");
}

#[test]
fn half_a_request_is_no_request() {
    let (fixture, _server, api) = served();
    let body = event("half", &json!({})).to_string();
    let length = body.len().to_string();
    let whole = api.head("POST", "/api/v1/events", &[JSON, ("content-length", &length)]) + &body;
    for kept in [20, whole.len() - body.len(), whole.len() - 1] {
        let reply = api.begin(&whole.as_bytes()[..kept]);
        assert!([0, 400].contains(&reply.status), "{kept} bytes: {reply:?}");
    }
    assert_eq!(fixture.entries(), 1);
    goes_on(&api, "half");
    assert_eq!(fixture.entries(), 2);
}

#[test]
fn times_are_taken_from_1970_to_tomorrow_and_others_are_refused_by_name() {
    let (_fixture, _server, api) = served();
    let times = ["1960-05-01T00:00:00Z", "2100-01-01T00:00:00Z", "1970-01-01T00:00:00Z"];
    let events: Vec<Value> = times.iter().map(|time| event(time, &json!({ "timestamp": time }))).collect();
    let reply = api.events(json!(events).to_string());
    let results = &reply.body["results"];
    assert_eq!(
        (reply.status, &results[0]["code"], &results[1]["code"], &results[2]["status"]),
        (200, &json!("time_before_1970"), &json!("time_in_future"), &json!("accepted")),
        "{reply:?}"
    );
}

#[test]
fn a_deal_in_a_currency_without_a_rate_is_taken_and_the_figure_says_what_is_missing() {
    let (_fixture, _server, api) = served();
    let deal = json!({
        "event_type": "deal_closed_won", "timestamp": "2026-03-02T09:00:00Z", "deal_id": "d-1", "amount": "100.00",
        "properties": { "currency": "NOK" }
    });
    assert_eq!(api.events(deal.to_string()).body["accepted"], 1);
    let asked = "/api/v1/kpis/bookings?from=2026-01-01&to=2026-04-01";
    let reply = api.get(asked);
    let group = &reply.body["groups"][0];
    assert_eq!((reply.status, &group["value"]), (200, &Value::Null), "{reply:?}");
    let notes = group["notes"].as_array().unwrap();
    assert!(notes.contains(&json!("rate_missing:NOK")), "{reply:?}");
}
