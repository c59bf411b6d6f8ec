//! The preset: found by header rows, read as its export means it.

use super::super::preset;
use super::{NOW, deals, read_as, rejects, statements};
use crate::csv::{Batch, ImportError};
use salescope_domain::{
    Basis, ChangeSource, Currency, DealEvent, DealEventKind, Patch, Payload, Quality, StageOutcome,
};

const DEALS: &str =
    "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value";

fn import(export: &[(&str, &str)]) -> Result<Batch, ImportError> {
    let heads: Vec<_> =
        export.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
    read_as(preset::detect(&heads)?.0, export)
}

fn deals_file(rows: &[&str]) -> String {
    format!("{DEALS}\n{}\n", rows.join("\n"))
}

fn four_stages() -> Batch {
    let rows = deals_file(&[
        "W,Ann Lee,GTXPro,Acme,Won,2017-01-02,2017-03-01,1054",
        "L,Ann Lee,GTX Pro,,Lost,2017-01-03,2017-03-02,0",
        "E,Bo Chan,GTK 500,Acme,Engaging,2017-01-04,,",
        "P,Bo Chan,MG 1,Acme Corp,Prospecting,,,",
    ]);
    import(&[
        ("any name.csv", &rows),
        ("teams.csv", "sales_agent,manager,regional_office\nAnn Lee,Max Roe,West\nBo Chan,Max Roe,East\n"),
        ("p.csv", "product,series,sales_price\nGTX Pro,GTX,4821\nGTK 500,GTK,26768\n"),
        ("a.csv", "account,sector,year_established\nAcme,technolgy,1996\n"),
        ("dictionary.csv", "Table,Field,Description\naccounts,account,Name\n"),
    ])
    .unwrap()
}

#[test]
fn files_are_found_by_their_header_rows_and_names_are_matched_to_their_tables() {
    let batch = four_stages();
    assert_eq!(rejects(&batch), []);
    let counts: Vec<_> = batch.tables.iter().map(|table| (table.name.as_str(), table.read)).collect();
    assert_eq!(counts, [("any name", 4), ("teams", 2), ("a", 1), ("p", 2), ("pipelines", 5)]);
    let [change] = &batch.reconciled[..] else { panic!("{:?}", batch.reconciled) };
    assert_eq!((change.from.as_str(), change.to.as_str(), change.rows), ("GTXPro", "GTX Pro", 1));
    let unknown: Vec<_> =
        batch.unknown.iter().map(|name| (name.column.as_str(), name.name.as_str())).collect();
    assert_eq!(unknown, [("account", "Acme Corp"), ("product", "MG 1")]);
}

#[test]
fn each_stage_is_read_as_the_export_means_it() {
    let events = deals(four_stages());
    let texts = |event: &DealEvent| {
        let set = &event.set;
        let or_none = |text: Option<String>| text.unwrap_or_else(|| "none".to_owned());
        let status = format!("{:?}", set.status.value().unwrap());
        let amount = or_none(set.amount_minor.value().map(ToString::to_string));
        let created = or_none(set.created_on.value().map(ToString::to_string));
        let closed = or_none(set.close_date.value().map(ToString::to_string));
        let product = or_none(set.products.value().map(|lines| lines[0].product.to_string()));
        let account = or_none(set.account.value().map(ToString::to_string));
        [status, amount, created, closed, product, account].join(" | ")
    };
    let expected = [
        "Won | 105400 | 2017-01-02 | 2017-03-01 | GTX Pro | Acme",
        "Lost | none | 2017-01-03 | 2017-03-02 | GTX Pro | none",
        "Open | none | 2017-01-04 | none | GTK 500 | Acme",
        "Open | none | none | none | MG 1 | Acme Corp",
    ];
    assert_eq!(events.iter().map(texts).collect::<Vec<_>>(), expected);
    let lost = &events[1].set;
    assert!([lost.amount_minor.is_keep(), lost.account.is_keep()] == [false, false], "absent, and said so");
    assert_eq!(events[0].set.owner.value().unwrap().as_str(), "p-Ann Lee");
}

#[test]
fn every_deal_is_a_snapshot_of_the_time_of_import_in_dollars() {
    for event in &deals(four_stages()) {
        assert_eq!(event.kind, DealEventKind::DealUpdated);
        assert_eq!((event.quality, event.change_source), (Quality::Approximate, ChangeSource::Import));
        assert_eq!((event.version.basis, event.occurred_at.to_string().as_str()), (Basis::Snapshot, NOW));
        assert_eq!(event.set.currency, Patch::Set(Currency::USD));
        assert!(event.set.team.is_keep() && event.set.region.is_keep());
    }
}

