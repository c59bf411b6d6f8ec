//! `/api/v1/quotas` and `/api/v1/rates`.

use crate::common::Api;
use http::StatusCode;
use salescope_domain::directory_view::{QuotaView, RateView};
use salescope_domain::{DateRange, Instant, Payload, PersonId, QuotaHolder, QuotaId, QuotaTarget, SourceId};
use serde_json::json;

#[tokio::test]
async fn a_quota_is_a_persons_a_teams_or_the_organisations() {
    let api = Api::new();
    let period = |mut body: serde_json::Value| {
        body["from"] = json!("2026-01-01");
        body["to"] = json!("2026-04-01");
        body
    };
    for (id, body) in [
        ("q1", json!({"person": "u1", "amount": "1000.50", "currency": "EUR"})),
        ("q2", json!({"team": "west", "count": 12})),
        ("q3", json!({"amount": "5"})),
    ] {
        let reply = api.json("PUT", &format!("/api/v1/quotas/{id}"), period(body)).await;
        assert_eq!(
            (reply.status, &reply.json()["status"]),
            (StatusCode::OK, &json!("accepted")),
            "{}",
            reply.text
        );
    }
    let holders: Vec<QuotaHolder> = api
        .engine()
        .entries
        .iter()
        .map(|entry| match entry {
            Payload::Quota(quota) => quota.holder.clone(),
            other => panic!("{other:?} is no quota"),
        })
        .collect();
    assert!(matches!(
        holders.as_slice(),
        [QuotaHolder::Person(_), QuotaHolder::Team(_), QuotaHolder::Organisation]
    ));
    for (body, pointer) in [
        (json!({"person": "a", "team": "b", "count": 1}), "/team"),
        (json!({"amount": "1", "count": 1}), "/amount"),
        (json!({"amount": "0.001"}), "/amount"),
    ] {
        let reply = api.json("PUT", "/api/v1/quotas/q4", period(body)).await;
        assert_eq!((reply.code().as_str(), &reply.json()["pointer"]), ("invalid_body", &json!(pointer)));
    }
}

#[tokio::test]
async fn quotas_and_rates_are_listed_with_exact_decimals() {
    let api = Api::new();
    let source = SourceId::new("api").unwrap();
    let (known_at, tenant_seq) = (Instant::from_ms(0), 1);
    let period = DateRange::new("2026-01-01".parse().unwrap(), "2026-04-01".parse().unwrap()).unwrap();
    let holder = QuotaHolder::Person(PersonId::new("p1").unwrap());
    let target = QuotaTarget::Money { minor: 100_050, currency: "EUR".parse().unwrap() };
    let quota = QuotaId::new("q1").unwrap();
    let view = QuotaView { source: source.clone(), quota, holder, period, target, known_at, tenant_seq };
    api.engine().quotas = vec![view];
    let (currency, home) = ("EUR".parse().unwrap(), "USD".parse().unwrap());
    let (date, rate) = ("2026-01-01".parse().unwrap(), "1.0850".parse().unwrap());
    api.engine().rates = vec![RateView { source, currency, home, date, rate, known_at, tenant_seq }];
    let quota = api.get("/api/v1/quotas").await.json()["items"][0].clone();
    assert_eq!([&quota["amount"], &quota["person"], &quota["to"]], ["1000.50", "p1", "2026-04-01"]);
    assert_eq!(api.get("/api/v1/rates").await.json()["items"][0]["rate"], "1.085");
}

#[tokio::test]
async fn rates_are_stated_one_or_many_and_a_repetition_is_no_news() {
    let api = Api::new();
    let rate = json!({"currency": "EUR", "date": "2026-01-01", "rate": "1.085", "version": 1});
    let reply = api.json("PUT", "/api/v1/rates", rate.clone()).await;
    assert_eq!(reply.json()["results"], json!([{"status": "accepted", "tenant_seq": 1}]));
    let yen = json!({"currency": "JPY", "home": "EUR", "date": "2026-01-01", "rate": "0.0061"});
    let reply = api.json("PUT", "/api/v1/rates", json!([rate, yen])).await;
    let statuses =
        [&reply.json()["results"][0]["status"], &reply.json()["results"][1]["status"]].map(Clone::clone);
    assert_eq!(statuses, ["duplicate", "accepted"]);
}

#[tokio::test]
async fn a_rate_is_a_text_or_a_number_and_is_kept_exactly() {
    let api = Api::new();
    let body = r#"[{"currency":"EUR","date":"2026-01-01","rate":1.0850000000000001},
        {"currency":"JPY","date":"2026-01-01","rate":"0.0061"}]"#;
    let reply = api.call("PUT", "/api/v1/rates", "application/json", body).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    let Payload::Rate(rate) = api.engine().entries[0].clone() else { panic!("is a rate") };
    assert_eq!(rate.rate.to_string(), "1.0850000000000001");
    let reply = api
        .call("PUT", "/api/v1/rates", "application/json", r#"{"currency":"EUR","date":"2026-01-01"}"#)
        .await;
    assert!(reply.text.contains("missing field `rate`"), "{}", reply.text);
}
