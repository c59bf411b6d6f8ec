//! Organisations, and what every command says when it cannot do what was asked.

use crate::run::Fixture;
use serde_json::json;

#[test]
fn an_organisation_is_created_with_its_settings_and_named_by_a_slug() {
    let fixture = Fixture::new();
    assert_eq!(fixture.ok(&["admin", "create-org", "Acme Corp"]), "acme-corp\n");
    let options = ["--currency", "EUR", "--time-zone", "europe/berlin", "--fiscal-start", "4"];
    let created = fixture.json(&[&["admin", "create-org", "Second"][..], &options].concat());
    let expected = json!({
        "org": "second", "name": "Second", "currency": "EUR", "time_zone": "Europe/Berlin", "fiscal_start": 4
    });
    assert_eq!(created, expected);
    let stats = fixture.json(&["journal", "stats", "--org", "second"]);
    assert_eq!(stats, json!({ "entries": 1, "last_tenant_seq": 1 }));
    // The current fiscal quarter, in the organisation's zone: April has begun in Berlin, not in UTC.
    let asked = ["kpi", "get", "bookings", "--org", "second", "--now", "2026-03-31T22:30:00Z"];
    let answer = fixture.json(&asked);
    assert_eq!((answer["from"].as_str(), answer["to"].as_str()), (Some("2026-04-01"), Some("2026-07-01")));
    assert_eq!(answer["groups"][0]["unit"], "EUR");
}

#[test]
fn an_organisation_that_exists_or_cannot_be_is_refused() {
    let fixture = Fixture::new();
    fixture.ok(&["admin", "create-org", "Acme"]);
    let (problem, code) = fixture.problem(&["admin", "create-org", "ACME"]);
    assert_eq!((problem["code"].as_str(), code), (Some("organisation_exists"), 1));
    for (option, value) in
        [("--currency", "euro"), ("--time-zone", "Mars/Olympus"), ("--fiscal-start", "13"), ("--now", "soon")]
    {
        let (problem, code) = fixture.problem(&["admin", "create-org", "B", option, value]);
        assert_eq!((problem["code"].as_str(), code), (Some("usage"), 2), "{option} {value}");
    }
    let (problem, code) = fixture.problem(&["admin", "create-org", "B", "--now", "9000-01-01T00:00:00Z"]);
    assert_eq!((problem["code"].as_str(), code), (Some("usage"), 2));
}

#[test]
fn problems_say_what_is_known_and_what_to_do() {
    let fixture = Fixture::new();
    let (problem, code) = fixture.problem(&["journal", "stats", "--org", "acme"]);
    assert_eq!((problem["code"].as_str(), code), (Some("no_data_directory"), 1));
    fixture.ok(&["admin", "create-org", "Acme"]);
    let (problem, _) = fixture.problem(&["journal", "stats", "--org", "acne"]);
    assert_eq!(problem["code"], "unknown_organisation");
    assert_eq!(problem["title"], "Unknown organisation");
    assert_eq!(problem["detail"], "there is no organisation acne; there is acme");
    let output = fixture.run(&["journal", "stats", "--org", "acne"]);
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "error: there is no organisation acne; there is acme\n"
    );
}

#[test]
fn help_and_version_succeed_and_every_command_has_help() {
    let fixture = Fixture::new();
    assert!(fixture.ok(&["--help"]).contains("Exit codes"));
    assert!(fixture.ok(&["--version"]).starts_with("salescope "));
    for command in [
        &["up"][..],
        &["config"],
        &["demo"],
        &["admin", "create-org"],
        &["admin", "create-orgs"],
        &["admin", "create-key"],
        &["admin", "list-keys"],
        &["admin", "revoke-key"],
        &["admin", "erase-person"],
        &["admin", "list-orgs"],
        &["admin", "export-org"],
        &["admin", "erase-org"],
        &["journal", "check"],
        &["journal", "repair"],
        &["openapi"],
        &["dead-letters", "list"],
        &["dead-letters", "retry"],
        &["dead-letters", "drop"],
        &["journal", "entries"],
        &["import", "crm"],
        &["kpi", "list"],
        &["kpi", "get"],
        &["kpi", "series"],
        &["kpi", "explain"],
        &["kpi", "add"],
        &["journal", "stats"],
        &["verify"],
    ] {
        assert!(fixture.ok(&[command, &["--help"]].concat()).contains("Usage: salescope"), "{command:?}");
    }
}
