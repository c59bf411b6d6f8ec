//! `/api/docs` and `/errors`.

use crate::common::Api;
use http::StatusCode;
use salescope_domain::{OrgId, PersonId};
use salescope_engine_api::EngineError;
use salescope_gateway::{CODES, Code};
use std::collections::BTreeSet;
use std::path::Path;

#[tokio::test]
async fn every_code_has_its_page_and_every_page_its_code() {
    let api = Api::new();
    for code in CODES {
        let reply = api.get(&format!("/errors/{}", code.name())).await;
        assert_eq!(reply.status, StatusCode::OK);
        assert!(reply.text.contains(&format!("<h1>{}</h1>", code.name())), "{}", reply.text);
        assert!(reply.text.contains(&format!("Status {}", code.status().as_u16())), "{}", code.name());
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/errors");
    let files =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let pages: BTreeSet<String> = files.map(|name| name.trim_end_matches(".md").to_owned()).collect();
    assert_eq!(pages, CODES.iter().map(|code| code.name().to_owned()).collect());
    assert_eq!(api.get("/errors/none").await.code(), "not_found");
    assert!(api.get("/errors").await.text.contains("href=\"/errors/overloaded\""));
}

#[test]
fn every_code_of_the_engine_is_one_of_ours() {
    let org = OrgId::new("a").unwrap();
    let text = String::new;
    for error in [
        EngineError::UnknownOrg { org: org.clone() },
        EngineError::OrgExists { org: org.clone() },
        EngineError::Overloaded { scope: "".into(), limit_bytes: 0, retry_after_ms: 0 },
        EngineError::TooBusy { waiting: 0, retry_after_ms: 0 },
        EngineError::TooMany { what: "".into(), count: 0, max: 0 },
        EngineError::OrganisationFull { org: org.clone(), bytes: 0, max: 0 },
        EngineError::Unavailable { reason: text() },
        EngineError::Damaged { org: org.clone(), detail: text() },
        EngineError::InvalidDefinition { detail: text() },
        EngineError::BeforeHistoryHorizon { org: org.clone(), horizon: 0 },
        EngineError::InvalidCursor,
        EngineError::UnknownPerson { org: org.clone(), person: PersonId::new("p1").unwrap() },
        EngineError::InvalidName { list: "".into(), index: 0, field: "".into(), reason: text() },
        EngineError::ErasureUnfinished { detail: text() },
        EngineError::UnknownDeadLetter { org, tenant_seq: 0 },
        EngineError::Internal { detail: text() },
    ] {
        assert!(Code::named(error.code()).is_some(), "{} has no page", error.code());
    }
    for question in [
        "unknown_kpi",
        "unknown_dimension",
        "invalid_group_by",
        "unknown_parameter",
        "invalid_parameter",
        "parameter_missing",
        "too_many_buckets",
        "grain_too_fine",
        "definition_broken",
    ] {
        assert!(Code::named(question).is_some(), "{question} has no page");
    }
}

#[tokio::test]
async fn the_reference_page_loads_nothing_from_elsewhere() {
    let reply = Api::new().get("/api/docs").await;
    assert_eq!(reply.status, StatusCode::OK);
    assert!(reply.headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
    assert!(!reply.text.contains("http://") && !reply.text.contains("https://"));
}
