//! The split of a deal by products: pieces whose amounts and conversions sum to the deal's.

use crate::{Context, dims::Described, figure::Key, money, money::Amount};
use num_bigint::BigInt;
use salescope_domain::{Currency, Date, Dimension, query::NONE};
use std::collections::BTreeMap;

/// What a deal brings to one product, to several products of one group, or the whole deal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The product's printed name.
    pub(crate) product: Option<String>,
    /// Minor units of the deal's currency.
    pub(crate) minor: Option<BigInt>,
    /// Parts of the deal's amount: the sum of what comes before each, and its own minor units.
    spans: Vec<(BigInt, BigInt)>,
    /// The deal's amount, where it has one.
    pub(crate) whole: Option<Amount>,
}

impl Piece {
    pub(crate) fn has_amount(&self) -> bool {
        self.minor.is_some()
    }

    /// The piece in the organisation's currency, at the rate of `date`; `None` without an amount.
    pub(crate) fn convert(&self, context: &Context, date: Date) -> Option<Result<BigInt, Currency>> {
        let whole = self.whole.filter(|_| self.has_amount())?;
        let zero = BigInt::from(0);
        let until = |part: &BigInt| {
            if *part == zero { Ok(zero.clone()) } else { money::convert(context, whole, part, date) }
        };
        let span = |(before, minor): &(BigInt, BigInt)| {
            let after = money::convert(context, whole, &(before + minor), date)?;
            Ok(after - until(before)?)
        };
        Some(self.spans.iter().map(span).sum())
    }
}

/// Whether the question groups or filters by product.
pub(crate) fn by_product(context: &Context) -> bool {
    let query = &context.query;
    query.group_by.contains(&Dimension::Product) || query.filters.contains_key(&Dimension::Product)
}

/// The pieces of a deal with `amount`: one for each product name where the question is about products, else one.
pub(crate) fn pieces(context: &Context, described: &Described, amount: Option<Amount>) -> Vec<Piece> {
    let lines = described.state.lines.clone().unwrap_or_default();
    if !by_product(context) || lines.is_empty() {
        return vec![piece(None, amount.map(|amount| amount.minor.into()), &0.into(), amount)];
    }
    let mut totals: BTreeMap<String, BigInt> = BTreeMap::new();
    for line in &lines {
        let whole_amount = amount.map(|amount| amount.minor).filter(|_| lines.len() == 1);
        let total = line.total_minor.map(i128::from).or(whole_amount).unwrap_or(0);
        *totals.entry(described.product_name(context, &line.product)).or_default() += total;
    }
    let Some(all) = amount else {
        return totals.into_keys().map(|product| piece(Some(product), None, &0.into(), None)).collect();
    };
    let mut pieces = Vec::new();
    let mut before = BigInt::from(0);
    for (product, total) in totals {
        pieces.push(piece(Some(product), Some(total.clone()), &before, amount));
        before += total;
    }
    let rest = BigInt::from(all.minor) - &before;
    if rest != BigInt::from(0) {
        pieces.push(piece(None, Some(rest), &before, amount));
    }
    pieces
}

fn piece(product: Option<String>, minor: Option<BigInt>, before: &BigInt, whole: Option<Amount>) -> Piece {
    let spans = minor.iter().map(|minor| (before.clone(), minor.clone())).collect();
    Piece { product, minor, spans, whole }
}

/// The pieces that pass the filters, each with its group, product by product.
pub(crate) fn placed_by_product(
    context: &Context,
    described: &Described,
    amount: Option<Amount>,
) -> Vec<(Key, Piece)> {
    let mut placed = Vec::new();
    for piece in pieces(context, described, amount) {
        let name = piece.product.clone().unwrap_or_else(|| NONE.to_owned());
        let text = |dimension: &Dimension| match dimension {
            Dimension::Product => name.clone(),
            other => described.text(context, other),
        };
        if let Some(key) = crate::dims::place(&context.query, text) {
            placed.push((key, piece));
        }
    }
    placed
}

/// What the deal brings to each group: it counts once there, with all of its pieces that fall into it.
pub(crate) fn placed(context: &Context, described: &Described, amount: Option<Amount>) -> Vec<(Key, Piece)> {
    let mut groups: Vec<(Key, Piece)> = Vec::new();
    for (key, piece) in placed_by_product(context, described, amount) {
        match groups.iter_mut().find(|(known, _)| *known == key) {
            None => groups.push((key, piece)),
            Some((_, group)) => {
                group.minor = group.minor.take().zip(piece.minor).map(|(a, b)| a + b);
                group.spans.extend(piece.spans);
            }
        }
    }
    groups
}
