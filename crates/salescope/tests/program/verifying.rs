//! `verify` on a sound journal.

use crate::run::Fixture;
use serde_json::json;

#[test]
fn a_sound_journal_is_equal_and_the_counts_say_what_was_compared() {
    let fixture = Fixture::imported();
    let verified = fixture.json(&["verify", "--org", "demo", "--queries", "240"]);
    assert_eq!((&verified["equal"], &verified["queries"]), (&json!(true), &json!(240)));
    assert_eq!(verified["kpis"], 30);
    assert!(verified["as_known"].as_u64().unwrap() > 60);
    assert!(fixture.ok(&["verify", "--org", "demo", "--quick"]).starts_with("equal: 90 questions"));
}

#[test]
fn an_organisation_without_deals_can_be_verified() {
    let fixture = Fixture::new();
    fixture.ok(&["admin", "create-org", "Empty"]);
    fixture.ok(&["verify", "--org", "empty", "--quick"]);
}
