//! Mapping files: what they may say, and how a file is read by one.

use super::{deals, read, read_as, rejects};
use crate::csv::{ImportError, Mapping};
use salescope_domain::{ForecastCategory, Patch, Quality, Status};

const STAGES: &str =
    "pipelines: [{pipeline: new, stages: [{stage: Open, outcome: open}, {stage: Won, outcome: won}]}]";

fn complaint(yaml: &str) -> String {
    Mapping::parse(yaml).unwrap_err().to_string()
}

fn table(rest: &str) -> String {
    format!("tables: [{{file: d.csv, {rest}}}]")
}

#[test]
fn a_wrong_mapping_file_is_refused_with_the_place_and_what_to_do() {
    for (yaml, part) in [
        ("tables: []".to_owned(), "list at least one"),
        (table("kind: deals, columns: {}"), "deals need the field deal"),
        (table("kind: deals, columns: {deal: id, amuont: x}"), "no field \"amuont\"; they have deal, name"),
        (table("kind: deals, columns: {deal: id, amount: x}"), "constants: {currency: USD}"),
        (table("kind: deals, columns: {deal: id, stage: s}"), "list them under `pipelines`"),
        (table("kind: people, columns: {person: p}, zero_is_absent_when: lost"), "no zero_is_absent_when"),
        (table("kind: deals, columns: {deal: id}, own_fields: {owner: o}"), "owner is a dimension"),
        (table("kind: quotas, columns: {first_day: a, last_day: b}"), "either an amount or a count"),
        (table("kind: deals, columns: {deal: {colum: id}}"), "colum"),
        (table("kind: dealz, columns: {deal: id}"), "dealz"),
        ("tables: [{file: d.csv, kind: deals, columns: {deal: a}}, {file: d.csv, kind: accounts, columns: {account: b}}]"
            .to_owned(), "another table is called so too"),
        (format!("locale: {{decimal: ';'}}\n{}", table("kind: deals, columns: {deal: id}")), "write '.' or ','"),
    ] {
        let complaint = complaint(&yaml);
        assert!(complaint.contains(part), "{yaml}: {complaint}");
    }
}

#[test]
fn missing_files_and_columns_are_refused_by_name() {
    let mapping = Mapping::parse(&table("kind: deals, columns: {deal: id, name: title}")).unwrap();
    let error = read_as(mapping.clone(), &[("e.csv", "id\n")]).err().unwrap();
    assert!(matches!(error, ImportError::FileMissing { .. }));
    let error = read_as(mapping.clone(), &[("d.csv", "id,owner\n")]).err().unwrap();
    assert_eq!(error.to_string(), "d.csv has no column \"title\"; it has id, owner");
    let error = read_as(mapping.clone(), &[("d.csv", "id,title,id\n")]).err().unwrap();
    assert_eq!(error.to_string(), "d.csv has the column \"id\" twice: rename or remove one");
    assert!(read_as(mapping, &[("d.csv", "id,title,x,x\n")]).is_ok());
}

