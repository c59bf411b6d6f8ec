//! Organisations as a whole: listed, exported, and erased for good, without a server and beside one that is busy.

use crate::http::Api;
use crate::run::{Fixture, SMALL};
use rustix::process::Signal;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

/// In all that is told of the organisation that ends. Random enough to stand as it is in whatever is compressed.
const CANARY: &str = "zq7kxw3v";

/// The files of the data directory that hold the canary.
fn files_with_canary(data: &Path) -> Vec<String> {
    let holds = |bytes: &[u8]| bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes());
    let files = fs::read_dir(data).unwrap().map(|file| file.unwrap());
    let files = files.filter(|file| file.file_type().unwrap().is_file());
    let files = files.filter(|file| holds(&fs::read(file.path()).unwrap()));
    files.map(|file| file.file_name().into_string().unwrap()).collect()
}

/// The organisation that ends, with its name, deals, people and key full of the canary. Gives the key.
fn doomed(fixture: &Fixture) -> String {
    fixture.ok(&["admin", "create-org", &format!("Doomed {CANARY}"), "--slug", CANARY]);
    let changed = SMALL.map(|(name, text)| {
        (name, text.replace("Ann Lee", &format!("Ann {CANARY}")).replace("A1,", &format!("A1-{CANARY},")))
    });
    for (name, text) in &changed {
        fixture.write(&format!("doomed/{name}"), text);
    }
    fixture.ok(&["import", "crm", "doomed", "--org", CANARY]);
    let key = fixture.ok(&["admin", "create-key", "--org", CANARY, "--name", CANARY]);
    key.trim().to_owned()
}

fn kept(fixture: &Fixture) {
    fixture.ok(&["admin", "create-org", "Demo"]);
    fixture.write_export(&SMALL);
    fixture.import(&[]);
}

#[test]
fn an_erased_organisation_is_in_no_file_and_its_name_is_free() {
    let fixture = Fixture::new();
    kept(&fixture);
    doomed(&fixture);
    let figures = fixture.quarter("bookings", &["--group-by", "owner"]);
    assert!(!files_with_canary(&fixture.path("data")).is_empty());
    let (problem, code) = fixture.problem(&["admin", "erase-org", CANARY]);
    assert_eq!((problem["code"].as_str(), code), (Some("usage"), 2), "{problem}");
    let erased = fixture.json(&["admin", "erase-org", CANARY, "--yes"]);
    assert_eq!(erased, json!({ "erased": CANARY, "side_files": [] }));
    assert_eq!(files_with_canary(&fixture.path("data")), [""; 0]);
    for command in [
        &["journal", "stats", "--org", CANARY][..],
        &["admin", "erase-org", CANARY, "--yes"],
        &["admin", "export-org", CANARY, "--to", "gone.ndjson"],
        &["admin", "create-key", "--org", CANARY],
    ] {
        let (problem, code) = fixture.problem(command);
        assert_eq!((problem["code"].as_str(), code), (Some("unknown_organisation"), 1), "{command:?}");
    }
    assert!(!fixture.path("gone.ndjson").exists() && !fixture.path("gone.ndjson.part").exists());
    assert_eq!(fixture.quarter("bookings", &["--group-by", "owner"]), figures);
    assert_eq!(fixture.json(&["verify", "--org", "demo", "--quick"])["equal"], json!(true));
    assert_eq!(fixture.json(&["journal", "check"])["sound"], json!(true));
    fixture.ok(&["admin", "create-org", CANARY]);
    let stats = fixture.json(&["journal", "stats", "--org", CANARY]);
    assert_eq!(stats, json!({ "entries": 1, "last_tenant_seq": 1 }));
    assert_eq!(fixture.json(&["admin", "list-keys", "--org", CANARY])["keys"], json!([]));
}

/// Sends events one after another until told to stop; gives what each was answered.
fn traffic(api: &Api, stop: &AtomicBool) -> Vec<(u16, String)> {
    let mut told = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let event = json!({
            "event_type": "call", "event_id": format!("{CANARY}-{}", told.len()), "timestamp": "2026-03-02T09:00:00Z",
        });
        let reply = api.events(event.to_string());
        told.push((reply.status, reply.told().1.to_owned()));
    }
    told
}

