//! One row's fields as typed values, and whom to blame when a cell is none.

use super::cells::{self, CellFault};
use super::config::{Locale, Scalar};
use super::layout::{Layout, Place};
use csv::StringRecord;
use salescope_domain::{Currency, Date, Decimal, IdError, Instant, Money, Patch, Zone};
use serde::de::{DeserializeOwned, IntoDeserializer, value::Error as WordError};
use std::borrow::Cow;

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RowFault {
    /// Column to blame; empty where it is the whole row.
    pub(super) column: String,
    pub(super) code: &'static str,
    pub(super) reason: String,
}

/// A row with what is needed to read it.
pub(super) struct RowReader<'a> {
    pub(super) layout: &'a Layout,
    pub(super) cells: &'a StringRecord,
    pub(super) locale: &'a Locale,
    pub(super) zone: &'a Zone,
}

impl<'a> RowReader<'a> {
    /// Whether the table says anything about a field.
    pub(super) fn states(&self, field: &str) -> bool {
        self.layout.place(field).is_some()
    }

    /// What the row says about a field; nothing where the cell is empty and there is no constant.
    pub(super) fn text(&self, field: &str) -> Option<Cow<'a, str>> {
        self.layout.place(field).and_then(|place| self.at(place))
    }

    /// What the row says at a place.
    pub(super) fn at(&self, place: &'a Place) -> Option<Cow<'a, str>> {
        let cell = place.column.as_ref().map(|(at, column)| {
            let text = cells::plain(self.cells.get(*at).unwrap_or(""));
            let mapped = if column.map.is_empty() { None } else { column.map.get(&Scalar(text.to_owned())) };
            mapped.map_or(text, |Scalar(meaning)| meaning.trim())
        });
        let text = cell.filter(|text| !text.is_empty()).or(place.constant.as_deref());
        text.filter(|text| !text.is_empty()).map(Cow::Borrowed)
    }

    /// A fault of a field.
    pub(super) fn fault(&self, field: &str, code: &'static str, reason: impl Into<String>) -> RowFault {
        RowFault { column: self.layout.column_of(field), code, reason: reason.into() }
    }

    fn blame(&self, field: &str) -> impl Fn(CellFault) -> RowFault {
        let column = self.layout.column_of(field);
        move |CellFault { code, reason }| RowFault { column: column.clone(), code, reason }
    }

    /// An id or a short text, checked by `new`.
    pub(super) fn id<T>(
        &self,
        field: &str,
        new: impl Fn(&str) -> Result<T, IdError>,
    ) -> Result<Option<T>, RowFault> {
        let read = |text: Cow<'_, str>| {
            new(&text).map_err(|error| self.fault(field, "invalid_text", format!("the text {error}")))
        };
        self.text(field).map(read).transpose()
    }

    /// The value of a field that every row needs.
    pub(super) fn needed<T>(&self, field: &str, value: Option<T>) -> Result<T, RowFault> {
        value.ok_or_else(|| {
            self.fault(field, "missing_value", "the cell is empty and the row cannot do without it")
        })
    }

    /// A number.
    pub(super) fn number(&self, field: &str) -> Result<Option<Decimal>, RowFault> {
        let read = |text: Cow<'_, str>| cells::number(&text, self.locale).map_err(self.blame(field));
        self.text(field).map(read).transpose()
    }

    /// A whole number that fits `T`.
    pub(super) fn whole<T: TryFrom<i64>>(&self, field: &str) -> Result<Option<T>, RowFault> {
        let Some(value) = self.number(field)? else { return Ok(None) };
        let whole = value.to_units(0).and_then(|value| T::try_from(value).ok());
        let fault = || self.fault(field, "invalid_number", format!("{value} is not a whole number in range"));
        whole.map(Some).ok_or_else(fault)
    }

    /// A probability: a number from 0 to 1, or a percentage where the column says so or the cell ends in `%`.
    pub(super) fn probability(&self, field: &str) -> Result<Option<Decimal>, RowFault> {
        let Some(text) = self.text(field) else { return Ok(None) };
        let column = self.layout.place(field).and_then(|place| place.column.as_ref());
        let (text, signed) = match text.strip_suffix('%') {
            Some(text) => (text.trim_end(), true),
            None => (&*text, false),
        };
        let value = cells::number(text, self.locale).map_err(self.blame(field))?;
        if !(signed || column.is_some_and(|(_, column)| column.percent)) {
            return Ok(Some(value));
        }
        let scale = value.scale() + 2;
        let fault = || self.fault(field, "invalid_probability", format!("{value}% has too many decimals"));
        if scale > salescope_domain::decimal::SCALE_MAX {
            Err(fault())
        } else {
            Ok(Some(Decimal::new(value.mantissa(), scale)))
        }
    }

    /// A date.
    pub(super) fn date(&self, field: &str) -> Result<Option<Date>, RowFault> {
        let read = |text: Cow<'_, str>| cells::date(&text, self.locale, self.zone).map_err(self.blame(field));
        self.text(field).map(read).transpose()
    }

    /// A time, and whether it was more than a date.
    pub(super) fn instant(&self, field: &str) -> Result<Option<(Instant, bool)>, RowFault> {
        let read =
            |text: Cow<'_, str>| cells::instant(&text, self.locale, self.zone).map_err(self.blame(field));
        self.text(field).map(read).transpose()
    }

    /// A currency's code, in either case.
    pub(super) fn currency(&self, field: &str) -> Result<Option<Currency>, RowFault> {
        let read = |text: Cow<'_, str>| {
            let code = text.to_ascii_uppercase().parse::<Currency>();
            code.map_err(|error| self.fault(field, "invalid_currency", error.to_string()))
        };
        self.text(field).map(read).transpose()
    }

    /// An amount in `currency`, which it cannot do without.
    pub(super) fn money(&self, field: &str, currency: Option<Currency>) -> Result<Option<Money>, RowFault> {
        let Some(amount) = self.number(field)? else { return Ok(None) };
        let Some(currency) = currency else {
            return Err(self.fault(
                field,
                "currency_missing",
                format!("the amount {amount} has no currency"),
            ));
        };
        let money = Money::from_decimal(amount, currency);
        money.map(Some).map_err(|error| self.fault(field, "inexact_amount", error.to_string()))
    }

    /// A word of a closed list, such as a status; blanks, hyphens and case do not matter.
    pub(super) fn word<T: DeserializeOwned>(&self, field: &str) -> Result<Option<T>, RowFault> {
        let Some(text) = self.text(field) else { return Ok(None) };
        let word = text.to_ascii_lowercase().replace([' ', '-'], "_");
        let read: Result<T, WordError> = T::deserialize(word.as_str().into_deserializer());
        let fault = |error: WordError| {
            let reason = format!("{error}; give the column a `map` from its words to these");
            self.fault(field, "unknown_word", reason)
        };
        read.map(Some).map_err(fault)
    }

    /// Yes or no.
    pub(super) fn flag(&self, field: &str) -> Result<Option<bool>, RowFault> {
        let Some(text) = self.text(field) else { return Ok(None) };
        match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "y" | "1" => Ok(Some(true)),
            "false" | "no" | "n" | "0" => Ok(Some(false)),
            _ => Err(self.fault(field, "unknown_word", format!("{text:?} is neither true nor false"))),
        }
    }

    /// A field of a snapshot: what the table has no place for stays, what the row leaves empty is cleared.
    pub(super) fn patch<T>(&self, field: &str, value: Option<T>) -> Patch<T> {
        if self.states(field) { value.into() } else { Patch::Keep }
    }
}
