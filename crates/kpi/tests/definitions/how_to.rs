//! The page that shows how a KPI is added: its definitions check, give their figures, and it leaves no fact out.

use crate::common::{changed, error, error_of, q1, with};
use salescope_domain::{ActivityKind, query::BUILT_IN};
use salescope_kpi::Engine;
use salescope_testkit::{DealStep, History};

const HOW_TO: &str = include_str!("../../../../docs/how-to/add-a-kpi.md");

/// The YAML blocks of the how-to, without the indent of their list.
fn how_to_definitions() -> Vec<String> {
    let mut blocks = Vec::new();
    let mut lines = HOW_TO.lines();
    while let Some(line) = lines.next() {
        let Some(indent) = line.strip_suffix("```yaml") else { continue };
        let block = lines.by_ref().take_while(|line| line.trim() != "```");
        let block = block.map(|line| line.strip_prefix(indent).expect("a block has one indent"));
        blocks.push(block.collect::<Vec<_>>().join("\n"));
    }
    blocks
}

#[test]
fn every_definition_of_the_how_to_checks() {
    let engine = Engine::new();
    let ids: Vec<String> = how_to_definitions()
        .iter()
        .map(|yaml| {
            engine.check_definition(yaml).unwrap_or_else(|error| panic!("{error} in\n{yaml}")).id.to_string()
        })
        .collect();
    assert_eq!(ids, ["north_share", "lost_deal_size", "stale_pipeline"]);
}

/// The value and parts of a definition of the how-to, over a small history.
fn how_to_figure(id: &str, params: &[(&str, &str)]) -> (Option<String>, Vec<String>) {
    let yaml = how_to_definitions().into_iter().find(|yaml| yaml.contains(&format!("id: {id}\n")));
    let mut engine = with(&[(id, &yaml.expect("the how-to has it"))]);
    let history = History::new()
        .person("ann", None, Some("North"))
        .person("bob", None, Some("South"))
        .at("2026-01-05")
        .deal("A", DealStep::created().amount(70_000, "USD").owner("ann"))
        .deal("B", DealStep::created().amount(30_000, "USD").owner("bob"))
        .deal("C", DealStep::created().amount(10_000, "USD").owner("bob"))
        .deal("D", DealStep::created().amount(20_000, "USD").owner("ann"))
        .deal("E", DealStep::created().amount(5_000, "USD").owner("ann"))
        .at("2026-01-20")
        .deal("A", DealStep::won())
        .deal("B", DealStep::won())
        .deal("C", DealStep::lost())
        .deal("D", DealStep::lost())
        .at("2026-03-10")
        .activity(ActivityKind::Call, "ann", Some("E"));
    let mut entries = history.entries();
    for entry in &mut entries {
        entry.tenant_seq += engine.position();
    }
    engine.apply(&entries);
    let mut query = q1(id);
    query.params = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let group = engine.query(&query).expect("the KPI was added").groups.remove(0);
    let part =
        |(name, value): (&String, &Option<String>)| format!("{name} {}", value.as_deref().unwrap_or("null"));
    (group.value, group.parts.iter().map(part).collect())
}

#[test]
fn the_definitions_of_the_how_to_give_the_figures_that_they_promise() {
    let (value, parts) = how_to_figure("north_share", &[]);
    assert_eq!(value.as_deref(), Some("0.700000"));
    assert_eq!(parts, ["all 1000.00", "north 700.00"]);
    let (value, parts) = how_to_figure("lost_deal_size", &[]);
    assert_eq!(value.as_deref(), Some("150.00"));
    assert!(parts.contains(&"median 150.00".to_owned()), "{parts:?}");
    // `E` was called 22 days before the end of the range.
    assert_eq!(how_to_figure("stale_pipeline", &[]).0.as_deref(), Some("0.00"));
    assert_eq!(how_to_figure("stale_pipeline", &[("days", "14")]).0.as_deref(), Some("50.00"));
}

/// The names that an error lists after "there is".
fn listed(message: &str) -> Vec<String> {
    let (_, list) = message.split_once("; there is ").expect("the error lists what there is");
    let list = list.split(" on ").next().unwrap_or(list);
    list.replace(" and ", ", ").split(", ").map(str::to_owned).collect()
}

#[test]
fn the_how_to_names_every_fact_with_its_conditions_and_fields() {
    let engine = Engine::new();
    let facts = listed(&error("lost: { fact: deal_closed", "lost: { fact: nothing").1);
    assert_eq!(facts.len(), 14);
    for fact in facts {
        let row = HOW_TO.lines().find(|line| line.starts_with(&format!("| `{fact}` |")));
        let row = row.unwrap_or_else(|| panic!("the how-to has a row for {fact}"));
        let input = |rest: &str| {
            changed(
                "lost: { fact: deal_closed, where: { outcome: lost } }",
                &format!("lost: {{ fact: {fact}, {rest} }}"),
            )
        };
        let conditions = listed(&error_of(&engine, &input("where: { nothing: one }")).1);
        let dimensions: Vec<String> = BUILT_IN.iter().map(|(name, _)| (*name).to_owned()).collect();
        for condition in conditions.iter().filter(|name| !dimensions.contains(name)) {
            assert!(row.contains(&format!("`{condition}`")), "{fact} has the condition {condition}");
            if row.contains(&format!("`{condition}`:")) {
                let values =
                    listed(&error_of(&engine, &input(&format!("where: {{ {condition}: nothing }}"))).1);
                assert!(row.contains(&format!("`{condition}`: {}", values.join(", "))), "{fact}: {values:?}");
            }
        }
        for field in listed(&error_of(&engine, &input("measure: sum nothing")).1) {
            let none = field == "nothing of the kind";
            assert!(none || row.contains(&format!("`{field}`")), "{fact} has the field {field}");
        }
    }
}
