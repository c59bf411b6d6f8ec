//! Why an import cannot begin: faults of a whole file or of the mapping, not of single rows.

/// Why an import cannot begin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// The mapping file is not YAML of the right form.
    #[error("the mapping file cannot be read: {0}")]
    MappingUnreadable(String),
    /// The mapping file says something that cannot be.
    #[error("the mapping file, {place}: {message}")]
    MappingInvalid {
        /// Which table or part.
        place: String,
        /// What is wrong and what to do.
        message: String,
    },
    /// A file of the mapping is not there.
    #[error("the mapping's table {table} reads {file}, which is not in the directory")]
    FileMissing {
        /// The table's name.
        table: String,
        /// The file's name.
        file: String,
    },
    /// Larger than an import takes.
    #[error("{file} has {bytes} bytes; the most is {max}")]
    FileTooLarge {
        /// The file's name.
        file: String,
        /// Its size.
        bytes: u64,
        /// The limit.
        max: u64,
    },
    /// Bytes that are no text.
    #[error("{file}, line {line}: not {encoding}; {advice}")]
    NotText {
        /// The file's name.
        file: String,
        /// Where the first such byte stands.
        line: u64,
        /// What it was read as.
        encoding: &'static str,
        /// What to do.
        advice: &'static str,
    },
    /// A file without a header row.
    #[error("{file} is empty: the first row must hold the column names")]
    NoHeader {
        /// The file's name.
        file: String,
    },
    /// A column that is read stands twice in the header.
    #[error("{file} has the column {column:?} twice: rename or remove one")]
    DuplicateHeader {
        /// The file's name.
        file: String,
        /// The column.
        column: String,
    },
    /// A column that is to be read is not in the header.
    #[error("{file} has no column {column:?}; it has {}", found.join(", "))]
    ColumnMissing {
        /// The file's name.
        file: String,
        /// The column.
        column: String,
        /// The columns that are there.
        found: Vec<String>,
    },
    /// More than an import takes.
    #[error("{file} has more than {max} {what}")]
    TooMany {
        /// The file's name.
        file: String,
        /// `rows` or `columns`.
        what: &'static str,
        /// The limit.
        max: usize,
    },
    /// No file has the header row of a preset's deals.
    #[error(
        "no file here is a deals table of a known layout{}: write a mapping file and give it with --mapping",
        nearest.as_ref().map_or_else(String::new, |(file, lacks)| format!(
            " (the nearest is {file}, which lacks {})", lacks.join(", ")
        ))
    )]
    UnknownLayout {
        /// The file that comes nearest, and the columns that it lacks.
        nearest: Option<(String, Vec<String>)>,
    },
    /// Two files could be the same table of a preset.
    #[error("{first} and {second} both have the header row of the table {table}: keep one of them here")]
    AmbiguousLayout {
        /// The preset's table.
        table: String,
        /// One file.
        first: String,
        /// Another.
        second: String,
    },
}

impl ImportError {
    /// A stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::MappingUnreadable(_) | Self::MappingInvalid { .. } => "invalid_mapping",
            Self::FileMissing { .. } => "file_missing",
            Self::FileTooLarge { .. } => "file_too_large",
            Self::NotText { .. } => "not_text",
            Self::NoHeader { .. } => "no_header",
            Self::DuplicateHeader { .. } => "duplicate_header",
            Self::ColumnMissing { .. } => "column_missing",
            Self::TooMany { .. } => "too_many",
            Self::UnknownLayout { .. } => "unknown_layout",
            Self::AmbiguousLayout { .. } => "ambiguous_layout",
        }
    }
}
