//! The forecast roll-up, and how accurate it was.

use super::{Figures, by_group, number_param, tell_blind};
use crate::{
    Context,
    facts::{
        Placed, blind,
        closed::{self, Closed},
        frozen::{self, Frozen},
        keys, of, open,
        sum::{self, Sum},
    },
    figure::{Figure, Unit, quotient},
    print::{Exact, whole},
    split::Piece,
};
use num_traits::Signed;
use salescope_domain::{Date, ForecastCategory};

/// Wins and what is committed.
pub(super) fn forecast_rollup(context: &Context) -> Figures {
    let won = closed::won(context);
    let mut due = open::due_in_range(context);
    due.retain(|placed| {
        matches!(placed.fact.category, Some(ForecastCategory::Commit | ForecastCategory::BestCase))
    });
    by_group(context, [keys(&won), keys(&due)].concat(), |key| {
        let wins = sum::closed_sum(context, &of(&won, key));
        let (commit, best): (Vec<_>, Vec<_>) =
            of(&due, key).into_iter().partition(|fact| fact.category == Some(ForecastCategory::Commit));
        let n = wins.with + commit.len();
        let (commit, best) = (sum::open_sum(context, &commit), sum::open_sum(context, &best));
        let value = add(wins.value.clone(), commit.value.clone());
        Figure::new(value.clone(), Unit::Money, n)
            .part("won", wins.value, Unit::Money)
            .part("commit", commit.value, Unit::Money)
            .part("best_case", add(value, best.value), Unit::Money)
            .with_notes([wins.notes, commit.notes, best.notes].into_iter().flatten())
            .note_if(closed::history_is_absent(context), "history_absent")
    })
}

/// 1 - abs(F - A) / A.
pub(super) fn forecast_accuracy(context: &Context) -> Figures {
    let span = &context.span;
    let won = closed::won(context);
    let weeks = number_param(context, "week", 3);
    let freeze = span.range.from.plus_days(weeks.saturating_mul(7));
    let has_come = span.start_of_day(freeze) <= span.now;
    let frozen = if has_come { frozen::frozen(context, span.start_of_day(freeze)) } else { Vec::new() };
    let blind = if has_come { blind::at_freeze(context, freeze) } else { Vec::new() };
    let all_keys = [keys(&won), keys(&frozen), blind.clone()].concat();
    by_group(context, all_keys, |key| {
        let won = of(&won, key);
        let actual = sum::closed_sum(context, &won);
        let (forecast, notes) = forecast(context, &frozen, key, freeze);
        let unseen = blind.contains(key) && of(&frozen, key).is_empty();
        let forecast = forecast.filter(|_| has_come && !unseen);
        let error = forecast.clone().zip(actual.value.clone()).map(|(forecast, actual)| forecast - actual);
        let off = quotient(error.as_ref().map(Signed::abs), actual.value.clone());
        let bias = quotient(error, actual.value.clone());
        let figure = Figure::new(off.map(|off| whole(1) - off), Unit::Ratio, actual.with)
            .part("bias", bias, Unit::Ratio)
            .part("forecast", forecast, Unit::Money)
            .part("actual", actual.value, Unit::Money)
            .with_notes(actual.notes)
            .with_notes(notes)
            .note_if(!has_come, "not_frozen_yet")
            .note_if(closed::history_is_absent(context), "history_absent");
        tell_blind(figure, &blind, key, !unseen)
    })
}

/// The frozen forecast of a group, and its notes.
fn forecast(
    context: &Context,
    frozen: &[Placed<Frozen>],
    key: &crate::figure::Key,
    freeze: Date,
) -> (Option<Exact>, Vec<String>) {
    let here = of(frozen, key);
    let won = here.iter().filter_map(|fact| {
        let close = fact.won_on?;
        Some(Closed { won: true, owner: None, close, created: None, piece: fact.piece.clone() })
    });
    let won: Vec<Closed> = won.collect();
    let wins = sum::closed_sum(context, &won.iter().collect::<Vec<_>>());
    let commit: Vec<&Piece> =
        here.iter().filter(|fact| fact.won_on.is_none()).map(|fact| &fact.piece).collect();
    let commit: Sum = sum::floating_sum(context, &commit, freeze);
    let lacking = (commit.without > 0).then(|| "amount_missing".to_owned());
    let notes = wins.notes.into_iter().chain(commit.notes).chain(lacking).collect();
    (add(wins.value, commit.value), notes)
}

fn add(a: Option<Exact>, b: Option<Exact>) -> Option<Exact> {
    a.zip(b).map(|(a, b)| a + b)
}
