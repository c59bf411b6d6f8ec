//! Formulas: `+ - * /`, brackets, numbers, names, `abs(x)`, and `positive(x)`, which is nothing unless x is above zero.
//!
//! Invariant: evaluation is exact; a missing operand or a division by zero gives "nothing", never an error.

use super::check::DefinitionError;
use super::units::Exponents;
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};

/// Longest formula, in characters: enough for any that a person writes, and no deeper than the stack.
pub(super) const FORMULA_CHARS_MAX: usize = 1_000;
/// Deepest nesting of brackets.
const DEPTH_MAX: usize = 64;

/// A formula.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expr {
    Number(BigRational),
    Name(String),
    /// A compiled name: number of an input.
    Input(usize),
    /// Days of the range, and those of them that have passed.
    RangeDays,
    ElapsedDays,
    Binary(char, Box<Expr>, Box<Expr>),
    Positive(Box<Expr>),
    Abs(Box<Expr>),
}

/// Names that every formula knows.
pub(crate) const RANGE_DAYS: &str = "range_days";
pub(crate) const ELAPSED_DAYS: &str = "elapsed_days";

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

/// Reads a formula.
pub(crate) fn parse(text: &str) -> Result<Expr, DefinitionError> {
    if text.chars().count() > FORMULA_CHARS_MAX {
        let expected = format!("at most {FORMULA_CHARS_MAX} characters");
        return Err(DefinitionError::Formula { formula: String::new(), column: FORMULA_CHARS_MAX, expected });
    }
    let mut parser = Parser { text, at: 0, depth: 0 };
    let expr = parser.sum()?;
    parser.blanks();
    if parser.at == text.len() { Ok(expr) } else { Err(parser.error("an operator")) }
}

impl Parser<'_> {
    fn error(&self, expected: &str) -> DefinitionError {
        DefinitionError::Formula {
            formula: self.text.to_owned(),
            column: self.text[..self.at].chars().count() + 1,
            expected: expected.to_owned(),
        }
    }

    fn blanks(&mut self) {
        self.at += self.text[self.at..].len() - self.text[self.at..].trim_start().len();
    }

    fn peek(&mut self) -> Option<char> {
        self.blanks();
        self.text[self.at..].chars().next()
    }

    fn operator(&mut self, operators: &[char]) -> Option<char> {
        let found = self.peek().filter(|next| operators.contains(next))?;
        self.at += found.len_utf8();
        Some(found)
    }

    fn sum(&mut self) -> Result<Expr, DefinitionError> {
        let mut left = self.product()?;
        while let Some(operator) = self.operator(&['+', '-']) {
            left = Expr::Binary(operator, Box::new(left), Box::new(self.product()?));
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Expr, DefinitionError> {
        let mut left = self.term()?;
        while let Some(operator) = self.operator(&['*', '/']) {
            left = Expr::Binary(operator, Box::new(left), Box::new(self.term()?));
        }
        Ok(left)
    }

    fn take(&mut self, wanted: impl Fn(char) -> bool) -> &str {
        let rest = &self.text[self.at..];
        let len = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        let start = self.at;
        self.at += len;
        &self.text[start..self.at]
    }

    fn term(&mut self) -> Result<Expr, DefinitionError> {
        match self.peek() {
            Some('(') => self.bracket(),
            Some(digit) if digit.is_ascii_digit() => {
                let start = self.at;
                let number =
                    self.take(|c| c.is_ascii_digit() || c == '.').parse::<salescope_domain::Decimal>();
                let Ok(number) = number else {
                    self.at = start;
                    return Err(self.error("a number"));
                };
                let scale = BigInt::from(10).pow(u32::from(number.scale()));
                Ok(Expr::Number(BigRational::new(number.mantissa().into(), scale)))
            }
            Some(letter) if letter.is_ascii_lowercase() => {
                let name = self.take(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_').to_owned();
                match name.as_str() {
                    "positive" if self.peek() == Some('(') => Ok(Expr::Positive(Box::new(self.bracket()?))),
                    "abs" if self.peek() == Some('(') => Ok(Expr::Abs(Box::new(self.bracket()?))),
                    RANGE_DAYS => Ok(Expr::RangeDays),
                    ELAPSED_DAYS => Ok(Expr::ElapsedDays),
                    _ => Ok(Expr::Name(name)),
                }
            }
            _ => Err(self.error("a number, a name or a bracket")),
        }
    }

    fn bracket(&mut self) -> Result<Expr, DefinitionError> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.error("fewer brackets"));
        }
        self.at += 1;
        let inner = self.sum()?;
        self.operator(&[')']).ok_or_else(|| self.error("a closing bracket"))?;
        self.depth -= 1;
        Ok(inner)
    }
}

