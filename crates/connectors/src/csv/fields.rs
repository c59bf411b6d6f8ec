//! The closed list of fields that each kind of table has, and the check of a mapping's tables against it.

use super::config::{Kind, Mapping, Table};
use salescope_domain::query::BUILT_IN;

/// A field that a column or a constant may fill.
pub(super) struct Field {
    pub(super) name: &'static str,
    /// Whether every row needs it.
    pub(super) required: bool,
}

const fn required(name: &'static str) -> Field {
    Field { name, required: true }
}

const fn optional(name: &'static str) -> Field {
    Field { name, required: false }
}

const DEALS: &[Field] = &[
    required("deal"),
    optional("name"),
    optional("owner"),
    optional("team"),
    optional("region"),
    optional("account"),
    optional("amount"),
    optional("currency"),
    optional("amount_home"),
    optional("currency_home"),
    optional("pipeline"),
    optional("stage"),
    optional("status"),
    optional("probability"),
    optional("forecast_category"),
    optional("close_date"),
    optional("created_on"),
    optional("product"),
    optional("lead_source"),
    optional("changed_at"),
];

const STAGE_HISTORY: &[Field] = &[
    required("deal"),
    required("stage"),
    required("entered_at"),
    optional("owner"),
    optional("amount"),
    optional("currency"),
    optional("probability"),
    optional("forecast_category"),
    optional("close_date"),
    optional("actor"),
];

const PEOPLE: &[Field] =
    &[required("person"), optional("name"), optional("team"), optional("region"), optional("active")];

const ACCOUNTS: &[Field] = &[required("account"), optional("name")];

const PRODUCTS: &[Field] = &[required("product"), optional("name")];

const STAGES: &[Field] = &[
    required("stage"),
    optional("name"),
    optional("pipeline"),
    required("position"),
    required("outcome"),
    optional("probability"),
    optional("forecast_category"),
];

const ACTIVITIES: &[Field] = &[
    required("activity"),
    required("occurred_at"),
    required("kind"),
    optional("owner"),
    optional("deal"),
    optional("change_source"),
    optional("revision"),
    optional("deleted"),
];

const QUOTAS: &[Field] = &[
    optional("quota"),
    optional("person"),
    optional("team"),
    required("first_day"),
    required("last_day"),
    optional("amount"),
    optional("currency"),
    optional("count"),
    optional("deleted"),
];

const RATES: &[Field] = &[required("currency"), required("home"), required("date"), required("rate")];

/// The fields of a kind.
pub(super) fn of(kind: Kind) -> &'static [Field] {
    match kind {
        Kind::Deals => DEALS,
        Kind::StageHistory => STAGE_HISTORY,
        Kind::People => PEOPLE,
        Kind::Accounts => ACCOUNTS,
        Kind::Products => PRODUCTS,
        Kind::Stages => STAGES,
        Kind::Activities => ACTIVITIES,
        Kind::Quotas => QUOTAS,
        Kind::Rates => RATES,
    }
}

/// Checks one table; the message says what is wrong and what to do.
pub(super) fn check(mapping: &Mapping, table: &Table) -> Result<(), String> {
    let kind = table.kind;
    let fields = of(kind);
    let given = |field: &str| table.columns.contains_key(field) || table.constants.contains_key(field);
    for name in table.columns.keys().chain(table.constants.keys()) {
        if !fields.iter().any(|field| field.name == name) {
            let known: Vec<&str> = fields.iter().map(|field| field.name).collect();
            return Err(format!("{} have no field {name:?}; they have {}", kind.name(), known.join(", ")));
        }
    }
    if let Some(missing) = fields.iter().find(|field| field.required && !given(field.name)) {
        return Err(format!("{} need the field {}: name its column", kind.name(), missing.name));
    }
    if table.delimiter.is_some_and(|delimiter| !delimiter.is_ascii() || "\"\r\n".contains(delimiter)) {
        return Err("the delimiter is one ASCII character, and no quotation mark".to_owned());
    }
    let only_for = |used: bool, part: &str, kinds: &[Kind]| {
        if used && !kinds.contains(&kind) { Err(format!("{} have no {part}", kind.name())) } else { Ok(()) }
    };
    only_for(!table.own_fields.is_empty(), "own_fields", &[Kind::Deals])?;
    only_for(!table.attributes.is_empty(), "attributes", &[Kind::Accounts, Kind::Products])?;
    only_for(
        !table.zero_is_absent_when.is_empty(),
        "zero_is_absent_when",
        &[Kind::Deals, Kind::StageHistory],
    )?;
    for name in table.own_fields.keys().chain(table.attributes.keys()) {
        if BUILT_IN.iter().any(|(built_in, _)| *built_in == name.as_str()) {
            return Err(format!("{name} is a dimension of its own already: choose another name"));
        }
    }
    check_meaning(mapping, table, given)
}

/// Fields that only make sense together.
fn check_meaning(mapping: &Mapping, table: &Table, given: impl Fn(&str) -> bool) -> Result<(), String> {
    let knows_stages =
        !mapping.pipelines.is_empty() || mapping.tables.iter().any(|table| table.kind == Kind::Stages);
    match table.kind {
        Kind::Deals | Kind::StageHistory | Kind::Quotas if given("amount") && !given("currency") => {
            Err("an amount needs a currency: name its column, or write `constants: {currency: USD}`".to_owned())
        }
        Kind::Deals if given("amount_home") && !given("currency_home") => {
            Err("amount_home needs currency_home: name its column, or make it a constant".to_owned())
        }
        Kind::Deals if given("stage") && !given("status") && !knows_stages => Err(
            "what the stages mean is not known: list them under `pipelines` with their outcome, add a table of \
             kind stages, or name the column of the status"
                .to_owned(),
        ),
        Kind::StageHistory if !knows_stages => Err(
            "what the stages mean is not known: list them under `pipelines` with their outcome, or add a table \
             of kind stages"
                .to_owned(),
        ),
        Kind::Quotas if given("amount") == given("count") => {
            Err("quotas have either an amount or a count".to_owned())
        }
        _ => Ok(()),
    }
}
