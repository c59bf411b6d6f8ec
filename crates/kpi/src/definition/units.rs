//! Units: what may be added to what, and how a value prints.

use std::fmt;

/// How a value prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Money,
    MoneyPerDay,
    Ratio,
    Days,
    Count,
    Number,
    /// A number with 2 digits.
    Per,
}

/// The units by name.
pub(crate) const UNITS: [(&str, Unit); 7] = [
    ("money", Unit::Money),
    ("money_per_day", Unit::MoneyPerDay),
    ("ratio", Unit::Ratio),
    ("days", Unit::Days),
    ("count", Unit::Count),
    ("number", Unit::Number),
    ("per", Unit::Per),
];

/// Exponents of money and of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Exponents {
    pub money: i8,
    pub days: i8,
}

impl Unit {
    /// The unit of a name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        UNITS.iter().find(|(known, _)| *known == name).map(|(_, unit)| *unit)
    }

    /// The exponents that a formula of this unit must have.
    pub(crate) fn exponents(self) -> Exponents {
        match self {
            Self::Money => Exponents { money: 1, days: 0 },
            Self::MoneyPerDay => Exponents { money: 1, days: -1 },
            Self::Days => Exponents { money: 0, days: 1 },
            Self::Ratio | Self::Count | Self::Number | Self::Per => Exponents::default(),
        }
    }
}

impl Exponents {
    pub(crate) fn times(self, other: Self) -> Self {
        Self { money: self.money.saturating_add(other.money), days: self.days.saturating_add(other.days) }
    }

    pub(crate) fn over(self, other: Self) -> Self {
        Self { money: self.money.saturating_sub(other.money), days: self.days.saturating_sub(other.days) }
    }
}

impl fmt::Display for Exponents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = |name: &str, exponent: i8| match exponent {
            1 => name.to_owned(),
            other => format!("{name}^{other}"),
        };
        match (self.money, self.days) {
            (0, 0) => f.write_str("a plain number"),
            (money, 0) => f.write_str(&name("money", money)),
            (0, days) => f.write_str(&name("days", days)),
            (money, days) => write!(f, "{} x {}", name("money", money), name("days", days)),
        }
    }
}
