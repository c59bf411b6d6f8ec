//! Imports: counts that add up, twice the same, rejected rows, dry runs, mapping files.

use crate::run::{DEALS, Fixture, SMALL, counts, shared_export};
use serde_json::json;

#[test]
fn an_export_goes_in_once_and_a_second_run_changes_nothing() {
    let fixture = Fixture::new();
    fixture.ok(&["admin", "create-org", "Demo"]);
    fixture.write_export(&SMALL);
    let first = fixture.import(&[]);
    assert_eq!(counts(&first), [7, 7, 0, 0]);
    let reconciled = json!([{
        "table": "sales_pipeline", "column": "product", "from": "GTXPro", "to": "GTX Pro", "rows": 1
    }]);
    assert_eq!(first["reconciled"], reconciled);
    assert_eq!(
        (&first["unknown"], &first["rejected_file"], &first["dry_run"]),
        (&json!([]), &json!(null), &json!(false))
    );
    let people = json!({ "file": "sales_teams.csv", "kind": "people", "read": 3, "imported": 3, "unchanged": 0, "rejected": 0 });
    assert_eq!(first["tables"]["sales_teams"], people);
    let entries = fixture.entries();
    // Settings, a pipeline with four stages, people, accounts, products, deals.
    assert_eq!(entries, 1 + 5 + 3 + 2 + 2 + 7);
    assert_eq!(counts(&fixture.import(&[])), [7, 0, 7, 0]);
    assert_eq!(fixture.entries(), entries);
}

#[test]
fn a_changed_row_is_one_new_entry_and_an_emptied_cell_is_cleared() {
    let fixture = Fixture::imported();
    let entries = fixture.entries();
    let changed = SMALL[0]
        .1
        .replace("2026-03-31,500", "2026-03-31,")
        .replace("Bo Chan,MG 1,,Lost", "Cy Dorn,MG 1,,Lost");
    fixture.write_export(&[("sales_pipeline.csv", &changed)]);
    assert_eq!(counts(&fixture.import(&["--dry-run"])), [7, 2, 5, 0]);
    assert_eq!(fixture.entries(), entries);
    assert_eq!(counts(&fixture.import(&[])), [7, 2, 5, 0]);
    assert_eq!(fixture.entries(), entries + 2);
    let bookings = fixture.quarter("bookings", &[]);
    assert_eq!((bookings[0]["value"].as_str(), bookings[0]["n"].as_u64()), (Some("1000.00"), Some(1)));
    assert_eq!(bookings[0]["parts"]["without_amount"], "1");
    // The deal was lost before its owner changed: the loss stays with the owner at close.
    assert_eq!(fixture.quarter("win_rate", &["--filter", "owner=Bo Chan"])[0]["n"], 1);
}

#[test]
fn rejected_rows_are_written_with_line_and_reason_and_the_others_go_in() {
    let fixture = Fixture::new();
    fixture.ok(&["admin", "create-org", "Demo"]);
    let rows = format!(
        "{DEALS}\nA,Ann,=X,,Won,2026-01-05,2026-02-10,1\nB,Ann,=X,,Won,2026-01-05,10.02.2026,1\nA,Ann,=X,,Lost,,2026-02-10,0\n"
    );
    fixture.write_export(&[("deals.csv", &rows)]);
    let output = fixture.run(&["import", "crm", "export", "--org", "demo", "--json"]);
    assert_eq!(output.status.code(), Some(3));
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(counts(&summary), [3, 1, 0, 2]);
    assert_eq!(summary["absent"], json!(["sales_teams", "accounts", "products"]));
    assert_eq!(summary["rejected_file"], "export/rejected.csv");
    let file = std::fs::read_to_string(fixture.path("export/rejected.csv")).unwrap();
    let lines: Vec<&str> = file.lines().collect();
    assert!(lines[0].starts_with("file,line,column,code,reason,cell_1,"));
    assert!(lines[1].starts_with("deals.csv,3,close_date,ambiguous_date,"), "{file}");
    assert!(lines[1].ends_with("B,Ann,'=X,,Won,2026-01-05,10.02.2026,1"), "{file}");
    assert!(lines[2].starts_with("deals.csv,4,opportunity_id,duplicate_key,line 2 of deals.csv"), "{file}");
    // The file of rejected rows lies beside the export and is no table of it.
    let again = fixture.run(&["import", "crm", "export", "--org", "demo", "--rejected", "elsewhere.csv"]);
    assert_eq!(again.status.code(), Some(3));
    assert!(
        String::from_utf8_lossy(&again.stdout)
            .contains("deals: 3 read = 0 imported + 1 unchanged + 2 rejected")
    );
    assert_eq!(std::fs::read_to_string(fixture.path("elsewhere.csv")).unwrap(), file);
}

#[test]
fn a_dry_run_says_what_would_happen_and_changes_nothing() {
    let fixture = Fixture::new();
    fixture.ok(&["admin", "create-org", "Demo"]);
    fixture.write_export(&SMALL);
    let summary = fixture.import(&["--dry-run"]);
    assert_eq!((counts(&summary), &summary["dry_run"]), ([7, 7, 0, 0], &json!(true)));
    assert_eq!(fixture.entries(), 1);
    fixture.import(&[]);
    assert_eq!(counts(&fixture.import(&["--dry-run"])), [7, 0, 7, 0]);
}

