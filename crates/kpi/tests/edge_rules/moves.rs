//! Close dates that move, owners that change while a deal is open, and the waterfall that tells it.

use crate::common::{Words, notes, part, parts, q1, value};
use salescope_domain::Dimension;
use salescope_testkit::{DealStep, History};

/// Created in December: one deal due in March and pushed to April, one due in May and pulled in to March.
fn pushed_and_pulled() -> History {
    History::new()
        .at("2025-12-10")
        .deal("pushed", DealStep::created().amount(10_000, "USD").due("2026-03-10"))
        .deal("pulled", DealStep::created().amount(7_000, "USD").due("2026-05-01"))
        .at("2026-02-15")
        .deal("pushed", DealStep::updated().due("2026-04-15"))
        .deal("pulled", DealStep::updated().due("2026-03-20"))
}

#[test]
fn a_moved_close_date_is_a_push_or_a_pull_in_and_never_a_new_deal() {
    let history = pushed_and_pulled();
    let waterfall = q1("pipeline_waterfall");
    assert_eq!(part(&history, &waterfall, "start"), "100.00");
    assert_eq!(part(&history, &waterfall, "pushed_out"), "-100.00");
    assert_eq!(part(&history, &waterfall, "pulled_in"), "70.00");
    assert_eq!(part(&history, &waterfall, "new"), "0.00");
    assert_eq!(part(&history, &waterfall, "removed"), "0.00");
    assert_eq!(value(&history, &waterfall), "70.00");
    assert_eq!(value(&history, &q1("pipeline_created")), "0.00");
}

#[test]
fn pushes_are_counted_and_pull_ins_are_not() {
    let history = pushed_and_pulled();
    assert_eq!(value(&history, &q1("push_count")), "1");
    assert_eq!(value(&history, &q1("slip_rate")), "1.000000");
    let again = history.at("2026-03-01").deal("pushed", DealStep::updated().due("2026-06-01"));
    assert_eq!(value(&again, &q1("push_count")), "2");
    assert_eq!(part(&again, &q1("push_count"), "per_deal"), "2.00");
}

#[test]
fn a_close_date_that_moves_with_the_close_is_no_push() {
    let history = pushed_and_pulled().at("2026-02-20").deal("pulled", DealStep::won().due("2026-03-25"));
    assert_eq!(value(&history, &q1("push_count")), "1");
    assert_eq!(part(&history, &q1("pipeline_waterfall"), "won"), "-70.00");
}

#[test]
fn open_and_past_due_is_overdue_and_still_open() {
    let history = History::new()
        .at("2026-01-05")
        .deal("won", DealStep::created())
        .deal("late", DealStep::created().amount(10_000, "USD").due("2026-02-01"))
        .at("2026-01-20")
        .deal("won", DealStep::won());
    let strict = q1("win_rate_strict");
    assert_eq!(value(&history, &strict.clone().asked("2026-02-02")), "0.500000");
    assert_eq!(part(&history, &strict.clone().asked("2026-02-02"), "overdue"), "1");
    // On its due date it is not overdue yet.
    assert_eq!(value(&history, &strict.asked("2026-02-01")), "1.000000");
    assert_eq!(value(&history, &q1("open_pipeline")), "100.00");
    assert_eq!(value(&history, &q1("slip_rate").over("2026-01-10", "2026-04-01")), "0.000000");
}

#[test]
fn the_waterfall_shows_a_change_of_owner_as_a_transfer() {
    let history = History::new()
        .at("2025-12-10")
        .deal("A", DealStep::created().amount(10_000, "USD").due("2026-03-10").owner("ann"))
        .at("2026-02-01")
        .deal("A", DealStep::updated().owner("bob").amount(12_000, "USD"));
    let by_owner = q1("pipeline_waterfall").by(Dimension::Owner);
    assert_eq!(parts(&history, &by_owner, "start"), ["ann 100.00", "bob 0.00"]);
    assert_eq!(parts(&history, &by_owner, "transferred_out"), ["ann -100.00", "bob 0.00"]);
    assert_eq!(parts(&history, &by_owner, "transferred_in"), ["ann 0.00", "bob 100.00"]);
    assert_eq!(parts(&history, &by_owner, "increased"), ["ann 0.00", "bob 20.00"]);
    // Nothing moves between owners when owners are not told apart.
    let whole = q1("pipeline_waterfall");
    assert_eq!(part(&history, &whole, "transferred_in"), "0.00");
    assert_eq!(part(&history, &whole, "increased"), "20.00");
    assert_eq!(value(&history, &whole), "120.00");
}

#[test]
fn a_deal_that_is_deleted_while_open_leaves_the_waterfall_as_removed() {
    let history = pushed_and_pulled().at("2026-03-01").deal("pulled", DealStep::deleted());
    assert_eq!(part(&history, &q1("pipeline_waterfall"), "removed"), "-70.00");
    assert_eq!(value(&history, &q1("pipeline_waterfall")), "0.00");
    assert_eq!(notes(&history, &q1("pipeline_waterfall")), Vec::<String>::new());
}

#[test]
fn a_stronger_currency_is_a_step_of_its_own() {
    let history = History::new()
        .rate("EUR", "2025-12-01", "1.00")
        .rate("EUR", "2026-02-01", "1.25")
        .at("2025-12-10")
        .deal("A", DealStep::created().amount(10_000, "EUR").due("2026-03-10"));
    assert_eq!(part(&history, &q1("pipeline_waterfall"), "start"), "100.00");
    assert_eq!(part(&history, &q1("pipeline_waterfall"), "currency"), "25.00");
    assert_eq!(value(&history, &q1("pipeline_waterfall")), "125.00");
}
