//! The query string, read strictly: a parameter that nobody knows is refused, as it was meant to do something.

use crate::code::Code;
use crate::problem::{Outcome, Problem};
use salescope_domain::{Date, IdError, Instant, SourceId, Zone};

/// The parameters that are not taken yet.
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    pub(crate) fn of(query: Option<&str>) -> Outcome<Self> {
        let read = serde_urlencoded::from_str(query.unwrap_or_default());
        read.map(Self).map_err(|_| Problem::new(Code::InvalidParameter, "the query string cannot be read"))
    }

    /// Every value of a parameter.
    pub(crate) fn all(&mut self, name: &str) -> Vec<String> {
        self.0.extract_if(.., |(known, _)| known == name).map(|(_, value)| value).collect()
    }

    /// The value of a parameter that is stated once at most; blank is absent.
    pub(crate) fn one(&mut self, name: &'static str) -> Outcome<Option<String>> {
        let mut values = self.all(name);
        if values.len() > 1 {
            return Err(Problem::parameter(name, format!("{name} is stated {} times", values.len())));
        }
        Ok(values.pop().filter(|value| !value.trim().is_empty()))
    }

    /// A date.
    pub(crate) fn date(&mut self, name: &'static str) -> Outcome<Option<Date>> {
        let Some(text) = self.one(name)? else { return Ok(None) };
        text.trim().parse().map(Some).map_err(|error| Problem::parameter(name, format!("{name}: {error}")))
    }

    /// An id.
    pub(crate) fn id<T>(
        &mut self,
        name: &'static str,
        make: impl Fn(&str) -> Result<T, IdError>,
    ) -> Outcome<Option<T>> {
        let Some(text) = self.one(name)? else { return Ok(None) };
        make(&text).map(Some).map_err(|error| Problem::parameter(name, format!("{name} {error}")))
    }

    /// The connected system; `api` where none is stated.
    pub(crate) fn source(&mut self) -> Outcome<Option<SourceId>> {
        self.id("source", SourceId::new)
    }

    /// `true` or `false`; false where absent.
    pub(crate) fn flag(&mut self, name: &'static str) -> Outcome<bool> {
        match self.one(name)?.as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(other) => {
                Err(Problem::parameter(name, format!("{name}: {other:?} is neither true nor false")))
            }
        }
    }

    /// A time, or the start of a date in `zone`.
    pub(crate) fn time(&mut self, name: &'static str, zone: &Zone) -> Outcome<Option<Instant>> {
        let Some(text) = self.one(name)? else { return Ok(None) };
        let text = text.trim();
        if let Ok(date) = text.parse::<Date>() {
            return Ok(Some(zone.start_of_day(date)));
        }
        // In a query string an unescaped plus sign is a blank: `+01:00` is meant.
        let read = text.replace(' ', "+").parse();
        read.map(Some).map_err(|_| {
            let example = "write 2026-11-23T09:41:07Z, or a date such as 2026-11-23";
            Problem::parameter(name, format!("{name}: {text:?} is not a time: {example}"))
        })
    }

    /// That nothing is left.
    pub(crate) fn end(self) -> Outcome<()> {
        match self.0.into_iter().next() {
            None => Ok(()),
            Some((name, _)) => {
                let detail = format!("there is no parameter {name:?} here");
                Err(Problem::new(Code::InvalidParameter, detail).because(name))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_taken_by_name_and_what_is_left_is_refused() {
        let mut params =
            Params::of(Some("a=1&b=2&a=3&from=2026-01-01&at=2026-01-01T00:00:00+01:00&x=")).unwrap();
        assert_eq!(params.all("a"), ["1", "3"]);
        assert_eq!(params.date("from").unwrap().unwrap().to_string(), "2026-01-01");
        assert_eq!(params.time("at", &Zone::utc()).unwrap().unwrap().to_string(), "2025-12-31T23:00:00Z");
        assert_eq!(params.one("x").unwrap(), None);
        assert!(params.end().unwrap_err().detail.contains("\"b\""));
        assert!(Params::of(Some("a=1&a=2")).unwrap().one("a").is_err());
    }
}