#[test]
fn a_mapping_file_reads_another_layout_and_its_history_is_used() {
    let fixture = Fixture::new();
    fixture.ok(&["admin", "create-org", "Demo"]);
    fixture.write(
        "mapping.yaml",
        "locale: {decimal: ',', dates: dmy}
pipelines:
- pipeline: new
  stages: [{stage: Lead, outcome: open}, {stage: Offer, outcome: open}, {stage: Sold, outcome: won}]
tables:
- file: deals.csv
  kind: deals
  columns: {deal: Nr, stage: Phase, amount: Betrag, created_on: Angelegt, close_date: Ende, owner: Wer}
  constants: {currency: EUR}
  own_fields: {campaign: Kampagne}
- {file: steps.csv, kind: stage_history, columns: {deal: Nr, stage: Phase, entered_at: Wann}}
- {file: rates.csv, kind: rates, columns: {currency: von, date: ab, rate: kurs}, constants: {home: USD}}
- {file: goals.csv, kind: quotas, columns: {person: Wer, first_day: von, last_day: bis, amount: Ziel}, constants: {currency: USD}}
",
    );
    fixture.write_export(&[
        ("deals.csv", "Nr;Phase;Betrag;Angelegt;Ende;Wer;Kampagne\n1;Sold;1000,50;05.01.2026;03.02.2026;Ann;Fair\n2;Lead;200;07.01.2026;;Bo;\n"),
        ("steps.csv", "Nr;Phase;Wann\n1;Lead;05.01.2026 10:00\n1;Offer;12.01.2026 10:00\n1;Sold;03.02.2026 09:00\n2;Lead;07.01.2026 08:30\n"),
        ("rates.csv", "von;ab;kurs\nEUR;01.01.2026;1,1\n"),
        ("goals.csv", "Wer;von;bis;Ziel\nAnn;01.01.2026;31.03.2026;2201,1\n"),
    ]);
    let summary = fixture.import(&["--mapping", "mapping.yaml"]);
    assert_eq!(counts(&summary), [2, 2, 0, 0]);
    assert_eq!(counts(&fixture.import(&["--mapping", "mapping.yaml"])), [2, 0, 2, 0]);
    let group = |kpi: &str, more: &[&str]| {
        let groups = fixture.quarter(kpi, more);
        (groups[0]["value"].as_str().map(str::to_owned), groups[0]["n"].as_u64().unwrap())
    };
    let value = |text: &str| Some(text.to_owned());
    assert_eq!(group("bookings", &[]), (value("1100.55"), 1));
    assert_eq!(group("bookings", &["--filter", "campaign=Fair"]), (value("1100.55"), 1));
    assert_eq!(group("quota_attainment", &["--filter", "owner=Ann"]), (value("0.500000"), 1));
    assert_eq!(group("stage_conversion", &["--filter", "stage=Lead"]), (value("0.500000"), 2));
    assert_eq!(group("time_in_stage", &["--filter", "stage=Lead"]), (value("7.00"), 1));
    fixture.ok(&["verify", "--org", "demo", "--queries", "120"]);
}

#[test]
fn exports_that_cannot_be_read_are_refused_as_a_whole() {
    let fixture = Fixture::new();
    fixture.ok(&["admin", "create-org", "Demo"]);
    let code = |arguments: &[&str]| {
        let (problem, code) =
            fixture.problem(&[&["import", "crm", "export", "--org", "demo"], arguments].concat());
        assert_eq!(code, 1);
        problem["code"].as_str().unwrap().to_owned()
    };
    assert_eq!(code(&[]), "no_export");
    fixture.write_export(&[("a.csv", "x,y\n1,2\n")]);
    assert_eq!(code(&[]), "unknown_layout");
    fixture.write("m.yaml", "tables: [{file: a.csv, kind: deals, columns: {deal: id}}]");
    assert_eq!(code(&["--mapping", "m.yaml"]), "column_missing");
    fixture.write("m.yaml", "tables: [{file: a.csv, kind: deals, columns: {deel: x}}]");
    assert_eq!(code(&["--mapping", "m.yaml"]), "invalid_mapping");
    assert_eq!(fixture.entries(), 1);
}

#[test]
fn shared_data_crm_export_imports_completely_and_twice_changes_nothing() {
    let fixture = Fixture::new();
    fixture.ok(&["admin", "create-org", "Demo"]);
    let export = shared_export();
    let import = || fixture.json(&["import", "crm", export.to_str().unwrap(), "--org", "demo"]);
    let first = import();
    assert_eq!(counts(&first), [8800, 8800, 0, 0]);
    let reconciled = json!([{
        "table": "sales_pipeline", "column": "product", "from": "GTXPro", "to": "GTX Pro", "rows": 1480
    }]);
    assert_eq!((&first["reconciled"], &first["unknown"]), (&reconciled, &json!([])));
    let stats = fixture.json(&["journal", "stats", "--org", "demo"]);
    assert_eq!(stats, json!({ "entries": 8933, "last_tenant_seq": 8933 }));
    assert_eq!(counts(&import()), [8800, 0, 8800, 0]);
    assert_eq!(fixture.json(&["journal", "stats", "--org", "demo"]), stats);
    fixture.ok(&["verify", "--org", "demo", "--quick"]);
}