impl Expr {
    /// Replaces each name.
    pub(crate) fn bind(
        self,
        replace: &mut impl FnMut(&str) -> Result<Expr, DefinitionError>,
    ) -> Result<Expr, DefinitionError> {
        Ok(match self {
            Self::Name(name) => replace(&name)?,
            Self::Binary(operator, left, right) => {
                Self::Binary(operator, Box::new(left.bind(replace)?), Box::new(right.bind(replace)?))
            }
            Self::Positive(inner) => Self::Positive(Box::new(inner.bind(replace)?)),
            Self::Abs(inner) => Self::Abs(Box::new(inner.bind(replace)?)),
            other => other,
        })
    }

    /// The unit of the formula, given those of the inputs; `Err` says what is wrong.
    pub(crate) fn exponents(&self, inputs: &impl Fn(usize) -> Exponents) -> Result<Exponents, String> {
        match self {
            Self::Number(_) | Self::Name(_) => Ok(Exponents::default()),
            Self::Input(input) => Ok(inputs(*input)),
            Self::RangeDays | Self::ElapsedDays => Ok(Exponents { money: 0, days: 1 }),
            Self::Positive(inner) | Self::Abs(inner) => inner.exponents(inputs),
            Self::Binary(operator, left, right) => {
                let (left, right) = (left.exponents(inputs)?, right.exponents(inputs)?);
                match operator {
                    '*' => Ok(left.times(right)),
                    '/' => Ok(left.over(right)),
                    _ if left == right => Ok(left),
                    '+' => Err(format!("{left} cannot be added to {right}")),
                    _ => Err(format!("{right} cannot be taken from {left}")),
                }
            }
        }
    }

    /// The value, or nothing.
    pub(crate) fn value(
        &self,
        inputs: &impl Fn(usize) -> Option<BigRational>,
        days: (i32, i32),
    ) -> Option<BigRational> {
        let whole = |days: i32| Some(BigRational::from_integer(days.into()));
        match self {
            Self::Number(number) => Some(number.clone()),
            Self::Name(_) => None,
            Self::Input(input) => inputs(*input),
            Self::RangeDays => whole(days.0),
            Self::ElapsedDays => whole(days.1),
            Self::Positive(inner) => inner.value(inputs, days).filter(Signed::is_positive),
            Self::Abs(inner) => inner.value(inputs, days).map(|value| value.abs()),
            Self::Binary(operator, left, right) => {
                let (left, right) = (left.value(inputs, days)?, right.value(inputs, days)?);
                match operator {
                    '+' => Some(left + right),
                    '-' => Some(left - right),
                    '*' => Some(left * right),
                    _ if right.is_zero() => None,
                    _ => Some(left / right),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<String> {
        let inputs = |_: usize| None;
        parse(text).unwrap().value(&inputs, (90, 30)).map(|value| value.to_string())
    }

    #[test]
    fn formulas_are_exact_and_bind_as_arithmetic_does() {
        assert_eq!(value("1 + 2 * 3 - 4 / 8").as_deref(), Some("13/2"));
        assert_eq!(value("(1 + 2) * 0.1").as_deref(), Some("3/10"));
        assert_eq!(value("8 - 4 - 2").as_deref(), Some("2"));
        assert_eq!(value("elapsed_days / range_days").as_deref(), Some("1/3"));
        assert_eq!(value("1 / (2 - 2)"), None);
        assert_eq!(value("positive(1 - 2)"), None);
        assert_eq!(value("1 + won"), None);
    }

    #[test]
    fn a_bad_formula_says_where_and_what_was_expected() {
        for (text, message) in [
            ("won /", "column 6: expected a number, a name or a bracket"),
            ("(won", "column 5: expected a closing bracket"),
            ("won lost", "column 5: expected an operator"),
            ("1.2.3", "column 1: expected a number"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains(message), "{text}: {error}");
        }
        assert!(parse(&"(".repeat(1000)).is_err());
    }
}
