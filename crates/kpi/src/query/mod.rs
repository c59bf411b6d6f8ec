//! Questions to answers.

pub(crate) mod acc;
pub(crate) mod answer;
mod error;
pub(crate) mod explain;
pub(crate) mod print;
mod reps;
pub(crate) mod run;
pub(crate) mod series;

use crate::definition::{Catalogue, Plan};
use crate::facts::schema::OPEN_STALE;
use crate::facts::{Ask, Fact, additive};
use crate::state::State;
use crate::world::World;
use crate::world::dims::Dim;
use answer::Context;
pub use error::QueryError;
use run::{GROUP_DIMS_MAX, Run};
use salescope_domain::{Answer, Definition, Dimension, FieldName, Query};
use std::collections::BTreeMap;

/// Largest value of a whole-number parameter.
const WHOLE_MAX: i32 = 3_650;

/// A question whose names were looked up.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    pub definition: Definition,
    pub plan: Plan,
    pub ask: Ask,
    pub group_by: Vec<Dimension>,
    /// Whether groups are ranked.
    pub ranking: bool,
}

fn unknown_kpi(catalogue: &Catalogue, id: &str) -> QueryError {
    let near =
        |known: &str| known.split('_').any(|word| word.len() > 2 && id.contains(word)) || known.contains(id);
    let near = catalogue.all().map(|definition| definition.id.as_str()).filter(|known| near(known));
    QueryError::UnknownKpi { id: id.to_owned(), near: near.take(5).map(str::to_owned).collect() }
}

fn definition<'a>(catalogue: &'a Catalogue, id: &str) -> Result<&'a Definition, QueryError> {
    catalogue.get(id).ok_or_else(|| unknown_kpi(catalogue, id))
}

