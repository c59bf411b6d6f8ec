//! What a user reads when a definition, or a question about one, is wrong.

use crate::common::{LOST, changed, error, error_of, q1, said, with};
use salescope_kpi::{Engine, parse_definition};
use salescope_testkit::kpis;

#[test]
fn every_built_in_definition_checks_under_an_id_of_ones_own() {
    let engine = Engine::new();
    let catalogue = engine.catalogue();
    let mut ids: Vec<&str> = catalogue.iter().map(|definition| definition.id.as_str()).collect();
    let mut all = kpis::ALL.to_vec();
    ids.sort_unstable();
    all.sort_unstable();
    assert_eq!(ids, all);
    for definition in &catalogue {
        let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("definitions");
        let yaml =
            std::fs::read_to_string(file.join(format!("{}.yaml", definition.id))).expect("it has a file");
        assert_eq!(parse_definition(&yaml).as_ref(), Ok(definition));
        let yaml = yaml.replacen("id: ", "id: my_", 1);
        if definition.id.as_str() == "leaderboard" {
            let message = "ranking: only the built-in leaderboard ranks: use it with --param kpi=YOUR_ID";
            said(error_of(&engine, &yaml), "definition_meaning", message);
        } else {
            engine.check_definition(&yaml).unwrap_or_else(|error| panic!("{}: {error}", definition.id));
        }
        for text in [&definition.name, &definition.description, &definition.counts, &definition.leaves_out] {
            assert!(!text.is_empty(), "{} says all that a reader needs", definition.id);
        }
    }
}

#[test]
fn a_definition_that_checks_is_given_back() {
    let definition = Engine::new().check_definition(LOST).expect("it is right");
    assert_eq!((definition.id.as_str(), definition.formula.as_str()), ("lost_share", "lost / closed"));
}

#[test]
fn an_unknown_fact_is_told_with_those_that_there_are() {
    said(
        error("lost: { fact: deal_closed", "lost: { fact: deals_closed"),
        "definition_unknown_name",
        "inputs.lost.fact: there is no fact \"deals_closed\"; there is deal_closed, deal_created, deal_open, \
         due_at_start, stage_entered, stage_left, stage_reached, close_date_moved, pipeline_step, frozen_forecast, \
         activity, metric_point, quota and rep",
    );
}

#[test]
fn an_unknown_field_is_told_with_those_of_the_fact() {
    said(
        error("measure: sum amount", "measure: sum price"),
        "definition_unknown_name",
        "inputs.amount.measure: there is no field \"price\"; there is amount and cycle on deal_closed",
    );
    said(
        error("where: { outcome: lost }", "where: { colour: red }"),
        "definition_unknown_name",
        "inputs.lost.where.colour: there is no field \"colour\"; there is outcome, before_end, owner, team, region, \
         product, stage, pipeline, account, source, lead_source and currency on deal_closed",
    );
}

#[test]
fn an_unknown_measure_is_told_with_those_that_may_be_written() {
    said(
        error("measure: sum amount", "measure: average amount"),
        "definition_meaning",
        "inputs.amount.measure: \"average amount\" is not a measure: write count, count FIELD, missing FIELD, \
         sum FIELD, median FIELD, distinct deals or distinct owners (last, min and max are for metric values)",
    );
}

#[test]
fn an_unknown_value_of_a_condition_is_told_with_those_that_there_are() {
    said(
        error("outcome: lost", "outcome: dropped"),
        "definition_unknown_name",
        "inputs.lost.where.outcome: there is no value \"dropped\"; there is won and lost",
    );
    said(
        error("outcome: lost", "before_end: maybe"),
        "definition_meaning",
        "inputs.lost.where.before_end: is yes or no: write true or false",
    );
}

#[test]
fn an_unknown_kpi_is_told_with_those_that_there_are() {
    let (code, message) = error("closed: { fact: deal_closed }", "closed: { kpi: closings }");
    assert_eq!(code, "definition_unknown_name");
    let start = "inputs.closed: there is no KPI that can be used here, \"closings\"; there is activities, average_deal";
    assert!(message.starts_with(start), "{message}");
}

#[test]
fn an_unknown_name_in_a_formula_is_told_with_the_inputs() {
    said(
        error("formula: lost / closed", "formula: lots / closed"),
        "definition_unknown_name",
        "formula: there is no input \"lots\"; there is amount, closed and lost",
    );
    said(
        error("n: closed", "n: all"),
        "definition_unknown_name",
        "n: there is no input \"all\"; there is amount, closed and lost",
    );
}

#[test]
fn an_unknown_unit_is_told_with_those_that_there_are() {
    said(
        error("unit: ratio", "unit: percent"),
        "definition_unknown_name",
        "unit: there is no unit \"percent\"; there is money, money_per_day, ratio, days, count, number and per",
    );
}

#[test]
fn units_that_do_not_fit_are_told_with_what_they_are() {
    said(
        error("formula: lost / closed", "formula: lost + amount"),
        "definition_units",
        "formula: a plain number cannot be added to money in \"lost + amount\"",
    );
    said(
        error("formula: lost / closed", "formula: amount - lost"),
        "definition_units",
        "formula: a plain number cannot be taken from money in \"amount - lost\"",
    );
    said(
        error("formula: lost / closed", "formula: amount / closed"),
        "definition_units",
        "formula: \"amount / closed\" gives money, but the unit is ratio",
    );
    said(
        error("n: closed", "n: amount"),
        "definition_units",
        "n: \"amount\" gives money, but the unit is count",
    );
}

