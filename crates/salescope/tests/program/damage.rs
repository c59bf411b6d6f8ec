//! `journal check` and `journal repair` on files whose bytes were changed behind the program's back.

use crate::run::Fixture;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// Random enough to stand as it is in a block that is compressed.
const CANARY: &[u8] = b"zq7KxW3v";

/// Two organisations: `demo` with the small export, and `other` with an entry after that.
fn two_orgs() -> Fixture {
    let fixture = Fixture::imported();
    fixture.ok(&["admin", "create-org", "Other"]);
    fixture
}

/// Changes one byte of `file` in the middle of `text`.
fn flip(fixture: &Fixture, file: &str, text: &[u8]) {
    let path = fixture.path("data").join(file);
    let mut bytes = fs::read(&path).unwrap();
    let at = bytes.windows(text.len()).position(|window| window == text);
    bytes[at.unwrap_or_else(|| panic!("{file} does not hold it")) + text.len() / 2] ^= 0x20;
    fs::write(&path, bytes).unwrap();
}

/// The check's answer, and its exit code.
fn check(fixture: &Fixture) -> (Value, i32) {
    let output = fixture.run(&["journal", "check", "--json"]);
    let report = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    (report, output.status.code().unwrap())
}

#[test]
fn sound_files_are_told_one_by_one_and_nothing_is_repaired() {
    let fixture = two_orgs();
    let (report, code) = check(&fixture);
    assert_eq!((&report["sound"], code), (&json!(true), 0), "{report}");
    assert_eq!((&report["organisations"], &report["findings"]), (&json!(2), &json!([])));
    let text = fixture.ok(&["journal", "check"]);
    for file in ["journal.db", "history.db", "checkpoints.db", "directory.db"] {
        assert!(text.lines().any(|line| line.starts_with(file) && line.contains("sound")), "{text}");
    }
    assert!(fixture.ok(&["journal", "repair"]).contains("nothing to repair"));
}

#[test]
fn a_changed_byte_of_the_journal_is_placed_and_cut_out_and_the_other_organisation_keeps_all() {
    let fixture = two_orgs();
    let entries = fixture.entries();
    fixture.write(
        "export/sales_pipeline.csv",
        &format!(
            "{}\nB1,Ann Lee,MG 1,{},Won,2026-01-05,2026-02-10,1000\n",
            crate::run::DEALS,
            String::from_utf8_lossy(CANARY)
        ),
    );
    fixture.import(&[]);
    assert!(fixture.entries() > entries);
    flip(&fixture, "journal.db", CANARY);
    let (report, code) = check(&fixture);
    assert_eq!((&report["sound"], code), (&json!(false), 4), "{report}");
    let findings = report["findings"].as_array().unwrap();
    let placed =
        findings.iter().find(|finding| finding["kind"] == "block_damaged" && finding["org"] == "demo");
    let placed = placed.unwrap_or_else(|| panic!("{report}"));
    assert_eq!((&placed["file"], &placed["from_seq"]), (&json!("journal.db"), &json!(entries + 1)));
    assert!(placed["block"].as_u64().is_some());
    let output = fixture.run(&["journal", "check"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("journal.db      DAMAGED") && text.contains("of organisation demo in block"),
        "{text}"
    );

    let planned = fixture.json(&["journal", "repair", "--dry-run"]);
    let cut = &planned["cuts"][0];
    assert_eq!((&cut["org"], &cut["last_seq"]), (&json!("demo"), &json!(entries)), "{planned}");
    assert_eq!(check(&fixture), (report, 4));
    let asked = fixture.run(&["journal", "repair"]);
    assert_eq!(asked.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&asked.stderr).contains("end the journal of demo at entry"));
    let done = fixture.json(&["journal", "repair", "--yes"]);
    for name in ["side_file", "checkpoints_side_file"] {
        let side_file = fs::metadata(fixture.path("").join(done[name].as_str().unwrap())).unwrap();
        assert!(side_file.len() > 0);
    }
    assert_eq!(done["after"]["findings"], json!([]));
    let (report, code) = check(&fixture);
    assert_eq!((&report["sound"], code), (&json!(true), 0), "{report}");
    assert_eq!(fixture.entries(), entries);
    assert_eq!(fixture.json(&["journal", "stats", "--org", "other"])["entries"], json!(1));
    assert_eq!(fixture.json(&["verify", "--org", "demo", "--quick"])["equal"], json!(true));
    // What was cut can be told again.
    fixture.import(&[]);
    assert!(fixture.entries() > entries);
}