/// The values of a KPI's parameters, its defaults included.
fn parameters(
    definition: &Definition,
    set: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, QueryError> {
    let mut values = BTreeMap::new();
    if let Some(name) = set.keys().find(|name| !definition.parameters.contains_key(*name)) {
        return Err(QueryError::UnknownParameter {
            kpi: definition.id.to_string(),
            name: name.clone(),
            known: definition.parameters.keys().cloned().collect(),
        });
    }
    for (name, spec) in &definition.parameters {
        let Some(value) = set.get(name).or(spec.default.as_ref()) else {
            return Err(QueryError::ParameterMissing { name: name.clone(), about: spec.about.clone() });
        };
        if !spec.values.is_empty() && !spec.values.contains(value) {
            let expected = format!("one of {}", spec.values.join(", "));
            return Err(QueryError::Parameter { name: name.clone(), value: value.clone(), expected });
        }
        values.insert(name.clone(), value.clone());
    }
    Ok(values)
}

fn whole(parameters: &BTreeMap<String, String>, name: &str) -> Result<i32, QueryError> {
    let Some(text) = parameters.get(name) else { return Ok(0) };
    let value = text.parse::<i32>().ok().filter(|value| (0..=WHOLE_MAX).contains(value));
    value.ok_or_else(|| QueryError::Parameter {
        name: name.to_owned(),
        value: text.clone(),
        expected: format!("a whole number from 0 to {WHOLE_MAX}"),
    })
}

/// Looks up what a question names.
pub(crate) fn prepare(state: &State, catalogue: &Catalogue, query: &Query) -> Result<Prepared, QueryError> {
    let asked = definition(catalogue, query.kpi.as_str())?;
    let mut set = query.params.clone();
    let mut group_by = query.group_by.clone();
    let mut ranked = asked;
    if asked.ranking {
        let own = ["kpi", "by"].map(|name| set.remove(name).map(|value| (name.to_owned(), value)));
        let own = parameters(asked, &own.into_iter().flatten().collect())?;
        ranked = definition(catalogue, &own["kpi"])?;
        if ranked.ranking {
            let expected = "a KPI that can be ranked".to_owned();
            return Err(QueryError::Parameter {
                name: "kpi".to_owned(),
                value: own["kpi"].clone(),
                expected,
            });
        }
        let by = if own["by"] == "team" { Dimension::Team } else { Dimension::Owner };
        if group_by.iter().any(|dimension| *dimension != by) {
            return Err(QueryError::GroupBy(
                "anything but the ranked dimension: set --param by=team".to_owned(),
            ));
        }
        group_by = vec![by];
    }
    check_dimensions(state, query, &group_by)?;
    let mut parameters = parameters(ranked, &set)?;
    let choice = ranked.formula_of.as_ref().and_then(|name| parameters.get(name)).map_or("", String::as_str);
    let plan = catalogue
        .plan(ranked, choice)
        .map_err(|source| QueryError::Definition { kpi: ranked.id.to_string(), source })?;
    for (name, default) in &plan.defaults {
        parameters.entry(name.clone()).or_insert_with(|| default.clone());
    }
    let ask = Ask {
        facts: plan.facts(),
        stale_days: whole(&parameters, "days")?,
        freeze_week: whole(&parameters, "week")?,
        metric_type: parameters.get("metric_type").cloned(),
        ..Ask::default()
    };
    Ok(Prepared { definition: ranked.clone(), plan, ask, group_by, ranking: asked.ranking })
}

fn check_dimensions(state: &State, query: &Query, group_by: &[Dimension]) -> Result<(), QueryError> {
    let twice = group_by.len() == 2 && group_by[0] == group_by[1];
    if group_by.len() > GROUP_DIMS_MAX || twice {
        let names: Vec<String> = group_by.iter().map(Dimension::to_string).collect();
        return Err(QueryError::GroupBy(names.join(", ")));
    }
    let own = own_fields(state);
    for dimension in group_by.iter().chain(query.filters.keys()) {
        if let Dimension::Own(field) = dimension
            && !own.contains(field)
        {
            let known = salescope_domain::query::BUILT_IN.iter().map(|(name, _)| (*name).to_owned());
            return Err(QueryError::UnknownDimension {
                name: field.to_string(),
                known: known.chain(own.iter().map(FieldName::to_string)).collect(),
            });
        }
    }
    Ok(())
}

/// The organisation's own fields, by name.
pub(crate) fn own_fields(state: &State) -> Vec<FieldName> {
    let attrs = state.sets.attrs.values().iter().flat_map(|attrs| attrs.own.iter().map(|(field, _)| *field));
    let (_, accounts) = state.accounts.parts();
    let accounts = accounts.iter().filter_map(|history| history.at(i64::MAX));
    let accounts = accounts.flat_map(|known| known.value.attributes.iter().map(|(field, _)| *field));
    let built_in = |name: &str| salescope_domain::query::BUILT_IN.iter().any(|(known, _)| *known == name);
    let points =
        state.points.rows().iter().flat_map(|row| row.value.dimensions.iter().map(|(field, _)| *field));
    let numbers: std::collections::BTreeSet<u32> = attrs.chain(accounts).chain(points).collect();
    let mut names: Vec<FieldName> = numbers
        .into_iter()
        .map(|number| state.texts.text(number))
        .filter(|name| !built_in(name))
        .filter_map(|name| FieldName::new(name).ok())
        .collect();
    names.sort();
    names
}

/// Completes what facts need to know of the question.
pub(crate) fn complete(ask: &mut Ask, world: &World<'_>, run: &Run<'_>, plan: &Plan) {
    ask.by_product = run.by_product();
    ask.transfer_dims = run.asked_dims().into_iter().filter(|dim| *dim != Dim::Product).collect();
    let stale = plan
        .inputs
        .iter()
        .any(|input| (input.flags_on | input.flags_off) & OPEN_STALE != 0 && input.fact == Fact::DealOpen);
    if stale {
        (ask.last_activity, ask.no_activity) = additive::last_activities(world);
    } else if ask.facts.contains(&Fact::Activity) {
        ask.no_activity = !world.state.activities.rows().iter().any(|row| row.stands(world.known));
    }
}

/// Whether closed deals are read, by way of people's attainment included.
pub(crate) fn reads_closings(ask: &Ask) -> bool {
    ask.facts.iter().any(|fact| matches!(fact, Fact::DealClosed | Fact::Rep))
}

/// Answers a question.
pub(crate) fn answer(state: &State, catalogue: &Catalogue, query: &Query) -> Result<Answer, QueryError> {
    answer_between(state, catalogue, query, None)
}

/// Answers a question whose instants lie between two others (milliseconds) within its dates.
pub(crate) fn answer_between(
    state: &State,
    catalogue: &Catalogue,
    query: &Query,
    instants: Option<(i64, i64)>,
) -> Result<Answer, QueryError> {
    let prepared = prepare(state, catalogue, query)?;
    let (plan, mut ask) = (&prepared.plan, prepared.ask.clone());
    let mut world = World::new(state, query);
    if let Some((from, to)) = instants {
        world.clock.narrow(from, to);
    }
    let mut run = Run::new(&world, &plan.inputs, &prepared.group_by, &query.filters);
    complete(&mut ask, &world, &run, plan);
    run.scan(&ask);
    let late = reads_closings(&ask) && answer::closings_begin_late(&world);
    let context = Context { world: &world, plan, ask: &ask, closings_begin_late: late };
    Ok(context.answer(run, &prepared, query))
}
