//! What is wrong with a definition, in words that say what to write instead.

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
