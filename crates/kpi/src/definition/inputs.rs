//! Reading an input: its measure and its conditions, against the fact's schema.

use super::check::{DefinitionError, listed};
use super::compile::{Input, Measure};
use crate::facts::schema::{FieldKind, Schema};
use salescope_domain::{Condition, query};

pub(super) fn measure(place: &str, schema: &Schema, text: &str) -> Result<Measure, DefinitionError> {
    let place = format!("{place}.measure");
    let (verb, field) = text.split_once(' ').unwrap_or((text, ""));
    let simple = match (verb, field) {
        ("count", "") => Some(Measure::Count),
        ("count", "deals") => Some(Measure::CountDeals),
        ("distinct", "deals") => Some(Measure::DistinctDeals),
        ("distinct", "owners") => Some(Measure::DistinctOwners),
        _ => None,
    };
    if let Some(measure) = simple {
        return Ok(measure);
    }
    let not_a_measure = || DefinitionError::Meaning {
        place: place.clone(),
        message: format!(
            "{text:?} is not a measure: write count, count FIELD, missing FIELD, sum FIELD, median FIELD, \
             distinct deals or distinct owners (last, min and max are for metric values)"
        ),
    };
    if field.is_empty() {
        return Err(not_a_measure());
    }
    let Some((_, kind)) = schema.fields.iter().find(|(name, _)| *name == field) else {
        return Err(DefinitionError::Unknown {
            place: place.clone(),
            what: "field",
            name: field.to_owned(),
            known: format!("{} on {}", listed(schema.fields.iter().map(|(name, _)| *name)), schema.name),
        });
    };
    match (verb, kind) {
        ("count", kind) => Ok(Measure::CountField(*kind)),
        ("missing", kind) => Ok(Measure::Missing(*kind)),
        ("sum", kind) => Ok(Measure::Sum(*kind)),
        ("median", kind) if *kind != FieldKind::Weighted => Ok(Measure::Median(*kind)),
        ("last", FieldKind::Number) => Ok(Measure::Last),
        ("min", FieldKind::Number) => Ok(Measure::Min),
        ("max", FieldKind::Number) => Ok(Measure::Max),
        _ => Err(not_a_measure()),
    }
}

pub(super) fn conditions(
    place: &str,
    schema: &Schema,
    field: &str,
    condition: &Condition,
    input: &mut Input,
) -> Result<(), DefinitionError> {
    let values: Vec<String> = match condition {
        Condition::Flag(flag) => vec![flag.to_string()],
        Condition::Is(value) => vec![value.clone()],
        Condition::AnyOf(values) => values.clone(),
    };
    if values.is_empty() {
        let message = "an empty list leaves every fact out: name at least one value".to_owned();
        return Err(DefinitionError::Meaning { place: place.to_owned(), message });
    }
    if let Some((_, codes)) = schema.code.filter(|(name, _)| *name == field) {
        input.codes = 0;
        for value in values {
            let Some(code) = codes.iter().position(|code| *code == value) else {
                let (what, known) = ("value", listed(codes.iter().copied()));
                return Err(DefinitionError::Unknown { place: place.to_owned(), what, name: value, known });
            };
            input.codes |= 1 << code;
        }
        return Ok(());
    }
    if let Some(bit) = schema.flags.iter().position(|name| *name == field) {
        let Condition::Flag(on) = condition else {
            let message = "is yes or no: write true or false".to_owned();
            return Err(DefinitionError::Meaning { place: place.to_owned(), message });
        };
        let flags = if *on { &mut input.flags_on } else { &mut input.flags_off };
        *flags |= 1 << bit;
        return Ok(());
    }
    if let Some((_, dimension)) = query::BUILT_IN.iter().find(|(name, _)| *name == field) {
        input.dims.push((dimension.clone(), values));
        return Ok(());
    }
    let fields = schema.code.iter().map(|(name, _)| *name).chain(schema.flags.iter().copied());
    let dimensions = query::BUILT_IN.iter().map(|(name, _)| *name);
    Err(DefinitionError::Unknown {
        place: place.to_owned(),
        what: "field",
        name: field.to_owned(),
        known: format!("{} on {}", listed(fields.chain(dimensions)), schema.name),
    })
}
