//! The mapping file: which tables an export has, and which column holds which field. Reference: `docs/import.md`.

use super::{ImportError, fields};
use salescope_domain::{
    Decimal, FieldName, ForecastCategory, Label, PipelineId, SourceId, StageId, StageOutcome, Status, Zone,
};
use serde::{Deserialize, Deserializer, de};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A mapping file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The connected system that the deals belong to: another name keeps two systems' ids apart.
    #[serde(default = "csv_source")]
    pub source: SourceId,
    /// How numbers and dates are written.
    #[serde(default)]
    pub locale: Locale,
    /// How the files are encoded where they have no byte order mark.
    #[serde(default)]
    pub encoding: Encoding,
    /// Pipelines and what their stages mean, where no table says it.
    #[serde(default)]
    pub pipelines: Vec<PipelineConfig>,
    /// The tables.
    pub tables: Vec<Table>,
    /// Whether it ships with the program: attributes that a file does not have are left out then.
    #[serde(skip)]
    pub(super) is_preset: bool,
}

fn csv_source() -> SourceId {
    SourceId::new("csv").expect("a plain word is an id")
}

/// How numbers and dates are written. Nothing here is guessed.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Locale {
    /// Between units and decimals.
    pub decimal: char,
    /// Between groups of digits, if any.
    pub group: Option<char>,
    /// The order of dates that are not written year first.
    pub dates: Option<DateOrder>,
    /// The zone of times that state no offset; the organisation's where absent.
    pub time_zone: Option<Zone>,
}

impl Default for Locale {
    fn default() -> Self {
        Self { decimal: '.', group: None, dates: None, time_zone: None }
    }
}

/// The order of dates that are not written year first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateOrder {
    /// Only year first, as in 2026-11-23.
    Ymd,
    /// 23/11/2026.
    Dmy,
    /// 11/23/2026.
    Mdy,
}

/// How a file without a byte order mark is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum Encoding {
    /// UTF-8.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// Windows-1252, which older spreadsheets write.
    #[serde(rename = "windows-1252")]
    Windows1252,
}

/// A pipeline with its stages, the first stage first.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PipelineConfig {
    /// Its id.
    pub pipeline: PipelineId,
    /// Its display name.
    #[serde(default)]
    pub name: Option<Label>,
    /// Its stages, in order.
    pub stages: Vec<StageConfig>,
}

/// A stage.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageConfig {
    /// As the files write it.
    pub stage: StageId,
    /// Its display name.
    #[serde(default)]
    pub name: Option<Label>,
    /// What it means.
    pub outcome: StageOutcome,
    /// Probability of deals that state none.
    #[serde(default)]
    pub probability: Option<Decimal>,
    /// Forecast category of deals that state none.
    #[serde(default)]
    pub forecast_category: Option<ForecastCategory>,
}

/// What the rows of a table are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Stages of pipelines.
    Stages,
    /// People.
    People,
    /// Accounts.
    Accounts,
    /// Products.
    Products,
    /// Exchange rates.
    Rates,
    /// Quotas.
    Quotas,
    /// Stages that deals entered, and when.
    StageHistory,
    /// Deals as they stand.
    Deals,
    /// Activities.
    Activities,
}

impl Kind {
    /// As the mapping file writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Stages => "stages",
            Self::People => "people",
            Self::Accounts => "accounts",
            Self::Products => "products",
            Self::Rates => "rates",
            Self::Quotas => "quotas",
            Self::StageHistory => "stage_history",
            Self::Deals => "deals",
            Self::Activities => "activities",
        }
    }
}

/// A table: one file read as one kind of thing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// What the summary calls it; the file's name without its ending where absent.
    #[serde(default)]
    pub name: Option<String>,
    /// The file in the export's directory.
    pub file: String,
    /// What its rows are.
    pub kind: Kind,
    /// Whether the file may be absent.
    #[serde(default)]
    pub optional: bool,
    /// What separates cells, where the header row does not show it.
    #[serde(default)]
    pub delimiter: Option<char>,
    /// How the file is encoded, where it differs from the others.
    #[serde(default)]
    pub encoding: Option<Encoding>,
    /// Which column holds which field.
    #[serde(default)]
    pub columns: BTreeMap<String, Column>,
    /// Fields that are the same in every row, or where the cell is empty.
    #[serde(default)]
    pub constants: BTreeMap<String, Scalar>,
    /// Deals only: the organisation's own fields, each a dimension.
    #[serde(default)]
    pub own_fields: BTreeMap<FieldName, Column>,
    /// Accounts and products only: fields such as `sector`; an account's are dimensions of its deals.
    #[serde(default)]
    pub attributes: BTreeMap<FieldName, Column>,
    /// Deals and their history only: an amount of 0 means "no amount" in deals that stand like this.
    #[serde(default, deserialize_with = "one_or_many")]
    pub zero_is_absent_when: Vec<Status>,
}

