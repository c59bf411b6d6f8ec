//! Every command, once on the data directory itself and once through a running server: the same answers.

use crate::run::{Fixture, SMALL};
use serde_json::{Value, json};

const KPI: &str = "id: big_wins\nname: Big wins\ndescription: Won deals of 1000 or more.\nunit: count\nbetter: higher\nanchor: close date\ncounts: Won deals.\nleaves_out: Others.\ninputs:\n  won: { fact: deal_closed, where: { outcome: won }, measure: count }\nformula: won\nn: won\n";

/// Members that differ from run to run where they are one value: times, random keys, and how many groups `verify` saw, which is
/// as known at times of the run.
const FLEETING: [&str; 9] =
    ["bytes", "sha256", "groups", "known_at", "occurred_at", "observed_at", "created_at", "key", "number"];

/// Makes every command, in order, and gives what each said as JSON: a document, or lines of them.
fn every_command(fixture: &Fixture) -> Vec<Value> {
    fixture.write_export(&SMALL);
    fixture.write("kpi.yaml", KPI);
    let quarter = ["--from", "2026-01-01", "--to", "2026-04-01"];
    let commands: Vec<Vec<&str>> = vec![
        vec!["admin", "create-org", "Demo"],
        vec!["admin", "create-org", "Demo"],
        vec!["import", "crm", "export", "--org", "demo", "--dry-run"],
        vec!["import", "crm", "export", "--org", "demo"],
        vec!["import", "crm", "export", "--org", "demo"],
        vec!["import", "crm", "export", "--org", "demo", "--dry-run"],
        [&["kpi", "get", "bookings", "--org", "demo", "--group-by", "owner", "--compare"], &quarter[..]]
            .concat(),
        [&["kpi", "series", "bookings", "--org", "demo"], &quarter[..]].concat(),
        [&["kpi", "explain", "win_rate", "--org", "demo", "--filter", "owner=Ann Lee"], &quarter[..]]
            .concat(),
        vec!["kpi", "add", "kpi.yaml", "--org", "demo"],
        vec!["kpi", "add", "kpi.yaml", "--org", "demo"],
        vec!["kpi", "list", "--org", "demo"],
        vec!["kpi", "get", "booking", "--org", "demo"],
        vec!["kpi", "get", "bookings", "--org", "demo", "--filter", "owner=Ann Leigh"],
        vec!["journal", "stats", "--org", "demo"],
        vec!["journal", "stats", "--org", "nobody"],
        vec!["journal", "entries", "--org", "demo"],
        vec!["journal", "entries", "--org", "demo", "--after", "3", "--limit", "2"],
        vec!["verify", "--org", "demo", "--quick", "--now", "2026-11-23T09:41:07Z"],
        vec!["admin", "create-key", "--org", "demo", "--name", "CRM sync"],
        vec!["admin", "list-keys", "--org", "demo"],
        vec!["admin", "revoke-key", "1", "--org", "demo"],
        vec!["admin", "revoke-key", "1", "--org", "demo"],
        vec!["admin", "list-keys", "--org", "demo"],
        vec!["admin", "create-orgs", "--count", "3", "--prefix", "trial-", "--with-keys"],
        vec!["admin", "create-orgs", "--count", "4", "--prefix", "trial-"],
        vec!["admin", "erase-person", "Ann Lee", "--org", "demo"],
        vec!["admin", "erase-person", "p99", "--org", "demo"],
        [&["kpi", "get", "bookings", "--org", "demo", "--group-by", "owner"], &quarter[..]].concat(),
        vec!["dead-letters", "list", "--org", "demo"],
        vec!["dead-letters", "retry", "7", "--org", "demo"],
        vec!["dead-letters", "drop", "7", "--org", "demo"],
        vec!["journal", "cut", "--org", "demo", "--before", "2026-01-01", "--dry-run"],
        vec!["journal", "cut", "--org", "demo", "--before", "2026-01-01T00:00:00Z", "--yes"],
        vec!["journal", "cut", "--org", "nobody", "--before", "2026-01-01", "--yes"],
        vec!["admin", "list-orgs", "--limit", "3"],
        vec!["admin", "export-org", "demo", "--to", "demo.ndjson"],
        vec!["admin", "export-org", "nobody", "--to", "nobody.ndjson"],
        vec!["admin", "erase-org", "trial-2", "--yes"],
        vec!["admin", "erase-org", "trial-2", "--yes"],
        vec!["admin", "list-orgs", "--after", "trial-1"],
    ];
    commands.iter().map(|command| said(fixture, command)).collect()
}

fn said(fixture: &Fixture, command: &[&str]) -> Value {
    let output = fixture.run(&[command, &["--json"]].concat());
    let told = if output.stdout.is_empty() { &output.stderr } else { &output.stdout };
    let lines = String::from_utf8_lossy(told);
    let document =
        |line| steady(serde_json::from_str(line).unwrap_or_else(|_| panic!("{command:?}: {line}")));
    let lines: Vec<Value> = lines.lines().map(document).collect();
    json!({ "command": command, "exit": output.status.code(), "said": lines })
}

/// The document without what differs from run to run.
fn steady(mut document: Value) -> Value {
    match &mut document {
        Value::Object(members) => {
            for (name, value) in members.iter_mut() {
                let replaced = if FLEETING.contains(&name.as_str()) && !value.is_object() && !value.is_array()
                {
                    Value::Null
                } else {
                    steady(value.take())
                };
                *value = replaced;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = steady(item.take())),
        _ => {}
    }
    document
}

#[test]
fn every_command_says_through_a_server_what_it_says_on_the_data_directory_itself() {
    let (alone, served) = (Fixture::new(), Fixture::new());
    let server = served.up();
    let (expected, answers) = (every_command(&alone), every_command(&served));
    for (answer, expected) in answers.iter().zip(&expected) {
        assert_eq!(answer, expected);
    }
    drop(server);
    // Where a command fails, that is meant: these do, and no others.
    let failed: Vec<&str> = expected
        .iter()
        .filter(|said| said["exit"] != 0)
        .map(|said| said["said"][0]["code"].as_str().unwrap())
        .collect();
    let meant = [
        "organisation_exists",
        "unknown_kpi",
        "unknown_name",
        "unknown_organisation",
        "unknown_key",
        "unknown_person",
        "unknown_dead_letter",
        "unknown_dead_letter",
        "unknown_organisation",
        "unknown_organisation",
        "unknown_organisation",
    ];
    assert_eq!(failed, meant);
    let entries = expected[16]["said"].as_array().unwrap();
    let seqs: Vec<u64> = entries.iter().map(|entry| entry["tenant_seq"].as_u64().unwrap()).collect();
    assert!(seqs.iter().copied().eq(1..=seqs.len() as u64), "{seqs:?}");
    assert_eq!(expected[17]["said"].as_array().unwrap().len(), 2);
    assert_eq!(expected[25]["said"].as_array().unwrap().len(), 4);
}