#[test]
fn an_input_needs_a_fact_or_a_kpi_and_not_both() {
    said(
        error("closed: { fact: deal_closed }", "closed: { measure: count }"),
        "definition_meaning",
        "inputs.closed: needs either `fact` or `kpi`",
    );
    said(
        error("closed: { fact: deal_closed }", "closed: { fact: deal_closed, kpi: win_rate }"),
        "definition_meaning",
        "inputs.closed: needs either `fact` or `kpi`",
    );
}

#[test]
fn an_interval_is_of_a_share_or_of_a_mean() {
    said(
        error("n: closed\n", "n: closed\ninterval: {}\n"),
        "definition_meaning",
        "interval: needs either `share` or `mean`",
    );
    said(
        error("n: closed\n", "n: closed\ninterval: { mean: lost }\n"),
        "definition_meaning",
        "interval.mean: \"lost\" is not an input with a measure `sum FIELD`",
    );
}

#[test]
fn definitions_that_use_one_another_in_a_circle_are_refused_with_the_circle() {
    let uses = |id: &str, other: &str| {
        changed("id: lost_share", &format!("id: {id}"))
            .replace("closed: { fact: deal_closed }", &format!("closed: {{ kpi: {other} }}"))
            .replace("n: closed", "n: lost")
    };
    let (a, b) = (uses("a", "b"), uses("b", "a"));
    let engine = with(&[("b", &b)]);
    said(error_of(&engine, &a), "definition_cycle", "inputs: a -> b -> a goes in a circle");
    let alone = uses("a", "a");
    said(error_of(&Engine::new(), &alone), "definition_cycle", "inputs: a -> a goes in a circle");
    // Journaled all the same, a circle is an error of the question, not of the program.
    let error = with(&[("a", &a), ("b", &b)]).query(&q1("a")).expect_err("the circle has no value");
    assert_eq!(error.code(), "definition_broken");
}

#[test]
fn a_formula_that_does_not_read_says_where_and_what_was_expected() {
    said(
        error("formula: lost / closed", "formula: lost / / closed"),
        "definition_formula",
        "formula \"lost / / closed\", column 8: expected a number, a name or a bracket",
    );
    said(
        error("formula: lost / closed", "formula: (lost + closed"),
        "definition_formula",
        "formula \"(lost + closed\", column 15: expected a closing bracket",
    );
    said(
        error("formula: lost / closed", "formula: lost closed"),
        "definition_formula",
        "formula \"lost closed\", column 6: expected an operator",
    );
    said(
        error("formula: lost / closed\n", ""),
        "definition_formula",
        "formula \"\", column 1: expected a number, a name or a bracket",
    );
}

#[test]
fn an_id_is_lower_case_and_not_a_built_in_one() {
    said(
        error("id: lost_share", "id: Lost-Share"),
        "definition_id",
        "id: \"Lost-Share\" is not an id: use lower-case letters, digits and underscores",
    );
    said(
        error("id: lost_share", "id: win_rate"),
        "definition_built_in",
        "id: win_rate is a built-in KPI; choose another id",
    );
}

#[test]
fn a_file_of_another_form_says_what_is_missing_or_too_much() {
    let (code, message) = error("unit: ratio\n", "");
    assert_eq!(code, "definition_form");
    assert_eq!(message, "the file is not a KPI definition: missing field `unit`");
    let (_, message) = error("better: lower", "better: sideways");
    assert!(message.contains("unknown variant `sideways`, expected `higher` or `lower`"), "{message}");
    let (_, message) = error("unit: ratio", "units: ratio");
    assert!(message.contains("unknown field `units`, expected one of `id`, `name`"), "{message}");
    let (_, message) = error("closed: { fact: deal_closed }", "closed: { fakt: deal_closed }");
    assert!(message.contains("unknown field `fakt`"), "{message}");
    let (code, message) = error("name: Lost share", "name: [Lost");
    assert_eq!(code, "definition_form");
    assert!(message.contains("line "), "{message}");
    assert_eq!(error_of(&Engine::new(), "").0, "definition_form");
    assert_eq!(error_of(&Engine::new(), "just words").0, "definition_form");
}

#[test]
fn a_question_with_a_parameter_that_the_kpi_does_not_have_is_refused() {
    let asked = |kpi: &str, name: &str, value: &str| {
        let mut query = q1(kpi);
        query.params.insert(name.to_owned(), value.to_owned());
        let error = Engine::new().query(&query).expect_err("the parameter is wrong");
        (error.code(), error.to_string())
    };
    said(asked("bookings", "week", "3"), "unknown_parameter", "bookings has no parameter \"week\"");
    said(
        asked("metric", "agregate", "sum"),
        "unknown_parameter",
        "metric has no parameter \"agregate\"; it has aggregate, metric_type",
    );
    said(
        asked("stale_share", "days", "soon"),
        "invalid_parameter",
        "parameter days: \"soon\" is not a whole number from 0 to 3650",
    );
    said(
        asked("leaderboard", "by", "region"),
        "invalid_parameter",
        "parameter by: \"region\" is not one of owner, team",
    );
    let missing = Engine::new().query(&q1("metric")).expect_err("the type must be named");
    assert_eq!(missing.code(), "parameter_missing");
}
