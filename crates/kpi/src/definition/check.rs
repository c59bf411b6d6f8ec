//! What is wrong with a definition, in words that say what to write instead.

use super::Plan;
use crate::facts::Fact;
use crate::facts::schema::OPEN_STALE;
use salescope_domain::Definition;

/// Why a definition cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionError {
    /// Not YAML of the right form.
    #[error("the file is not a KPI definition: {message}")]
    Form {
        /// What the parser says.
        message: String,
    },
    /// An id that is not lower case.
    #[error("id: {id:?} is not an id: use lower-case letters, digits and underscores")]
    Id {
        /// The id.
        id: String,
    },
    /// A built-in KPI cannot be replaced.
    #[error("id: {id} is a built-in KPI; choose another id")]
    BuiltIn {
        /// The id.
        id: String,
    },
    /// Something is named that does not exist.
    #[error("{place}: there is no {what} {name:?}; there is {known}")]
    Unknown {
        /// Where in the file.
        place: String,
        /// What kind of thing.
        what: &'static str,
        /// Its name.
        name: String,
        /// What exists.
        known: String,
    },
    /// A thing is said in a way that makes no sense.
    #[error("{place}: {message}")]
    Meaning {
        /// Where in the file.
        place: String,
        /// What is wrong.
        message: String,
    },
    /// A formula does not read.
    #[error("formula {formula:?}, column {column}: expected {expected}")]
    Formula {
        /// The formula.
        formula: String,
        /// Where in it, from 1.
        column: usize,
        /// What should stand there.
        expected: String,
    },
    /// Units do not fit.
    #[error("{place}: {message}")]
    Units {
        /// Where in the file.
        place: String,
        /// What does not fit.
        message: String,
    },
    /// KPIs that use one another.
    #[error("inputs: {path} goes in a circle")]
    Cycle {
        /// The KPIs on the circle.
        path: String,
    },
}

impl DefinitionError {
    /// A stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Form { .. } => "definition_form",
            Self::Id { .. } => "definition_id",
            Self::BuiltIn { .. } => "definition_built_in",
            Self::Unknown { .. } => "definition_unknown_name",
            Self::Meaning { .. } => "definition_meaning",
            Self::Formula { .. } => "definition_formula",
            Self::Units { .. } => "definition_units",
            Self::Cycle { .. } => "definition_cycle",
        }
    }
}

/// `a, b and c`.
pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    match names.as_slice() {
        [] => "nothing of the kind".to_owned(),
        [one] => (*one).to_owned(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// Parts that answers add by themselves.
const RESERVED_PARTS: [&str; 3] = ["interval_low", "interval_high", "rank"];
/// Parameters that facts read: days of stale deals, week of frozen forecasts, type of metric points.
const FACT_PARAMETERS: [&str; 3] = ["days", "week", "metric_type"];

fn meaning(place: String, message: String) -> DefinitionError {
    DefinitionError::Meaning { place, message }
}

/// Checks what a definition says of its own parameters and parts.
pub(super) fn parameters(definition: &Definition) -> Result<(), DefinitionError> {
    if let Some(part) = definition.parts.keys().find(|part| RESERVED_PARTS.contains(&part.as_str())) {
        return Err(meaning(
            format!("parts.{part}"),
            "is added by the engine itself; choose another name".to_owned(),
        ));
    }
    for (name, spec) in &definition.parameters {
        let place = || format!("parameters.{name}");
        let chooses = definition.formula_of.as_ref() == Some(name);
        if !chooses && !FACT_PARAMETERS.contains(&name.as_str()) {
            let known = listed(FACT_PARAMETERS);
            return Err(meaning(
                place(),
                format!("has no effect: facts read {known}, and formula_of names a choice"),
            ));
        }
        let Some(default) = &spec.default else { continue };
        if !spec.values.is_empty() && !spec.values.contains(default) {
            return Err(meaning(place(), format!("default {default:?} is not among its values")));
        }
        if matches!(name.as_str(), "days" | "week") && default.parse::<u16>().is_err() {
            return Err(meaning(place(), format!("default {default:?} is not a whole number")));
        }
    }
    match &definition.formula_of {
        Some(name) if !definition.parameters.contains_key(name) => {
            Err(meaning("formula_of".to_owned(), format!("{name:?} is not among the parameters")))
        }
        Some(name) if definition.parameters[name].values.iter().ne(definition.formulas.keys()) => {
            let sorted = listed(definition.formulas.keys().map(String::as_str));
            Err(meaning(
                format!("parameters.{name}.values"),
                format!("must be those of formulas, sorted: {sorted}"),
            ))
        }
        _ => Ok(()),
    }
}

/// Checks that every parameter that the plan's facts read is set, by the definition or by a KPI that it uses.
pub(super) fn parameters_set(definition: &Definition, plan: &Plan) -> Result<(), DefinitionError> {
    let stale = |flags: u8| flags & OPEN_STALE != 0;
    for input in &plan.inputs {
        let needed = match input.fact {
            Fact::DealOpen if stale(input.flags_on | input.flags_off) => "days",
            Fact::FrozenForecast => "week",
            Fact::MetricPoint => "metric_type",
            _ => continue,
        };
        if !definition.parameters.contains_key(needed) && !plan.defaults.contains_key(needed) {
            let name = input.fact.schema().name;
            return Err(meaning(
                "parameters".to_owned(),
                format!("{name} needs the parameter {needed}: declare it"),
            ));
        }
    }
    Ok(())
}
