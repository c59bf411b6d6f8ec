//! Questions: names in and out, ranges, times, series, explanations, own KPIs.

use crate::run::Fixture;
use serde_json::{Value, json};

fn values(groups: &Value, dimension: &str) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or("null").to_owned();
    let groups = groups.as_array().unwrap().iter();
    groups.map(|group| (text(&group["key"][dimension]), text(&group["value"]))).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn an_answer_has_the_documented_shape() {
    let fixture = Fixture::imported();
    let asked = ["kpi", "get", "bookings", "--org", "demo", "--from", "2026-01-01", "--to", "2026-04-01"];
    let expected = json!({
        "kpi": "bookings", "from": "2026-01-01", "to": "2026-04-01", "as_known": null,
        "groups": [{
            "key": {}, "value": "1500.00", "unit": "USD", "n": 2, "parts": { "without_amount": "0" }, "notes": []
        }]
    });
    assert_eq!(fixture.json(&asked), expected);
    assert!(fixture.ok(&asked).contains("1500.00"));
}

#[test]
fn owners_and_teams_are_asked_for_and_shown_by_name_in_the_order_of_names() {
    let fixture = Fixture::imported();
    let year = ["--from", "2025-12-01", "--to", "2027-01-01"];
    let get = |more: &[&str]| {
        fixture.json(&[&["kpi", "get", "bookings", "--org", "demo"], &year[..], more].concat())["groups"]
            .clone()
    };
    let by_owner = pairs(&[("Ann Lee", "1500.00"), ("Bo Chan", "250.50"), ("Cy Dorn", "70.00")]);
    assert_eq!(values(&get(&["--group-by", "owner"]), "owner"), by_owner);
    let by_team = pairs(&[("Max Roe", "1750.50"), ("Zoe Ash", "70.00")]);
    assert_eq!(values(&get(&["--group-by", "team"]), "team"), by_team);
    let two = get(&["--filter", "owner=Ann Lee", "--filter", "owner=Cy Dorn", "--filter", "region=East"]);
    assert_eq!(two[0]["value"], "70.00");
    let by_sector = pairs(&[("medical", "250.50"), ("retail", "1570.00")]);
    assert_eq!(values(&get(&["--group-by", "sector"]), "sector"), by_sector);
    let ranked = fixture.json(
        &[&["kpi", "get", "leaderboard", "--org", "demo"], &year[..], &["--param", "kpi=sales_cycle"]]
            .concat(),
    );
    assert_eq!(ranked["groups"][0]["parts"]["rank"], "1");
    let (problem, code) =
        fixture.problem(&["kpi", "get", "bookings", "--org", "demo", "--filter", "owner=Ann Leigh"]);
    assert_eq!((problem["code"].as_str(), code), (Some("unknown_name"), 1));
    assert!(problem["detail"].as_str().unwrap().contains("did you mean Ann Lee?"));
}

#[test]
fn wrong_questions_get_an_answer_that_helps() {
    let fixture = Fixture::imported();
    let ask = |arguments: &[&str]| {
        let (problem, code) = fixture.problem(&[&["kpi", "get"], arguments, &["--org", "demo"]].concat());
        (problem["code"].as_str().unwrap().to_owned(), problem["detail"].as_str().unwrap().to_owned(), code)
    };
    let (code, detail, _) = ask(&["booking"]);
    assert!(code == "unknown_kpi" && detail.contains("bookings"), "{detail}");
    let (code, detail, _) = ask(&["bookings", "--group-by", "colour"]);
    assert!(code == "unknown_dimension" && detail.contains("sector"), "{detail}");
    let (code, detail, _) = ask(&["bookings", "--param", "week=3"]);
    assert!(code == "unknown_parameter", "{detail}");
    for arguments in [
        &["bookings", "--from", "2026-01-01"][..],
        &["bookings", "--from", "2026-02-01", "--to", "2026-02-01"],
        &["bookings", "--from", "2026-02-30", "--to", "2026-03-01"],
        &["bookings", "--filter", "owner"],
        &["bookings", "--as-known", "yesterday"],
    ] {
        let (code, _, exit) = ask(arguments);
        assert_eq!((code.as_str(), exit), ("usage", 2), "{arguments:?}");
    }
}

#[test]
fn a_figure_as_known_before_the_import_holds_nothing_and_after_it_everything() {
    let fixture = Fixture::new();
    fixture.ok(&[
        "admin",
        "create-org",
        "Demo",
        "--time-zone",
        "Asia/Tokyo",
        "--now",
        "2026-05-01T00:00:00Z",
    ]);
    fixture.write_export(&crate::run::SMALL);
    // 00:30 on the 12th in Tokyo.
    fixture.import(&["--now", "2026-05-11T15:30:00Z"]);
    let known = |at: &str| fixture.quarter("bookings", &["--as-known", at])[0]["value"].clone();
    assert_eq!(known("2026-05-12"), "0.00");
    assert_eq!(known("2026-05-13"), "1500.00");
    assert_eq!(known("2026-05-11T15:29:59Z"), "0.00");
    assert_eq!(known("2026-05-12T00:30:00+09:00"), "1500.00");
    let answer = fixture.json(&["kpi", "get", "bookings", "--org", "demo", "--as-known", "2026-05-13"]);
    assert_eq!(answer["as_known"], "2026-05-12T15:00:00Z");
}

