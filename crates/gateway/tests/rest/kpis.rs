//! `/api/v1/kpis`.

use crate::common::Api;
use http::StatusCode;
use salescope_domain::{Answer, Change, Comparison, Dimension, Group, KpiId, PersonId, Query, Series};
use salescope_domain::{Bucket, Grain};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

fn group() -> Group {
    Group {
        key: BTreeMap::from([(Dimension::Owner, "p1".to_owned())]),
        value: Some("12.50".to_owned()),
        unit: "USD".to_owned(),
        n: 1,
        parts: BTreeMap::new(),
        notes: BTreeSet::from(["few_deals".to_owned()]),
    }
}

fn answer() -> Answer {
    let range =
        salescope_domain::DateRange::new("2026-10-01".parse().unwrap(), "2027-01-01".parse().unwrap());
    Answer {
        kpi: KpiId::new("bookings").unwrap(),
        range: range.unwrap(),
        as_known: None,
        groups: vec![group()],
    }
}

fn api() -> Api {
    let api = Api::new();
    api.engine().names.people.insert(PersonId::new("p1").unwrap(), "Ada".to_owned());
    api.engine().answer = Some(answer());
    api
}

fn asked(api: &Api) -> Query {
    api.engine().queries.pop().unwrap()
}

#[tokio::test]
async fn a_figure_comes_with_its_position_and_names_beside_ids() {
    let api = api();
    let json = api.get("/api/v1/kpis/bookings?group_by=owner").await.json();
    let expected = json!({"position": {"epoch": 1, "tenant_seq": 0}, "kpi": "bookings", "from": "2026-10-01", "to": "2027-01-01",
        "as_known": null, "groups": [{"key": {"owner": "p1"}, "names": {"owner": "Ada"}, "value": "12.50", "unit": "USD", "n": 1,
        "parts": {}, "notes": ["few_deals"]}]});
    assert_eq!(json, expected);
    assert_eq!(asked(&api).range.from.to_string(), "2026-10-01");
}

#[tokio::test]
async fn questions_take_ranges_groups_filters_parameters_and_times() {
    let api = api();
    let reply = api
        .get("/api/v1/kpis/bookings?from=2026-01-01&to=2026-04-01&group_by=owner,region&filter=owner:Ada&filter=owner:p7&filter=region:EMEA&param=by:team&as_known=2026-02-15")
        .await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    let query = asked(&api);
    assert_eq!(query.group_by, [Dimension::Owner, Dimension::Region]);
    assert_eq!(query.filters[&Dimension::Owner], BTreeSet::from(["p1".to_owned(), "p7".to_owned()]));
    assert_eq!(query.params["by"], "team");
    assert_eq!(query.as_known.unwrap().to_string(), "2026-02-15T00:00:00Z");
    for wrong in [
        "from=2026-01-01",
        "from=2026-02-01&to=2026-01-01",
        "filter=owner",
        "filter=owner:Nobody",
        "group=owner",
        "compare=yes",
    ] {
        let reply = api.get(&format!("/api/v1/kpis/bookings?{wrong}")).await;
        assert_eq!(
            (reply.status, reply.code()),
            (StatusCode::BAD_REQUEST, "invalid_parameter".to_owned()),
            "{wrong}"
        );
    }
}

#[tokio::test]
async fn a_comparison_and_a_series_carry_the_same_groups() {
    let api = api();
    let change = Change {
        key: group().key,
        value: Some("2".to_owned()),
        previous: Some("1".to_owned()),
        difference: Some("1".to_owned()),
        ratio: None,
    };
    api.engine().comparison =
        Some(Comparison { current: answer(), previous: answer(), changes: vec![change] });
    let json = api.get("/api/v1/kpis/bookings?compare=true").await.json();
    assert_eq!(json["comparison"]["changes"][0]["names"]["owner"], "Ada");
    assert_eq!(json["comparison"]["groups"], json["groups"]);
    let bucket = Bucket { from: "2026-10-01".to_owned(), to: "2026-11-01".to_owned(), groups: vec![group()] };
    let kpi = KpiId::new("bookings").unwrap();
    api.engine().series = Some(Series { kpi, grain: Grain::Month, as_known: None, buckets: vec![bucket] });
    let series = api.get("/api/v1/kpis/bookings/series?grain=month").await.json();
    assert_eq!(series["buckets"][0]["groups"], json["groups"]);
    assert_eq!(api.get("/api/v1/kpis/bookings/series?grain=age").await.code(), "invalid_parameter");
}

#[tokio::test]
async fn an_unknown_kpi_is_not_found_wherever_it_is_asked_for() {
    let api = Api::new();
    for path in ["/api/v1/kpis/x", "/api/v1/kpis/x/series", "/api/v1/kpis/x/explain?since=2026-01-01"] {
        let reply = api.get(path).await;
        assert_eq!((reply.status, reply.code()), (StatusCode::NOT_FOUND, "unknown_kpi".to_owned()), "{path}");
    }
    assert_eq!(api.get("/api/v1/kpis").await.json(), json!({"kpis": []}));
}

#[tokio::test]
async fn a_definition_is_stored_or_refused_with_what_is_wrong() {
    let api = Api::new();
    let reply = api.call("POST", "/api/v1/kpis", "application/yaml", "id: mine\n").await;
    assert_eq!((reply.status, reply.json()), (StatusCode::CREATED, json!({"id": "mine", "tenant_seq": 7})));
    let reply = api.call("POST", "/api/v1/kpis", "application/yaml", "name: x\n").await;
    assert_eq!(
        (reply.status, reply.code()),
        (StatusCode::UNPROCESSABLE_ENTITY, "invalid_definition".to_owned())
    );
    let reply = api.call("POST", "/api/v1/kpis", "application/json", "{}").await;
    assert_eq!(reply.code(), "unsupported_media_type");
}