#[test]
fn team_region_stages_and_attributes_are_stated_once_and_before_the_deals() {
    let rows = deals_file(&["W,Ann Lee,GTX Pro,Acme,Won,2017-01-02,2017-03-01,1054"]);
    let batch = import(&[
        ("d.csv", &rows),
        ("t.csv", "sales_agent,manager,regional_office\nAnn Lee,Max Roe,West\n"),
        ("a.csv", "account,sector,office_location,subsidiary_of\nAcme,retail,Kenya,\n"),
    ])
    .unwrap();
    assert_eq!(batch.absent, ["products"]);
    let payloads: Vec<Payload> = statements(batch).into_iter().map(|statement| statement.payload).collect();
    let [
        Payload::Pipeline(pipeline),
        stages @ ..,
        Payload::Person(person),
        Payload::Account(account),
        Payload::Deal(_),
    ] = &payloads[..]
    else {
        panic!("{payloads:?}")
    };
    assert_eq!(pipeline.name.as_ref().unwrap().as_str(), "Sales");
    let stages: Vec<_> = stages
        .iter()
        .map(|payload| match payload {
            Payload::Stage(stage) => (stage.stage.as_str(), stage.position, stage.outcome),
            other => panic!("{other:?}"),
        })
        .collect();
    let open = StageOutcome::Open;
    let expected = [
        ("Prospecting", 1, open),
        ("Engaging", 2, open),
        ("Won", 3, StageOutcome::Won),
        ("Lost", 4, StageOutcome::Lost),
    ];
    assert_eq!(stages, expected);
    assert_eq!((person.person.as_str(), person.team.as_ref().unwrap().as_str()), ("p-Ann Lee", "t-Max Roe"));
    assert_eq!(person.region.as_ref().unwrap().as_str(), "West");
    let attributes: Vec<_> =
        account.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(attributes, [("office_location", "Kenya"), ("sector", "retail")]);
}

#[test]
fn bad_rows_are_refused_with_line_column_and_code_and_the_good_ones_go_in() {
    let rows = deals_file(&[
        "A,Ann,GTX,Acme,Won,2017-01-02,2017-03-01,abc",
        "B,Ann,GTX,Acme,Won,2017-01-02,03/04/2017,5",
        "C,Ann,GTX,Acme,Signed,2017-01-02,2017-03-01,5",
        ",Ann,GTX,Acme,Won,2017-01-02,2017-03-01,5",
        "D,Ann,GTX,Acme,Won,2017-01-02,2017-03-01,0.001",
        "E,Ann,GTX,Acme,Won,2017-01-02,1917-03-01,5",
        "F,Ann,GTX,Acme,won,2017-01-02,2017-03-01,5",
        "F,Ann,GTX,Acme,Lost,2017-01-02,2017-03-01,0",
        "G,Ann,GTX",
        "H,Ann,GTX,Acme,,2017-01-02,2017-03-01,5",
    ]);
    let batch = import(&[("d.csv", &rows)]).unwrap();
    let expected = [
        (2, "close_value", "invalid_number"),
        (3, "close_date", "ambiguous_date"),
        (4, "deal_stage", "unknown_stage"),
        (5, "opportunity_id", "missing_value"),
        (6, "close_value", "inexact_amount"),
        (7, "close_date", "date_before_1970"),
        (9, "opportunity_id", "duplicate_key"),
        (10, "", "wrong_cell_count"),
        (11, "deal_stage", "missing_value"),
    ];
    assert_eq!(rejects(&batch), expected);
    assert_eq!(batch.rejects[6].reason, "line 8 of d.csv states the same already");
    assert_eq!((batch.tables[0].read, batch.tables[0].rejected), (10, 9));
    assert_eq!(batch.reconciled[0].to, "Won");
    assert_eq!(deals(batch).len(), 1);
}

#[test]
fn an_export_of_no_known_layout_is_refused_and_says_what_is_missing() {
    let error = import(&[(
        "d.csv",
        "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date\n",
    )]);
    assert!(error.err().unwrap().to_string().contains("d.csv, which lacks close_value"));
    let error = import(&[("x.csv", "a,b\n1,2\n")]).err().unwrap();
    assert_eq!(error, ImportError::UnknownLayout { nearest: None });
    let rows = deals_file(&[]);
    let error = import(&[("1.csv", &rows), ("2.csv", &rows)]).err().unwrap();
    assert_eq!(error.code(), "ambiguous_layout");
    let twice = format!("{DEALS},close_value\n");
    assert_eq!(import(&[("d.csv", &twice)]).err().unwrap().code(), "duplicate_header");
}
