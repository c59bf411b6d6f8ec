//! `journal cut`, and what commands say afterwards, with a server and without.

use crate::run::{Fixture, SMALL};
use rustix::process::Signal;
use serde_json::{Value, json};

/// An organisation whose import was taken in in April, and one KPI later.
fn old_and_new() -> Fixture {
    let fixture = Fixture::new();
    fixture.write_export(&SMALL);
    fixture.ok(&["admin", "create-org", "Demo", "--now", "2026-04-01T09:00:00Z"]);
    fixture.import(&["--now", "2026-04-02T09:00:00Z"]);
    let kpi = "id: big_wins\nname: Big wins\ndescription: d\nunit: count\nbetter: higher\nanchor: close date\ncounts: c\nleaves_out: l\ninputs:\n  won: { fact: deal_closed, where: { outcome: won }, measure: count }\nformula: won\nn: won\n";
    fixture.write("kpi.yaml", kpi);
    fixture.ok(&["kpi", "add", "kpi.yaml", "--org", "demo", "--now", "2026-08-01T09:00:00Z"]);
    fixture
}

fn figures(fixture: &Fixture) -> Vec<Value> {
    let grouped = ["--group-by", "owner"];
    let as_known = ["--as-known", "2026-04-01"];
    vec![
        fixture.quarter("bookings", &grouped),
        fixture.quarter("win_rate", &[]),
        fixture.quarter("big_wins", &grouped),
        fixture.quarter("bookings", &as_known),
    ]
}

fn cut(fixture: &Fixture, more: &[&str]) -> Value {
    fixture.json(&[&["journal", "cut", "--org", "demo", "--before", "2026-06-01"], more].concat())
}

#[test]
fn entries_go_figures_stay_and_every_command_says_where_history_begins() {
    let fixture = old_and_new();
    let (entries, before) = (fixture.entries(), figures(&fixture));
    let dry = cut(&fixture, &["--dry-run"]);
    assert_eq!((&dry["entries"], &dry["first_seq"]), (&json!(entries - 1), &json!(entries)));
    assert_eq!((&dry["dry_run"], &dry["baseline"]), (&json!(true), &Value::Null));
    let report = cut(&fixture, &["--yes"]);
    assert_eq!((&report["entries"], &report["last_seq"]), (&json!(entries - 1), &json!(entries)));
    assert_eq!(report["baseline"]["recomputed_seq"], entries - 1);
    assert_eq!(figures(&fixture), before);
    assert_eq!(fixture.entries(), 1);
    assert_eq!(fixture.json(&["journal", "check"])["sound"], true);

    std::fs::remove_file(fixture.path("data/checkpoints.db")).unwrap();
    assert_eq!(figures(&fixture), before);
    assert_says_so(&fixture, entries);
    let server = fixture.up();
    assert_eq!(figures(&fixture), before);
    assert_says_so(&fixture, entries);
    let again = cut(&fixture, &["--yes"]);
    assert_eq!((&again["entries"], &again["baseline"]), (&json!(0), &report["baseline"]));
    server.end_with(Signal::TERM);
    assert_eq!(fixture.import(&[])["imported"], 0, "what was cut off is still known");
    fixture.ok(&["admin", "erase-person", "Ann Lee", "--org", "demo"]);
    assert_eq!(fixture.json(&["admin", "export-org", "demo", "--to", "demo.ndjson"])["entries"], 1);
}

fn assert_says_so(fixture: &Fixture, first: u64) {
    let (problem, exit) = fixture.problem(&["journal", "entries", "--org", "demo"]);
    assert_eq!((&problem["code"], exit), (&json!("before_history_horizon"), 1));
    assert!(problem["detail"].as_str().unwrap().ends_with(&format!("begins at {first}")), "{problem}");
    let after = (first - 1).to_string();
    assert_eq!(
        fixture.json(&["journal", "entries", "--org", "demo", "--after", &after])["tenant_seq"],
        first
    );
    let verified = fixture.json(&["verify", "--org", "demo", "--quick"]);
    assert_eq!((&verified["equal"], &verified["against"]), (&json!(true), &json!("kept_history")));
    assert_eq!((&verified["first_entry"], &verified["kpis"]), (&json!(first), &json!(30)));
    assert_eq!(verified["baseline"]["tenant_seq"], first - 1);
    let text = fixture.ok(&["verify", "--org", "demo", "--quick"]);
    assert!(text.contains(&format!("verified from entry {first} on")), "{text}");
    assert!(text.contains("it was recomputed independently from all of them"), "{text}");
}

#[test]
fn a_cut_asks_first_and_does_not_reach_into_the_future() {
    let fixture = old_and_new();
    let (problem, exit) = fixture.problem(&["journal", "cut", "--org", "demo", "--before", "2026-06-01"]);
    assert_eq!((&problem["code"], exit), (&json!("usage"), 2));
    let later = ["journal", "cut", "--org", "demo", "--before", "2999-01-01", "--yes"];
    assert_eq!(fixture.problem(&later).0["code"], "usage");
    assert_eq!(fixture.json(&["verify", "--org", "demo", "--quick"])["against"], "recomputation");
}