impl Table {
    /// What the summary calls it.
    #[must_use]
    pub fn label(&self) -> &str {
        let stem = self.file.rsplit_once('.').map_or(self.file.as_str(), |(stem, _)| stem);
        self.name.as_deref().unwrap_or(stem)
    }
}

/// The column of a field: its name alone, or with what its cells mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The column's name in the header row.
    pub column: String,
    /// What cells mean, where they are not read as they stand.
    pub map: BTreeMap<Scalar, Scalar>,
    /// Whether numbers are percentages: 60 is 0.6.
    pub percent: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnForm {
    column: String,
    #[serde(default)]
    map: BTreeMap<Scalar, Scalar>,
    #[serde(default)]
    percent: bool,
}

impl<'de> Deserialize<'de> for Column {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Column;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a column's name, or `{column: NAME, map: {CELL: MEANING}}`")
            }
            fn visit_str<E>(self, column: &str) -> Result<Column, E> {
                Ok(Column { column: column.to_owned(), map: BTreeMap::new(), percent: false })
            }
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Column, A::Error> {
                let form = ColumnForm::deserialize(de::value::MapAccessDeserializer::new(map))?;
                let ColumnForm { column, map, percent } = form;
                Ok(Column { column, map, percent })
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// A text that YAML may take for a number or a truth value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scalar(pub String);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Scalar;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a whole number, true or false")
            }
            fn visit_str<E>(self, text: &str) -> Result<Scalar, E> {
                Ok(Scalar(text.to_owned()))
            }
            fn visit_bool<E>(self, flag: bool) -> Result<Scalar, E> {
                Ok(Scalar(flag.to_string()))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Scalar, E> {
                Ok(Scalar(number.to_string()))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Scalar, E> {
                Ok(Scalar(number.to_string()))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Status>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Form {
        One(Status),
        Many(Vec<Status>),
    }
    Ok(match Form::deserialize(deserializer)? {
        Form::One(status) => vec![status],
        Form::Many(statuses) => statuses,
    })
}

impl Mapping {
    /// Reads and checks a mapping file.
    ///
    /// # Errors
    /// When it is not of the right form, names a field that a kind does not have, or lacks one that it needs.
    pub fn parse(yaml: &str) -> Result<Self, ImportError> {
        let mapping: Self = serde_norway::from_str(yaml)
            .map_err(|error| ImportError::MappingUnreadable(error.to_string()))?;
        mapping.check()?;
        Ok(mapping)
    }

    fn check(&self) -> Result<(), ImportError> {
        let invalid = |place: &str, message: String| {
            Err(ImportError::MappingInvalid { place: place.to_owned(), message })
        };
        let Locale { decimal, group, .. } = self.locale;
        if !matches!(decimal, '.' | ',') {
            return invalid("locale", format!("decimal is {decimal:?}; write '.' or ','"));
        }
        if group.is_some_and(|group| group == decimal || group.is_alphanumeric() || group == '-') {
            return invalid("locale", "group cannot be told from the number's other characters".to_owned());
        }
        if self.tables.is_empty() {
            return invalid("tables", "there is none: list at least one".to_owned());
        }
        let mut labels = BTreeSet::new();
        for table in &self.tables {
            if !labels.insert(table.label()) {
                let message = "another table is called so too: give one a `name`".to_owned();
                return invalid(&format!("table {}", table.label()), message);
            }
            fields::check(self, table)
                .or_else(|message| invalid(&format!("table {}", table.label()), message))?;
        }
        let mut stages = BTreeSet::new();
        for stage in self.stages() {
            if !stages.insert(&stage.stage) {
                return invalid("pipelines", format!("the stage {} is there twice", stage.stage));
            }
        }
        Ok(())
    }

    /// The stages that the mapping itself lists.
    pub(super) fn stages(&self) -> impl Iterator<Item = &StageConfig> {
        self.pipelines.iter().flat_map(|pipeline| &pipeline.stages)
    }
}
