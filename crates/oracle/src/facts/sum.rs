//! Sums of money: null where deals are there and none has an amount, or where a rate is missing.

use super::{closed::Closed, created::Created, open};
use crate::{
    Context, money,
    print::{self, Exact, whole},
    split::Piece,
};
use num_bigint::BigInt;
use salescope_domain::{Currency, Date, FxPolicy};
use std::collections::{BTreeMap, BTreeSet};

/// A sum of money with what it tells.
#[derive(Debug, Clone)]
pub(crate) struct Sum {
    pub(crate) value: Option<Exact>,
    /// Deals with an amount.
    pub(crate) with: usize,
    /// Deals without.
    pub(crate) without: usize,
    pub(crate) notes: BTreeSet<String>,
}

impl Sum {
    fn new(converted: Vec<Result<BigInt, Currency>>, with: usize, without: usize) -> Self {
        let missing = converted.iter().filter_map(|amount| amount.as_ref().err());
        let notes = missing.map(rate_missing).collect();
        let total: Result<BigInt, Currency> = converted.into_iter().sum();
        let known = with > 0 || without == 0;
        Self { value: total.ok().map(whole).filter(|_| known), with, without, notes }
    }

    fn note_amount_missing(mut self) -> Self {
        if self.without > 0 {
            self.notes.insert("amount_missing".to_owned());
        }
        self
    }
}

/// The note of a currency without a rate.
pub(crate) fn rate_missing(currency: &Currency) -> String {
    format!("rate_missing:{currency}")
}

/// Closed deals: each at the rate of its close date.
pub(crate) fn closed_sum(context: &Context, facts: &[&Closed]) -> Sum {
    let converted: Vec<_> = facts.iter().filter_map(|fact| fact.piece.convert(context, fact.close)).collect();
    let with = converted.len();
    Sum::new(converted, with, facts.len() - with).note_amount_missing()
}

/// Created deals by their initial amounts: like the deal, at its close date's rate or floating.
pub(crate) fn created_sum(context: &Context, facts: &[&Created]) -> Sum {
    let mut converted = Vec::new();
    let mut floating = Vec::new();
    for fact in facts {
        match fact.closed_on {
            Some(date) => converted.extend(fact.piece.convert(context, date)),
            None => floating.push(&fact.piece),
        }
    }
    converted.extend(float(context, &floating, context.span.end));
    let with = facts.iter().filter(|fact| fact.piece.has_amount()).count();
    Sum::new(converted, with, facts.len() - with).note_amount_missing()
}

/// Open deals: sums per currency at the rate of the end's eve.
pub(crate) fn open_sum(context: &Context, facts: &[&open::Open]) -> Sum {
    let pieces: Vec<&Piece> = facts.iter().map(|fact| &fact.piece).collect();
    let mut sum = floating_sum(context, &pieces, context.span.end);
    sum.notes.extend(open::summing_notes(facts));
    sum
}

/// The sum of `pieces` that float at `end`.
pub(crate) fn floating_sum(context: &Context, pieces: &[&Piece], end: Date) -> Sum {
    let with = pieces.iter().filter(|piece| piece.has_amount()).count();
    Sum::new(float(context, pieces, end), with, pieces.len() - with)
}

/// Pieces summed per currency, each sum converted at the rate of the day before `end` and rounded once.
fn float(context: &Context, pieces: &[&Piece], end: Date) -> Vec<Result<BigInt, Currency>> {
    let date = end.plus_days(-1);
    if context.world.settings.fx_policy == FxPolicy::Crm {
        return pieces.iter().filter_map(|piece| piece.convert(context, date)).collect();
    }
    let mut sums: BTreeMap<Currency, BigInt> = BTreeMap::new();
    for piece in pieces {
        if let (Some(minor), Some(whole)) = (&piece.minor, piece.whole) {
            *sums.entry(whole.currency).or_default() += minor;
        }
    }
    let convert = |(currency, sum): (Currency, BigInt)| {
        let factor = money::factor(context, currency, date)?;
        Ok(print::half_even(&(whole(sum) * factor)))
    };
    sums.into_iter().map(convert).collect()
}

/// The sum of amounts times weights, which float like open deals. `crm` amounts are in one currency already.
pub(crate) fn weighted_sum(
    context: &Context,
    facts: &[(&Piece, Exact)],
) -> Result<Exact, BTreeSet<Currency>> {
    let date = context.span.end.plus_days(-1);
    let home = context.world.settings.currency;
    let crm = context.world.settings.fx_policy == FxPolicy::Crm;
    let mut sums: BTreeMap<Currency, Exact> = BTreeMap::new();
    let mut missing = BTreeSet::new();
    for (piece, weight) in facts {
        let (Some(minor), Some(amount)) = (&piece.minor, piece.whole) else { continue };
        let stated = if crm { piece.convert(context, date) } else { Some(Ok(minor.clone())) };
        match stated.expect("a piece with an amount converts or lacks a rate") {
            Ok(minor) => {
                let currency = if crm { home } else { amount.currency };
                *sums.entry(currency).or_insert_with(|| whole(0)) += whole(minor) * weight;
            }
            Err(currency) => {
                missing.insert(currency);
            }
        }
    }
    let mut total = whole(0);
    for (currency, sum) in sums {
        match money::factor(context, currency, date) {
            Ok(factor) => total += whole(print::half_even(&(sum * factor))),
            Err(currency) => {
                missing.insert(currency);
            }
        }
    }
    if missing.is_empty() { Ok(total) } else { Err(missing) }
}