#[test]
fn an_organisation_ends_under_traffic_and_its_neighbour_notices_nothing() {
    let fixture = Fixture::new();
    let server = fixture.up();
    kept(&fixture);
    let victim = Api::new(server.url(), &doomed(&fixture));
    let key = fixture.ok(&["admin", "create-key", "--org", "demo"]);
    let neighbour = Api::new(server.url(), key.trim());
    let (figures, before) = (fixture.quarter("bookings", &["--group-by", "owner"]), fixture.entries());
    let stop = AtomicBool::new(false);
    let (told, ended) = std::thread::scope(|scope| {
        let busy = scope.spawn(|| {
            let events = |at: u32| {
                let event = json!({
                    "event_type": "call", "event_id": at.to_string(), "timestamp": "2026-03-02T09:00:00Z"
                });
                neighbour.events(event.to_string())
            };
            let mut taken = 0;
            while !stop.load(Ordering::Relaxed) {
                assert_eq!(events(taken).body["accepted"], json!(1));
                taken += 1;
            }
            u64::from(taken)
        });
        let ending = scope.spawn(|| traffic(&victim, &stop));
        while fixture.json(&["journal", "stats", "--org", CANARY])["entries"].as_u64().unwrap() < 30 {}
        fixture.ok(&["admin", "erase-org", CANARY, "--yes"]);
        let after = victim.events("[]");
        assert_ne!(after.status, 200, "{after:?}");
        let found = files_with_canary(&fixture.path("data"));
        stop.store(true, Ordering::Relaxed);
        assert_eq!(found, [""; 0]);
        (busy.join().unwrap(), ending.join().unwrap())
    });
    assert_eq!(fixture.entries(), before + told);
    let codes: Vec<&str> = ended.iter().map(|(_, code)| code.as_str()).collect();
    let taken = codes.iter().take_while(|code| code.is_empty()).count();
    assert!(taken > 0 && taken < codes.len());
    let refusals = ["unavailable", "unknown_organisation", "unauthenticated"];
    assert!(codes[taken..].iter().all(|code| refusals.contains(code)), "{codes:?}");
    assert_eq!(fixture.quarter("bookings", &["--group-by", "owner"]), figures);
    let verified = fixture.json(&["verify", "--org", "demo", "--quick"]);
    assert_eq!((&verified["equal"], &verified["entries"]), (&json!(true), &json!(fixture.entries())));
    // What the server remembers by its name is forgotten first.
    let (problem, _) = fixture.problem(&["admin", "create-org", CANARY]);
    assert_eq!(problem["code"], "unavailable", "{problem}");
    assert!(server.end_with(Signal::TERM).success());
    assert_eq!(files_with_canary(&fixture.path("data")), [""; 0]);
    assert_eq!(fixture.json(&["journal", "check"])["sound"], json!(true));
}

#[test]
fn a_key_ends_with_its_organisation() {
    let fixture = Fixture::new();
    let server = fixture.up_with(&["--set", "gateway.key_ms_max=0"]);
    let api = Api::new(server.url(), &doomed(&fixture));
    assert_eq!(api.get("/api/v1/kpis").status, 200);
    fixture.ok(&["admin", "erase-org", CANARY, "--yes"]);
    assert_eq!(api.get("/api/v1/kpis").told(), (401, "unauthenticated"));
}

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn an_export_holds_every_entry_and_who_is_who_and_no_erased_name() {
    let fixture = Fixture::imported();
    fixture.ok(&["admin", "erase-person", "Bo Chan", "--org", "demo"]);
    let entries = fixture.ok(&["journal", "entries", "--org", "demo", "--json"]);
    let entries: Vec<Value> = entries.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let alone = fixture.json(&["admin", "export-org", "demo", "--to", "alone.ndjson"]);
    let server = fixture.up();
    let served = fixture.json(&["admin", "export-org", "demo", "--to", "served.ndjson"]);
    drop(server);
    assert_eq!((&alone["entries"], &alone["after"]), (&json!(entries.len()), &json!(0)));
    // Of three people one is erased.
    assert_eq!(alone["people"], json!(2));
    for name in ["entries", "people", "teams", "last_tenant_seq"] {
        assert_eq!(alone[name], served[name]);
    }
    let (first, second) = (lines(&fixture.path("alone.ndjson")), lines(&fixture.path("served.ndjson")));
    assert_eq!(first[1..first.len() - 1], second[1..second.len() - 1]);
    let exported: Vec<&Value> = first.iter().filter_map(|line| line.get("entry")).collect();
    assert!(exported.iter().copied().eq(&entries));
    let text = fs::read_to_string(fixture.path("alone.ndjson")).unwrap();
    assert!(text.contains("Ann Lee") && !text.contains("Bo Chan"));
    assert_eq!(alone["bytes"], text.len());
    let (problem, code) = fixture.problem(&["admin", "export-org", "demo", "--to", "alone.ndjson"]);
    assert_eq!((problem["code"].as_str(), code), (Some("file_exists"), 1));
}

#[test]
fn organisations_are_listed_with_their_names_page_by_page() {
    let fixture = Fixture::new();
    fixture.ok(&["admin", "create-org", "Beta GmbH", "--slug", "beta"]);
    fixture.ok(&["admin", "create-org", "Acme"]);
    let listed = fixture.json(&["admin", "list-orgs"]);
    let told: Vec<_> = listed["orgs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|org| (&org["org"], &org["name"], &org["entries"]))
        .collect();
    let (one, acme, beta) = (json!(1), json!("acme"), json!("beta"));
    assert_eq!(told, [(&acme, &json!("Acme"), &one), (&beta, &json!("Beta GmbH"), &one)]);
    let page = fixture.json(&["admin", "list-orgs", "--limit", "1"]);
    assert_eq!((&page["orgs"][0]["org"], &page["more"]), (&acme, &json!(true)));
    let page = fixture.json(&["admin", "list-orgs", "--limit", "1", "--after", "acme"]);
    assert_eq!((&page["orgs"][0]["org"], &page["more"]), (&beta, &json!(false)));
    assert!(fixture.ok(&["admin", "list-orgs", "--limit", "1"]).contains("--after acme"));
}

#[test]
fn the_openapi_document_is_printed_as_the_server_has_it() {
    let fixture = Fixture::new();
    let document: Value = serde_json::from_str(&fixture.ok(&["openapi"])).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    assert!(document["paths"]["/api/v1/events"]["post"].is_object());
}
