//! One JSON value of an item, as it stands in the text, and how it reads as text, number, time and so on.
//!
//! Invariant: numbers are read from their digits, never through a float.

use super::reject::{Place, Rejection, excerpt};
use salescope_domain::{Currency, Date, Decimal, IdError, Instant, Money, Patch};
use serde::Deserialize;
use serde::de::{IntoDeserializer, value::Error as WordError};
use std::borrow::Cow;

/// Deepest nesting of a value that is read.
pub(super) const NESTING_MAX: u32 = 32;

/// A value and where it stands. The text is valid JSON.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value<'a> {
    /// The value's JSON.
    pub(super) raw: &'a str,
    /// Where it stands.
    pub(super) place: Place<'a>,
}

type Read<T> = Result<T, Rejection>;

impl<'a> Value<'a> {
    pub(super) fn is_null(self) -> bool {
        self.raw == "null"
    }

    /// Whether it is a list or an object.
    pub(super) fn is_nested(self) -> bool {
        self.raw.starts_with(['{', '['])
    }

    /// Text, a number's digits, or `true` and `false` as words; `None` for null and blank text.
    pub(super) fn text(self) -> Read<Option<Cow<'a, str>>> {
        let text = match self.raw.as_bytes() {
            [b'"', inner @ .., b'"'] if !inner.contains(&b'\\') => {
                Cow::Borrowed(&self.raw[1..self.raw.len() - 1])
            }
            [b'"', ..] => Cow::Owned(serde_json::from_str(self.raw).map_err(|_| {
                self.place.reject("invalid_text", "holds an escape that stands for no character")
            })?),
            [b'n', ..] => return Ok(None),
            [b'{' | b'[', ..] => {
                return Err(self.place.reject("invalid_type", "is a list or an object where a text belongs"));
            }
            _ => Cow::Borrowed(self.raw),
        };
        let is_blank = !text.starts_with(|first: char| first.is_ascii_graphic()) && text.trim().is_empty();
        Ok(if is_blank { None } else { Some(text) })
    }

    /// Text that keeps the rules of ids; `make` is the constructor of the id.
    pub(super) fn id<T>(self, make: impl Fn(&str) -> Result<T, IdError>) -> Read<Option<T>> {
        let Some(text) = self.text()? else { return Ok(None) };
        make(&text).map(Some).map_err(|error| self.place.reject("invalid_text", error.to_string()))
    }

    /// As [`Self::id`], where null and blank text clear.
    pub(super) fn patch<T>(self, make: impl Fn(&str) -> Result<T, IdError>) -> Read<Patch<T>> {
        self.id(make).map(Patch::from)
    }

    /// A JSON number or a text that is one.
    pub(super) fn decimal(self) -> Read<Option<Decimal>> {
        if self.raw.starts_with(['t', 'f']) {
            return Err(self.place.reject("invalid_number", format!("{} is no number", self.raw)));
        }
        let Some(text) = self.text()? else { return Ok(None) };
        let read = text.trim().parse::<Decimal>();
        read.map(Some).map_err(|error| {
            let reason = match error {
                salescope_domain::decimal::DecimalError::Malformed(_) => "is no decimal number",
                salescope_domain::decimal::DecimalError::TooManyDigits(_) => {
                    "has more digits than can be kept exactly"
                }
            };
            self.place.reject("invalid_number", format!("{:?} {reason}", excerpt(&text)))
        })
    }

    /// A number of whole minor units of `currency`.
    pub(super) fn money(self, currency: Currency) -> Read<Option<Money>> {
        let Some(amount) = self.decimal()? else { return Ok(None) };
        let money = Money::from_decimal(amount, currency);
        money.map(Some).map_err(|error| self.place.reject("inexact_amount", error.to_string()))
    }

    /// A whole number, or a text that is one.
    pub(super) fn integer(self) -> Read<Option<i64>> {
        if let Ok(number) = self.raw.parse() {
            return Ok(Some(number));
        }
        let Some(number) = self.decimal()? else { return Ok(None) };
        let whole = number.to_units(0);
        whole.map(Some).ok_or_else(|| {
            self.place.reject("invalid_number", format!("{number} is not a whole number of 64 bits"))
        })
    }

    /// A whole number from 0 to 4,294,967,295.
    pub(super) fn count(self) -> Read<Option<u32>> {
        let Some(number) = self.integer()? else { return Ok(None) };
        u32::try_from(number).map(Some).map_err(|_| {
            self.place.reject("invalid_number", format!("{number} is not between 0 and {}", u32::MAX))
        })
    }

    /// `true` or `false`.
    pub(super) fn flag(self) -> Read<Option<bool>> {
        match self.raw {
            "true" | "\"true\"" => Ok(Some(true)),
            "false" | "\"false\"" => Ok(Some(false)),
            "null" => Ok(None),
            _ => Err(self.place.reject("invalid_type", "is neither true nor false")),
        }
    }

    /// A time with its offset.
    pub(super) fn time(self) -> Read<Option<Instant>> {
        let Some(text) = self.text()? else { return Ok(None) };
        let read = text.trim().parse();
        read.map(Some).map_err(|_| {
            let text = excerpt(&text);
            let message = format!("{text:?} is not a time: write it as 2026-11-23T09:41:07Z");
            self.place.reject("invalid_time", message)
        })
    }

    /// A date without a time.
    pub(super) fn date(self) -> Read<Option<Date>> {
        let Some(text) = self.text()? else { return Ok(None) };
        let read = text.trim().parse();
        read.map(Some).map_err(|_| {
            let text = excerpt(&text);
            self.place.reject("invalid_date", format!("{text:?} is not a date: write it as 2026-11-23"))
        })
    }

    /// A currency code.
    pub(super) fn currency(self) -> Read<Option<Currency>> {
        let Some(text) = self.text()? else { return Ok(None) };
        text.trim().parse().map(Some).map_err(|_| {
            let text = excerpt(&text);
            let message = format!("{text:?} is not a currency code: write three capital letters, as in USD");
            self.place.reject("invalid_currency", message)
        })
    }

    /// One of a closed list of words.
    pub(super) fn word<T: Deserialize<'static>>(self) -> Read<Option<T>> {
        let Some(text) = self.text()? else { return Ok(None) };
        let word: Result<T, WordError> =
            T::deserialize(String::from(excerpt(text.trim())).into_deserializer());
        word.map(Some).map_err(|error| self.place.reject("unknown_word", error.to_string()))
    }

    /// What a field of the organisation's own holds: text, or a number or truth value as it prints.
    pub(super) fn own_text(self) -> Read<Option<Cow<'a, str>>> {
        if self.is_nested() {
            return Err(self
                .place
                .reject("invalid_type", "is a list or an object where a plain value belongs"));
        }
        self.text()
    }

    /// That it is not nested deeper than [`NESTING_MAX`].
    pub(super) fn check_depth(self) -> Read<()> {
        if !self.is_nested() {
            return Ok(());
        }
        // Hardly any value has so many brackets that it could be too deep: counting them is quick.
        let opening = self.raw.bytes().filter(|byte| matches!(byte, b'{' | b'[')).count();
        if opening <= NESTING_MAX as usize {
            return Ok(());
        }
        let (mut depth, mut in_text, mut escaped) = (0_u32, false, false);
        for byte in self.raw.bytes() {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if in_text => escaped = true,
                b'"' => in_text = !in_text,
                b'{' | b'[' if !in_text => depth += 1,
                b'}' | b']' if !in_text => depth -= 1,
                _ => {}
            }
            if depth > NESTING_MAX {
                return Err(self.place.reject("too_deep", format!("is nested deeper than {NESTING_MAX}")));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(raw: &str) -> Value<'_> {
        Value { raw, place: Place::top("amount") }
    }

    #[test]
    fn money_is_exact_whether_it_comes_as_a_number_or_as_text() {
        let cents = |raw| value(raw).money(Currency::USD).map(|money| money.map(|money| money.minor));
        for (raw, minor) in
            [("25000", 2_500_000), ("\"0.10\"", 10), ("1.39E8", 13_900_000_000), ("-5.5", -550)]
        {
            assert_eq!(cents(raw), Ok(Some(minor)), "{raw}");
        }
        assert_eq!(cents("null"), Ok(None));
        for raw in ["\"NaN\"", "\"Infinity\"", "\"1,5\"", "true", "[]", "1e400"] {
            let rejection = cents(raw).unwrap_err();
            assert_eq!(rejection.pointer, "/amount", "{raw}");
        }
        assert_eq!(cents("0.001").unwrap_err().code, "inexact_amount");
    }

    #[test]
    fn nesting_is_counted_outside_of_texts_only() {
        assert!(value(r#"{"a":["[[[[\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["]}"#).check_depth().is_ok());
        let deep = format!("{}{}", "[".repeat(33), "]".repeat(33));
        assert_eq!(value(&deep).check_depth().unwrap_err().code, "too_deep");
    }

    #[test]
    fn a_lone_surrogate_is_no_text() {
        assert_eq!(value(r#""\ud800""#).text().unwrap_err().code, "invalid_text");
    }
}
