//! Deals with several products: split by line totals, the rest is `none`.

use crate::common::{Words, groups, q1, value};
use salescope_domain::Dimension;
use salescope_testkit::{DealStep, History};

/// A won deal of this amount with these lines; a euro buys half a dollar.
fn won(minor: i64, currency: &str, lines: &[(&str, Option<i64>)]) -> History {
    History::new()
        .rate("EUR", "2026-01-01", "0.5")
        .at("2026-01-05")
        .deal("A", DealStep::created().amount(minor, currency).lines(lines))
        .deal("A", DealStep::won())
}

fn by_product(history: &History) -> Vec<String> {
    groups(history, &q1("bookings").by(Dimension::Product))
}

#[test]
fn a_deal_is_split_by_its_lines_and_what_they_leave_over_is_none() {
    let history = won(10_000, "USD", &[("pro", Some(6_000)), ("basic", Some(1_000))]);
    assert_eq!(by_product(&history), ["basic 10.00", "none 30.00", "pro 60.00"]);
    assert_eq!(value(&history, &q1("bookings").only(Dimension::Product, "pro")), "60.00");
    assert_eq!(value(&history, &q1("bookings")), "100.00");
    let whole = won(10_000, "USD", &[("pro", Some(6_000)), ("basic", Some(4_000))]);
    assert_eq!(by_product(&whole), ["basic 40.00", "pro 60.00"]);
}

#[test]
fn lines_that_come_to_more_than_the_deal_leave_less_than_nothing() {
    let history = won(10_000, "USD", &[("pro", Some(12_000))]);
    assert_eq!(by_product(&history), ["none -20.00", "pro 120.00"]);
}

#[test]
fn a_single_line_without_a_total_takes_all_and_one_among_several_nothing() {
    assert_eq!(by_product(&won(10_000, "USD", &[("pro", None)])), ["pro 100.00"]);
    let several = won(10_000, "USD", &[("pro", None), ("basic", Some(1_000))]);
    assert_eq!(by_product(&several), ["basic 10.00", "none 90.00", "pro 0.00"]);
    assert_eq!(by_product(&won(10_000, "USD", &[])), ["none 100.00"]);
}

#[test]
fn the_pieces_of_a_converted_amount_sum_to_it() {
    // 3 cents are 1.5 and so 2; one after another they are 0, 1 and 2 in all.
    let history = won(3, "EUR", &[("a", Some(1)), ("b", Some(1)), ("c", Some(1))]);
    assert_eq!(value(&history, &q1("bookings")), "0.02");
    assert_eq!(by_product(&history), ["a 0.00", "b 0.01", "c 0.01"]);
}