#[test]
fn a_german_spreadsheet_is_read_in_its_declared_locale() {
    let yaml = format!(
        "locale: {{decimal: ',', group: '.', dates: dmy}}\nencoding: windows-1252\n{STAGES}\n{}",
        table(
            "kind: deals, columns: {deal: Nr, name: Titel, amount: Betrag, currency: W\u{e4}hrung, stage: {column: Phase, map: {Offen: Open, Gewonnen: Won}}, close_date: Abschluss, probability: {column: Prozent, percent: true}}, own_fields: {kampagne: Kampagne}"
        )
    );
    let text = "Nr;Titel;Betrag;W\u{e4}hrung;Phase;Abschluss;Prozent;Kampagne;;\r\n\
        1;\"Caf\u{e9}; Umbau\";1.234.567,89;eur;Gewonnen;03.04.2026;100;Messe;;\r\n\
        2;Dach;1,39E8;EUR;Offen;;12,5;;;\r\n";
    let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let file = crate::csv::SourceFile { name: "d.csv".to_owned(), bytes };
    let zone = salescope_domain::Zone::utc();
    let context = crate::csv::Context { now: super::NOW.parse().unwrap(), zone: &zone };
    let batch = crate::csv::Batch::read(Mapping::parse(&yaml).unwrap(), &[file], context).unwrap();
    assert_eq!(rejects(&batch), []);
    let events = deals(batch);
    let (won, open) = (&events[0].set, &events[1].set);
    assert_eq!(won.name.value().unwrap().as_str(), "Caf\u{e9}; Umbau");
    assert_eq!((won.amount_minor, open.amount_minor), (Patch::Set(123_456_789), Patch::Set(13_900_000_000)));
    assert_eq!((won.status, open.status), (Patch::Set(Status::Won), Patch::Set(Status::Open)));
    assert_eq!(won.close_date.value().unwrap().to_string(), "2026-04-03");
    assert_eq!(open.close_date, Patch::Clear);
    assert_eq!(open.probability.value().unwrap().to_string(), "0.125");
    let custom: Vec<_> =
        won.custom.values().chain(open.custom.values()).map(|v| v.as_ref().map(|l| l.as_str())).collect();
    assert_eq!(custom, [Some("Messe"), None]);
    assert!(won.owner.is_keep() && won.products.is_keep(), "no column, nothing said");
}

#[test]
fn constants_fill_empty_cells_and_words_are_read_through_their_map() {
    let yaml = table(
        "kind: deals, columns: {deal: id, amount: amt, currency: cur, status: {column: st, map: {1: won, 0: open}}, forecast_category: fc, changed_at: at}, constants: {currency: USD, lead_source: Fair}",
    );
    let text = "id,amt,cur,st,fc,at\nA,5,,1,Best Case,2026-05-01T10:00:00Z\nB,5,JPY,0,,2026-05-02\nC,5,dollars,0,,2026-05-02\nD,5,,maybe,,2026-05-02\n";
    let batch = read(&yaml, &[("d.csv", text)]);
    assert_eq!(rejects(&batch), [(4, "cur", "invalid_currency"), (5, "st", "unknown_word")]);
    assert!(
        batch.rejects[1].reason.contains("expected one of `open`, `won`, `lost`"),
        "{}",
        batch.rejects[1].reason
    );
    let events = deals(batch);
    assert_eq!(events[0].set.currency.value().unwrap().as_str(), "USD");
    assert_eq!((events[0].set.amount_minor, events[1].set.amount_minor), (Patch::Set(500), Patch::Set(5)));
    assert_eq!(events[0].set.forecast_category, Patch::Set(ForecastCategory::BestCase));
    assert_eq!(events[0].set.lead_source.value().unwrap().as_str(), "Fair");
    assert_eq!((events[0].quality, events[1].quality), (Quality::ExactS, Quality::Approximate));
    assert_eq!(events[0].occurred_at.to_string(), "2026-05-01T10:00:00Z");
    assert_eq!(events[0].version.number, events[0].occurred_at.ms());
}

#[test]
fn the_mapping_file_of_the_manual_can_be_used() {
    let manual = include_str!("../../../../../docs/import.md");
    let (_, rest) = manual.split_once("```yaml\n").unwrap();
    let (yaml, _) = rest.split_once("```").unwrap();
    let export = [
        (
            "deals.csv",
            "Nr;Wer;Phase;Betrag;Ende;Chance;Kampagne\n1;Ann;Verkauft;1.000,50;03.02.2026;100;Messe\n",
        ),
        ("staff.csv", "Wer;Team;Gebiet\nAnn;Nord;DE\n"),
    ];
    let batch = read(yaml, &export);
    assert_eq!(rejects(&batch), []);
    assert_eq!(deals(batch)[0].set.status, Patch::Set(Status::Won));
}
