//! The server's life: it owns the data directory, ends in order, and is told from whatever else holds the lock.

use crate::http::Api;
use crate::run::{Fixture, SMALL};
use rustix::process::Signal;
use serde_json::json;
use std::io::{Read, Write};
use std::os::unix::net::UnixListener;

#[test]
fn a_server_that_is_told_to_end_saves_what_it_knows_and_removes_its_socket() {
    let fixture = Fixture::new();
    let server = fixture.up();
    assert!(server.url().starts_with("http://127.0.0.1:"));
    fixture.ok(&["admin", "create-org", "Demo"]);
    fixture.write_export(&SMALL);
    fixture.import(&[]);
    let entries = fixture.entries();
    assert!(server.end_with(Signal::TERM).success());
    assert!(!fixture.path("data/engine.sock").exists());
    assert_eq!(fixture.entries(), entries);
    let server = fixture.up();
    assert_eq!(fixture.entries(), entries);
    assert!(server.end_with(Signal::INT).success());
}

#[test]
fn a_killed_servers_data_is_whole_and_its_socket_in_nobodys_way() {
    let fixture = Fixture::new();
    let server = fixture.up();
    fixture.ok(&["admin", "create-org", "Demo"]);
    assert!(!server.end_with(Signal::KILL).success());
    assert!(fixture.path("data/engine.sock").exists());
    assert_eq!(fixture.entries(), 1);
    let _server = fixture.up();
    assert_eq!(fixture.entries(), 1);
}

#[test]
fn figures_are_verified_while_more_comes_in() {
    let fixture = Fixture::new();
    let _server = fixture.up();
    fixture.ok(&["admin", "create-org", "Demo"]);
    fixture.write_export(&SMALL);
    fixture.import(&[]);
    std::thread::scope(|scope| {
        let verified = scope.spawn(|| fixture.json(&["verify", "--org", "demo", "--queries", "300"]));
        for amount in 1..=15 {
            let changed = SMALL[0].1.replace("2026-03-31,500", &format!("2026-03-31,{amount}"));
            fixture.write_export(&[("sales_pipeline.csv", &changed)]);
            fixture.import(&[]);
        }
        assert_eq!(verified.join().unwrap()["equal"], json!(true));
    });
    let verified = fixture.json(&["verify", "--org", "demo", "--quick"]);
    assert_eq!((&verified["equal"], &verified["entries"]), (&json!(true), &json!(fixture.entries())));
}

#[test]
fn what_the_engine_counts_is_told_before_anything_happened() {
    let fixture = Fixture::new();
    let server = fixture.up();
    let api = Api::new(server.url(), "");
    let mut stream = api.connect();
    stream.write_all(api.head("GET", "/metrics", &[]).as_bytes()).unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    for line in
        ["salescope_tenants_awake 0", "salescope_entries_applied_total 0", "salescope_checkpoints_total 0"]
    {
        assert!(page.lines().any(|told| told == line), "{line}: {page}");
    }
}

#[test]
fn there_is_one_server_for_a_data_directory() {
    let fixture = Fixture::new();
    let _server = fixture.up();
    let (problem, code) = fixture.problem(&["up", "--listen", "127.0.0.1:0"]);
    assert_eq!((problem["code"].as_str(), code), (Some("data_directory_in_use"), 1), "{problem}");
}

#[test]
fn a_server_journals_in_its_own_time() {
    let fixture = Fixture::new();
    fixture.ok(&["admin", "create-org", "Demo"]);
    fixture.write_export(&SMALL);
    let _server = fixture.up();
    let import = ["import", "crm", "export", "--org", "demo", "--now", "2026-05-01T00:00:00Z"];
    let (problem, code) = fixture.problem(&import);
    assert_eq!((problem["code"].as_str(), code), (Some("usage"), 2), "{problem}");
    assert_eq!(fixture.entries(), 1);
    // Asking as if it were another time is another matter.
    let asked = ["kpi", "get", "bookings", "--org", "demo", "--now", "2026-05-01T00:00:00Z"];
    assert_eq!(fixture.json(&asked)["from"], "2026-04-01");
}

#[test]
fn whoever_holds_the_lock_without_serving_is_named_as_what_it_is() {
    let fixture = Fixture::new();
    fixture.ok(&["admin", "create-org", "Demo"]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let store = runtime.block_on(salescope_store::SqliteStore::open(&fixture.path("data"))).unwrap();
    let (problem, _) = fixture.problem(&["journal", "stats", "--org", "demo"]);
    assert_eq!(problem["code"], "data_directory_in_use");
    drop(UnixListener::bind(fixture.path("data/engine.sock")).unwrap());
    let (problem, _) = fixture.problem(&["journal", "stats", "--org", "demo"]);
    assert_eq!(problem["code"], "server_not_answering");
    runtime.block_on(store.close()).unwrap();
    assert_eq!(
        fixture.json(&["journal", "stats", "--org", "demo"]),
        json!({ "entries": 1, "last_tenant_seq": 1 })
    );
}

#[test]
fn a_port_that_is_taken_and_a_configuration_that_is_none_are_problems() {
    let fixture = Fixture::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let (problem, code) = fixture.problem(&["up", "--listen", &taken.local_addr().unwrap().to_string()]);
    assert_eq!((problem["code"].as_str(), code), (Some("address_unusable"), 1));
    let (problem, code) = fixture.problem(&["up", "--set", "actors.shard=2"]);
    assert_eq!((problem["code"].as_str(), code), (Some("usage"), 2));
    assert!(problem["detail"].as_str().unwrap().contains("there is no actors.shard"), "{problem}");
}

#[test]
fn the_default_configuration_is_printed_whole() {
    let fixture = Fixture::new();
    let config = fixture.ok(&["config"]);
    let file = fixture.write("salescope.yaml", &config);
    // It is a configuration file like any other.
    let (problem, _) = fixture.problem(&["up", "--config", &file, "--set", "listen=nowhere"]);
    assert!(problem["detail"].as_str().unwrap().contains("cannot be used"), "{problem}");
}
