//! Conversion into the organisation's currency, by its policy.

use super::World;
use crate::state::State;
use hashbrown::HashMap;
use salescope_domain::money::div_half_even;
use salescope_domain::rate::convert;
use salescope_domain::{Currency, Date, Decimal, FxPolicy, OrgSettings};

/// Rates into one currency, by currency and date.
#[derive(Debug, Default)]
pub(crate) struct RateBook {
    /// Sorted by date.
    rates: HashMap<Currency, Vec<(Date, Decimal)>>,
}

impl RateBook {
    pub(crate) fn new(state: &State, known: i64, settings: &OrgSettings) -> Self {
        let mut found: HashMap<Currency, Vec<(Date, u64, Decimal)>> = HashMap::new();
        for (_, at) in state.rates.all_at(known) {
            let Some(known) = at.filter(|at| at.value.home == settings.currency) else { continue };
            let rate = &known.value;
            found.entry(rate.currency).or_default().push((rate.date, known.seq, rate.rate));
        }
        let sorted = |mut list: Vec<(Date, u64, Decimal)>| {
            list.sort_unstable_by_key(|(date, seq, _)| (*date, std::cmp::Reverse(*seq)));
            list.dedup_by_key(|(date, _, _)| *date);
            list.into_iter().map(|(date, _, rate)| (date, rate)).collect()
        };
        Self { rates: found.into_iter().map(|(currency, list)| (currency, sorted(list))).collect() }
    }

    /// The rate in force on a date.
    pub(crate) fn on(&self, currency: Currency, date: Date) -> Option<Decimal> {
        let rates = self.rates.get(&currency)?;
        let at = rates.partition_point(|(from, _)| *from <= date).checked_sub(1)?;
        Some(rates[at].1)
    }
}

/// Rates kept at hand.
pub(crate) const RATE_MEMO: usize = 8;

/// A rate that was looked up: currency, date and what was found.
pub(crate) type RateMemo = std::cell::Cell<Option<(Currency, Date, Option<Decimal>)>>;

/// An amount of a deal, and how it becomes one in the organisation's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Amount {
    /// The deal has none.
    Absent,
    /// It cannot be told, for want of history.
    Untold,
    /// In the organisation's currency already.
    Home(i64),
    /// Converts at a date's rate, rounded on its own.
    Fixed { minor: i64, currency: Currency, home: u32, date: Date },
    /// Is summed per currency, then converts at a date's rate.
    Floating { minor: i64, currency: Currency, home: u32, date: Date },
    /// No rate was found.
    NoRate(Currency),
}

/// An amount after the policy was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Converted {
    /// Minor units of the organisation's currency.
    Home(i64),
    /// Minor units of a currency, to be converted with the sum.
    Floating { minor: i64, currency: Currency, date: Date },
    /// There is no rate.
    NoRate(Currency),
}

