//! `/api/v1/stages`.

use crate::common::Api;
use http::StatusCode;
use salescope_domain::{Instant, Label, Payload, SourceId, StageId, StageOutcome, StageView};
use serde_json::{Value, json};

fn funnel() -> Value {
    json!({
        "pipeline": "new", "pipeline_name": "New business", "version": 3,
        "stages": [
            {"stage": "lead", "name": "Lead", "probability": "0.1", "forecast_category": "pipeline"},
            {"stage": "offer", "probability": 0.5},
            {"stage": "won", "outcome": "won"},
            {"stage": "lost", "outcome": "lost"}
        ]
    })
}

#[tokio::test]
async fn stages_are_stated_in_their_order_after_their_pipeline_and_a_repetition_is_no_news() {
    let api = Api::new();
    let reply = api.json("PUT", "/api/v1/stages?source=crm", funnel()).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text);
    assert_eq!(reply.json()["pipeline"], json!({"status": "accepted", "tenant_seq": 1}));
    assert_eq!(reply.json()["results"][3], json!({"status": "accepted", "tenant_seq": 5}));
    let entries = api.engine().entries.clone();
    assert!(
        matches!(&entries[0], Payload::Pipeline(pipeline) if pipeline.name == Label::new("New business").ok())
    );
    let stages: Vec<(String, u16, StageOutcome, Option<String>)> = entries[1..]
        .iter()
        .map(|entry| {
            let Payload::Stage(stage) = entry else { panic!("{entry:?} is no stage") };
            assert_eq!((stage.source.as_str(), stage.pipeline.as_ref().unwrap().as_str()), ("crm", "new"));
            (
                stage.stage.to_string(),
                stage.position,
                stage.outcome,
                stage.probability.map(|value| value.to_string()),
            )
        })
        .collect();
    let stage = |id: &str, position, outcome, probability: Option<&str>| {
        (id.to_owned(), position, outcome, probability.map(str::to_owned))
    };
    let expected = [
        stage("lead", 1, StageOutcome::Open, Some("0.1")),
        stage("offer", 2, StageOutcome::Open, Some("0.5")),
        stage("won", 3, StageOutcome::Won, None),
        stage("lost", 4, StageOutcome::Lost, None),
    ];
    assert_eq!(stages, expected);
    let again = api.json("PUT", "/api/v1/stages?source=crm", funnel()).await;
    assert_eq!(again.json()["results"][0]["status"], "duplicate");
}

#[tokio::test]
async fn a_refusal_points_at_the_member_that_is_wrong_and_nothing_is_stated() {
    let api = Api::new();
    let long = "x".repeat(300);
    for (pointer, path, value) in [
        ("/stages", "/stages", json!([])),
        ("/pipeline", "/pipeline", json!("")),
        ("/pipeline_name", "/pipeline", Value::Null),
        ("/stages/1/stage", "/stages/1/stage", json!("")),
        ("/stages/3/stage", "/stages/3/stage", json!("lead")),
        ("/stages/0/name", "/stages/0/name", json!(long)),
        ("/stages/2/outcome", "/stages/2/outcome", json!("done")),
        ("/stages/1/probability", "/stages/1/probability", json!("1.5")),
        ("/stages/0/forecast_category", "/stages/0/forecast_category", json!("sure")),
    ] {
        let mut body = funnel();
        *body.pointer_mut(path).unwrap() = value;
        let reply = api.json("PUT", "/api/v1/stages", body).await;
        let told = (reply.code(), reply.json()["pointer"].clone());
        assert_eq!(told, ("invalid_body".to_owned(), json!(pointer)), "{}", reply.text);
    }
    let reply = api.json("PUT", "/api/v1/stages", json!({"stages": [{"stage": "a", "colour": "red"}]})).await;
    assert_eq!(reply.code(), "invalid_body");
    assert!(api.engine().entries.is_empty());
}

#[tokio::test]
async fn the_funnel_is_listed() {
    let api = Api::new();
    api.engine().stages = vec![StageView {
        source: SourceId::new("crm").unwrap(),
        stage: StageId::new("offer").unwrap(),
        pipeline: None,
        pipeline_name: None,
        name: Label::new("Offer").ok(),
        position: 2,
        outcome: StageOutcome::Open,
        probability: Some("0.250".parse().unwrap()),
        forecast_category: None,
        known_at: Instant::from_ms(0),
        tenant_seq: 4,
    }];
    let items = api.get("/api/v1/stages").await.json()["items"].clone();
    let expected = json!([{"source": "crm", "stage": "offer", "name": "Offer", "position": 2, "outcome": "open", "probability": "0.25"}]);
    assert_eq!(items, expected);
}
