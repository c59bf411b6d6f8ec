//! The steps that one deal makes, version by version.

use crate::{
    Context,
    dims::Described,
    facts::Placed,
    figure::Key,
    split::{self, Piece},
    world::{Deal, DealKey, DealState, Stand},
};
use num_bigint::BigInt;
use salescope_domain::{Currency, Date, Dimension, FxPolicy, SourceId};
use std::collections::BTreeMap;

/// What a movement adds to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Start,
    /// The start again, at the rates of the end.
    StartAtEndRate,
    New,
    Reopened,
    PulledIn,
    Increased,
    Decreased,
    TransferredIn,
    TransferredOut,
    Won,
    Lost,
    PushedOut,
    Removed,
    End,
}

/// A signed amount of a step, in the organisation's currency.
#[derive(Debug, Clone)]
pub(super) struct Move {
    pub(super) step: Step,
    pub(super) deal: DealKey,
    pub(super) amount: Result<BigInt, Currency>,
    /// Whether a deal without an amount was taken as 0.
    pub(super) lacks_amount: bool,
}

type Moves = Vec<Placed<Move>>;
type Pieces = Vec<(Key, Piece)>;

/// Every movement of `deal`, from what was in at the start to what is in at the end.
pub(super) fn moves(context: &Context, deal: &Deal) -> Moves {
    let span = &context.span;
    let source = &deal.key.0;
    let happened = deal.before(span.as_of);
    let at_start = deal.before(span.start.min(span.as_of)).len();
    let mut moves = Moves::new();
    let mut before = at_start.checked_sub(1).map(|last| &happened[last].state);
    if let Some(state) = before.filter(|state| is_in(context, state)) {
        let pieces = pieces(context, source, state);
        add(context, &deal.key, &mut moves, Step::Start, &pieces, span.range.from);
        add(context, &deal.key, &mut moves, Step::StartAtEndRate, &pieces, end_date(context));
    }
    for version in &happened[at_start..] {
        step(context, &deal.key, before, &version.state, &mut moves);
        before = Some(&version.state);
    }
    if let Some(state) = before.filter(|state| is_in(context, state)) {
        add(context, &deal.key, &mut moves, Step::End, &pieces(context, source, state), end_date(context));
    }
    moves
}

/// Open and due in the range.
fn is_in(context: &Context, state: &DealState) -> bool {
    state.is_open() && state.close_date.is_some_and(|due| context.span.range.contains(due))
}

/// The date at whose rate steps and the end convert.
fn end_date(context: &Context) -> Date {
    context.span.end.plus_days(-1)
}

fn step(context: &Context, deal: &DealKey, before: Option<&DealState>, after: &DealState, moves: &mut Moves) {
    let source = &deal.0;
    let was_in = before.filter(|state| is_in(context, state));
    match (was_in, is_in(context, after)) {
        (None, true) => {
            let step = match before.map(|state| state.stand) {
                None | Some(Stand::Deleted | Stand::Merged) => Step::New,
                Some(Stand::Won | Stand::Lost) => Step::Reopened,
                Some(Stand::Open) => Step::PulledIn,
            };
            add(context, deal, moves, step, &pieces(context, source, after), end_date(context));
        }
        (Some(before), false) => {
            let step = match after.stand {
                Stand::Won => Step::Won,
                Stand::Lost => Step::Lost,
                Stand::Open => Step::PushedOut,
                Stand::Deleted | Stand::Merged => Step::Removed,
            };
            subtract(context, deal, moves, step, &pieces(context, source, before));
        }
        (Some(before), true) => change(context, deal, before, after, moves),
        (None, false) => {}
    }
}