const PAGE_BYTES: usize = 4096;

/// Every file of the data directory, as it is.
fn files(fixture: &Fixture) -> Vec<(PathBuf, Vec<u8>)> {
    let files = fs::read_dir(fixture.path("data")).unwrap().map(|file| file.unwrap().path());
    files.map(|path| (path.clone(), fs::read(&path).unwrap())).collect()
}

/// Makes the data directory what it was.
fn restore(fixture: &Fixture, files: &[(PathBuf, Vec<u8>)]) {
    fs::remove_dir_all(fixture.path("data")).unwrap();
    fs::create_dir(fixture.path("data")).unwrap();
    files.iter().for_each(|(path, bytes)| fs::write(path, bytes).unwrap());
}

/// Overwrites 64 bytes of a page: where its head is, or where its values lie.
fn scratch(path: &Path, page: usize) {
    let mut bytes = fs::read(path).unwrap();
    let at = page * PAGE_BYTES + if page.is_multiple_of(2) { 0 } else { PAGE_BYTES - 100 };
    bytes[at..at + 64].iter_mut().for_each(|byte| *byte ^= 0xff);
    fs::write(path, bytes).unwrap();
}

#[test]
fn whatever_page_is_scratched_a_check_answers_and_a_repair_mends_it_or_says_that_it_does_not() {
    let fixture = two_orgs();
    let sound = files(&fixture);
    let mut damaged = 0;
    for (path, bytes) in sound.iter().filter(|(path, _)| path.extension().is_some_and(|end| end == "db")) {
        for page in 0..bytes.len() / PAGE_BYTES {
            restore(&fixture, &sound);
            scratch(path, page);
            let place = format!("page {page} of {}", path.display());
            let (report, code) = check(&fixture);
            assert_eq!(code, if report["sound"] == json!(true) { 0 } else { 4 }, "{place}: {report}");
            damaged += usize::from(code == 4);
            let output = fixture.run(&["journal", "repair", "--yes", "--json"]);
            let done: Value = serde_json::from_slice(&output.stdout)
                .unwrap_or_else(|_| panic!("{place}: {}", String::from_utf8_lossy(&output.stderr)));
            let is_mended = done["remaining"] == json!([]);
            let (after, code) = check(&fixture);
            assert_eq!(code, if is_mended { 0 } else { 4 }, "{place}: {done} {after}");
            if is_mended {
                fixture.ok(&["journal", "stats", "--org", "other"]);
            }
        }
    }
    assert!(damaged > 10, "{damaged}");
}

#[test]
fn damaged_history_is_placed_and_stays_for_a_backup() {
    let fixture = Fixture::imported();
    // Erasing seals what lies in blocks.
    fixture.ok(&["admin", "create-org", "Short"]);
    fixture.ok(&["admin", "erase-org", "short", "--yes"]);
    let sound = files(&fixture);
    let path = fixture.path("data/history.db");
    let length = fs::read(&path).unwrap().len();
    // The values of a page lie at its end.
    let damage = (1..=length / PAGE_BYTES).find_map(|page| {
        restore(&fixture, &sound);
        let mut bytes = fs::read(&path).unwrap();
        bytes[page * PAGE_BYTES - 100] ^= 1;
        fs::write(&path, &bytes).unwrap();
        let (report, code) = check(&fixture);
        let finding = report["findings"][0].clone();
        (finding["kind"] == "history_damaged").then_some((finding, code, bytes))
    });
    let (finding, code, bytes) = damage.unwrap();
    assert_eq!((&finding["org"], &finding["from_seq"], code), (&json!("demo"), &json!(1), 4), "{finding}");
    let output = fixture.run(&["journal", "repair", "--yes"]);
    assert_eq!(output.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&output.stdout).contains("from one backup"));
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[test]
fn files_in_use_are_neither_checked_nor_repaired() {
    let fixture = two_orgs();
    let _server = fixture.up();
    for command in ["check", "repair"] {
        let (problem, code) = fixture.problem(&["journal", command]);
        assert_eq!((problem["code"].as_str(), code), (Some("data_directory_in_use"), 1), "{problem}");
    }
}