#[test]
fn a_series_has_a_bucket_for_each_period_and_a_comparison_the_one_before() {
    let fixture = Fixture::imported();
    let series = fixture.json(&[
        "kpi",
        "series",
        "bookings",
        "--org",
        "demo",
        "--from",
        "2025-12-01",
        "--to",
        "2026-04-01",
        "--grain",
        "month",
    ]);
    let buckets: Vec<_> = series["buckets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|b| (b["from"].clone(), b["groups"][0]["value"].clone()))
        .collect();
    let expected = [
        ("2025-12-01", "70.00"),
        ("2026-01-01", "0.00"),
        ("2026-02-01", "1000.00"),
        ("2026-03-01", "500.00"),
    ];
    assert_eq!(buckets, expected.map(|(from, value)| (json!(from), json!(value))));
    let range = ["--from", "2026-01-01", "--to", "2026-04-01", "--compare"];
    let answer = fixture.json(&[&["kpi", "get", "bookings", "--org", "demo"], &range[..]].concat());
    assert_eq!(answer["comparison"]["from"], "2025-10-01");
    assert_eq!(answer["comparison"]["groups"][0]["value"], "70.00");
    assert_eq!(answer["comparison"]["changes"][0]["difference"], "1430.00");
}

#[test]
fn an_explanation_names_the_deals_in_it_and_those_left_out() {
    let fixture = Fixture::imported();
    let asked = ["kpi", "explain", "bookings", "--org", "demo", "--from", "2026-01-01", "--to", "2026-04-01"];
    let explanation = fixture.json(&[&asked[..], &["--since", "2026-01-01"]].concat());
    let included: Vec<&str> = explanation["included"]
        .as_array()
        .unwrap()
        .iter()
        .map(|deal| deal["deal"].as_str().unwrap())
        .collect();
    assert_eq!(included, ["A1", "A2"]);
    assert_eq!(explanation["left_out"].as_array().unwrap().len(), 5);
    assert_eq!((&explanation["value"], &explanation["n"]), (&json!("1500.00"), &json!(2)));
    assert_eq!(explanation["changes"]["since"], "2026-01-01T00:00:00Z");
    assert_eq!(explanation["changes"]["change"], "1500.00");
    let text = fixture.ok(&asked);
    assert!(text.contains("2 deals are in it") && text.contains("5 deals are left out"), "{text}");
}

#[test]
fn the_facts_that_own_kpis_choose_among_are_listed_with_their_fields() {
    let facts = Fixture::new().json(&["kpi", "facts"]);
    let facts = facts["facts"].as_array().unwrap();
    let closed = facts.iter().find(|fact| fact["name"] == "deal_closed").unwrap();
    assert_eq!(closed["code"], serde_json::json!(["outcome", ["won", "lost"]]));
    assert_eq!(closed["fields"], serde_json::json!(["amount", "cycle"]));
}

#[test]
fn a_kpi_of_ones_own_is_checked_added_listed_and_asked_for() {
    let fixture = Fixture::imported();
    let yaml = "id: big_wins\nname: Big wins\ndescription: Won deals of 1000 or more.\nunit: count\nbetter: higher\nanchor: close date\ncounts: Won deals.\nleaves_out: Others.\ninputs:\n  won: { fact: deal_closed, where: { outcome: won }, measure: count }\nformula: won\nn: won\n";
    let file = fixture.write("kpi.yaml", yaml);
    let entries = fixture.entries();
    let added = fixture.json(&["kpi", "add", &file, "--org", "demo"]);
    assert_eq!((&added["kpi"], &added["outcome"]), (&json!("big_wins"), &json!("added")));
    assert_eq!(fixture.json(&["kpi", "add", &file, "--org", "demo"])["outcome"], "unchanged");
    assert_eq!(fixture.entries(), entries + 1);
    assert_eq!(fixture.quarter("big_wins", &[])[0]["value"], "2");
    assert!(fixture.ok(&["kpi", "list", "--org", "demo"]).contains("big_wins"));
    assert!(!fixture.ok(&["kpi", "list"]).contains("big_wins"));
    let wrong = fixture.write("wrong.yaml", &yaml.replace("formula: won", "formula: lost"));
    let (problem, code) = fixture.problem(&["kpi", "add", &wrong, "--org", "demo"]);
    assert_eq!((problem["code"].as_str(), code), (Some("invalid_definition"), 1), "{problem}");
    assert_eq!(fixture.entries(), entries + 1);
}