impl World<'_> {
    fn date_by_policy(&self, date: Date) -> Date {
        if let FxPolicy::Constant(constant) = self.settings.fx_policy { constant } else { date }
    }

    /// The rate in force; questions ask for the same few again and again.
    fn rate_on(&self, currency: Currency, date: Date) -> Option<Decimal> {
        let memo = &self.rate_memo[usize::from(currency.to_index()) % RATE_MEMO];
        match memo.get() {
            Some((known, on, rate)) if known == currency && on == date => rate,
            _ => {
                let rate = self.rates().on(currency, date);
                memo.set(Some((currency, date, rate)));
                rate
            }
        }
    }

    /// `units` (with `extra_digits` below the minor unit) of a currency in the organisation's, at a date's rate.
    pub(crate) fn at_rate(
        &self,
        units: i128,
        currency: Currency,
        date: Date,
        extra_digits: u32,
    ) -> Option<i128> {
        let home = self.settings.currency;
        if currency == home {
            return Some(convert(units, Decimal::ONE, home, home, extra_digits));
        }
        let rate = self.rate_on(currency, self.date_by_policy(date))?;
        if crate::sabotage::on("half_up_rounding") {
            let rounded = convert(units * 1000 + 1, rate, currency, home, extra_digits + 3);
            return Some(rounded);
        }
        Some(convert(units, rate, currency, home, extra_digits))
    }

    /// Carries the policy out on an amount; `None` when there is nothing to convert.
    pub(crate) fn convert(&self, amount: Amount) -> Option<Converted> {
        let (minor, currency, home, fixed, date) = match amount {
            Amount::Absent | Amount::Untold => return None,
            Amount::Home(minor) => return Some(Converted::Home(minor)),
            Amount::NoRate(currency) => return Some(Converted::NoRate(currency)),
            Amount::Fixed { minor, currency, home, date } => (minor, currency, home, true, date),
            Amount::Floating { minor, currency, home, date } => (minor, currency, home, false, date),
        };
        if currency == self.settings.currency {
            return Some(Converted::Home(minor));
        }
        if self.settings.fx_policy == FxPolicy::Crm {
            let stated =
                self.state.sets.home.get(home).filter(|home| home.currency == self.settings.currency);
            return Some(stated.map_or(Converted::NoRate(currency), |stated| Converted::Home(stated.minor)));
        }
        if !fixed {
            return Some(Converted::Floating { minor, currency, date });
        }
        let date = if crate::sabotage::on("rate_of_the_wrong_date") { date.plus_days(-1) } else { date };
        Some(self.converted(minor, currency, date))
    }

    /// A quota's target: by date, or at the constant date's rate; a CRM states no conversion of quotas.
    pub(crate) fn convert_quota(&self, amount: Amount) -> Converted {
        match amount {
            Amount::Fixed { minor, currency, date, .. } => self.converted(minor, currency, date),
            Amount::Home(minor) => Converted::Home(minor),
            _ => Converted::Home(0),
        }
    }

    /// The sum of two amounts of one deal.
    pub(crate) fn plus(a: Amount, b: Amount) -> Amount {
        match (a, b) {
            (Amount::Home(a), Amount::Home(b)) => Amount::Home(a + b),
            (Amount::Floating { minor, currency, home, date }, Amount::Floating { minor: more, .. }) => {
                Amount::Floating { minor: minor + more, currency, home, date }
            }
            (a, _) => a,
        }
    }

    fn converted(&self, minor: i64, currency: Currency, date: Date) -> Converted {
        let home = self.at_rate(i128::from(minor), currency, date, 0);
        home.map_or(Converted::NoRate(currency), |home| Converted::Home(narrow(home)))
    }

    /// An amount on its own, rounded even if it floats.
    pub(crate) fn alone(&self, amount: Amount) -> Option<Result<i64, Currency>> {
        match self.convert(amount)? {
            Converted::Home(minor) => Some(Ok(minor)),
            Converted::NoRate(currency) => Some(Err(currency)),
            Converted::Floating { minor, currency, date } => match self.converted(minor, currency, date) {
                Converted::Home(minor) => Some(Ok(minor)),
                _ => Some(Err(currency)),
            },
        }
    }

    /// Splits an amount by raw pieces that sum to its minor units: the pieces in the organisation's currency sum to its
    /// conversion, or float like it.
    pub(crate) fn split(&self, amount: Amount, pieces: &[i64]) -> Vec<Amount> {
        let (total, currency, home, date) = match amount {
            Amount::Absent | Amount::Untold | Amount::NoRate(_) => return vec![amount; pieces.len()],
            Amount::Home(_) => return pieces.iter().map(|piece| Amount::Home(*piece)).collect(),
            Amount::Floating { currency, home, date, .. } if self.settings.fx_policy != FxPolicy::Crm => {
                let floating = |minor: &i64| Amount::Floating { minor: *minor, currency, home, date };
                return pieces.iter().map(floating).collect();
            }
            Amount::Floating { minor, currency, home, date }
            | Amount::Fixed { minor, currency, home, date } => (minor, currency, home, date),
        };
        let running = |sum: i64| match self.settings.fx_policy {
            FxPolicy::Crm if currency != self.settings.currency => {
                let whole = self.convert(Amount::Floating { minor: total, currency, home, date })?;
                let Converted::Home(whole) = whole else { return None };
                if sum == total {
                    return Some(i128::from(whole));
                }
                let share = i128::from(whole) * i128::from(sum) * i128::from(total.signum());
                Some(div_half_even(share, i128::from(total.abs()).max(1)))
            }
            _ => self.at_rate(i128::from(sum), currency, date, 0),
        };
        let mut sum = 0;
        let mut before = Some(0);
        let mut next = |piece: &i64| {
            sum += piece;
            let after = running(sum);
            let amount = before.zip(after).map(|(before, after)| Amount::Home(narrow(after - before)));
            before = after;
            amount.unwrap_or(Amount::NoRate(currency))
        };
        pieces.iter().map(&mut next).collect()
    }
}

/// A converted amount fits like the amount that it was.
pub(crate) fn narrow(minor: i128) -> i64 {
    i64::try_from(minor).unwrap_or(if minor < 0 { i64::MIN } else { i64::MAX })
}
