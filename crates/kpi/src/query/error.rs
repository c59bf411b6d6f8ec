//! Why a question cannot be answered.

use crate::definition::DefinitionError;

/// Why a question cannot be answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// No such KPI.
    #[error("there is no KPI {id:?}{}", did_you_mean(.near))]
    UnknownKpi {
        /// What was asked for.
        id: String,
        /// Ids that look like it.
        near: Vec<String>,
    },
    /// No fact has this dimension.
    #[error("there is no dimension {name:?}; there is {}", .known.join(", "))]
    UnknownDimension {
        /// What was asked for.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// More group-bys than can be answered, or one twice.
    #[error("group by at most two different dimensions, not by {0}")]
    GroupBy(String),
    /// The KPI has no such parameter.
    #[error("{kpi} has no parameter {name:?}{}", known_parameters(.known))]
    UnknownParameter {
        /// The KPI.
        kpi: String,
        /// What was set.
        name: String,
        /// What it has.
        known: Vec<String>,
    },
    /// A parameter has a value that it cannot have.
    #[error("parameter {name}: {value:?} is not {expected}")]
    Parameter {
        /// The parameter.
        name: String,
        /// What was set.
        value: String,
        /// What it may be.
        expected: String,
    },
    /// A parameter must be set.
    #[error("parameter {name} must be set: {about}")]
    ParameterMissing {
        /// The parameter.
        name: String,
        /// What it does.
        about: String,
    },
    /// The series would have more buckets than [`crate::BUCKETS_MAX`].
    #[error(
        "the series would have {buckets} buckets; choose a coarser grain or a shorter range (at most {max})"
    )]
    TooManyBuckets {
        /// How many there would be.
        buckets: usize,
        /// How many there may be.
        max: usize,
    },
    /// Hours cut instants; these facts hang on dates.
    #[error("{0} hangs on dates, which have no hours: choose day or coarser")]
    GrainTooFine(String),
    /// The definition no longer compiles, because a KPI that it uses is gone.
    #[error("{kpi} cannot be computed: {source}")]
    Definition {
        /// The KPI.
        kpi: String,
        /// What is wrong.
        source: DefinitionError,
    },
}

impl QueryError {
    /// A stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownKpi { .. } => "unknown_kpi",
            Self::UnknownDimension { .. } => "unknown_dimension",
            Self::GroupBy(_) => "invalid_group_by",
            Self::UnknownParameter { .. } => "unknown_parameter",
            Self::Parameter { .. } => "invalid_parameter",
            Self::ParameterMissing { .. } => "parameter_missing",
            Self::TooManyBuckets { .. } => "too_many_buckets",
            Self::GrainTooFine(_) => "grain_too_fine",
            Self::Definition { .. } => "definition_broken",
        }
    }
}

fn did_you_mean(ids: &[String]) -> String {
    if ids.is_empty() { String::new() } else { format!("; did you mean {}?", ids.join(" or ")) }
}

fn known_parameters(names: &[String]) -> String {
    if names.is_empty() { String::new() } else { format!("; it has {}", names.join(", ")) }
}