/// The deal stays in: a transfer of the old amount, then the change of the amount.
fn change(context: &Context, deal: &DealKey, before: &DealState, after: &DealState, moves: &mut Moves) {
    let source = &deal.0;
    let mut old = pieces(context, source, before);
    if labels(context, source, before) != labels(context, source, after) {
        let state = DealState { lines: before.lines.clone(), ..after.clone() };
        let described = Described::state(context, source, &state);
        let there = split::placed_by_product(context, &described, before.amount());
        subtract(context, deal, moves, Step::TransferredOut, &old);
        add(context, deal, moves, Step::TransferredIn, &there, end_date(context));
        old = there;
    }
    let mut changes: BTreeMap<Option<String>, (Key, [Option<Piece>; 2])> = BTreeMap::new();
    for (side, pieces) in [old, pieces(context, source, after)].into_iter().enumerate() {
        for (key, piece) in pieces {
            let change = changes.entry(piece.product.clone()).or_insert_with(|| (key, [None, None]));
            change.1[side] = Some(piece);
        }
    }
    if same_amount(context, before, after) {
        return;
    }
    for (key, [old, new]) in changes.into_values() {
        increase(context, deal, moves, &key, old.as_ref(), new.as_ref());
    }
}

/// Whether both states bring the same amount in the same pieces.
fn same_amount(context: &Context, before: &DealState, after: &DealState) -> bool {
    let crm = context.world.settings.fx_policy == FxPolicy::Crm;
    let stated = |state: &DealState| {
        let amount =
            state.amount().map(|amount| (amount.minor, amount.currency, amount.home.filter(|_| crm)));
        (amount, state.lines.clone().filter(|_| split::by_product(context)))
    };
    stated(before) == stated(after)
}

/// The difference of two pieces; where one cannot be converted, neither the increases nor the decreases are known.
fn increase(
    context: &Context,
    deal: &DealKey,
    moves: &mut Moves,
    key: &Key,
    old: Option<&Piece>,
    new: Option<&Piece>,
) {
    let zero = || Ok(BigInt::from(0));
    let date = end_date(context);
    let amount =
        |piece: Option<&Piece>| piece.and_then(|piece| piece.convert(context, date)).unwrap_or_else(zero);
    let difference = amount(new).and_then(|new| amount(old).map(|old| new - old));
    let steps = match &difference {
        Ok(difference) if *difference == BigInt::from(0) => vec![],
        Ok(difference) if *difference > BigInt::from(0) => vec![Step::Increased],
        Ok(_) => vec![Step::Decreased],
        Err(_) => vec![Step::Increased, Step::Decreased],
    };
    for step in steps {
        let fact = Move { step, deal: deal.clone(), amount: difference.clone(), lacks_amount: false };
        moves.push(Placed { key: key.clone(), fact });
    }
}

fn pieces(context: &Context, source: &SourceId, state: &DealState) -> Pieces {
    split::placed_by_product(context, &Described::state(context, source, state), state.amount())
}

/// The values of the dimensions that are grouped or filtered by, but for the product.
fn labels(context: &Context, source: &SourceId, state: &DealState) -> Vec<String> {
    let described = Described::state(context, source, state);
    let asked = context.query.group_by.iter().chain(context.query.filters.keys());
    asked.filter(|asked| **asked != Dimension::Product).map(|asked| described.text(context, asked)).collect()
}

fn add(context: &Context, deal: &DealKey, moves: &mut Moves, step: Step, pieces: &Pieces, date: Date) {
    for (key, piece) in pieces {
        let amount = piece.convert(context, date).unwrap_or_else(|| Ok(BigInt::from(0)));
        let fact = Move { step, deal: deal.clone(), amount, lacks_amount: !piece.has_amount() };
        moves.push(Placed { key: key.clone(), fact });
    }
}

fn subtract(context: &Context, deal: &DealKey, moves: &mut Moves, step: Step, pieces: &Pieces) {
    let from = moves.len();
    add(context, deal, moves, step, pieces, end_date(context));
    for placed in &mut moves[from..] {
        placed.fact.amount = placed.fact.amount.clone().map(|amount| -amount);
    }
}
