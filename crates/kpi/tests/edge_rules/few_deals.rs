//! Few deals: the number of deals is shown, and an interval where there are fewer than thirty.

use crate::common::{group, notes, part, q1, value};
use salescope_testkit::{DealStep, History};

/// Deals created on 5 January and closed on the 20th, each won with its amount in dollars.
fn won(amounts: &[i64]) -> History {
    let mut history = History::new();
    for (number, amount) in amounts.iter().enumerate() {
        let name = format!("deal-{number}");
        let created = DealStep::created().amount(amount * 100, "USD");
        history = history.at("2026-01-05").deal(&name, created).at("2026-01-20").deal(&name, DealStep::won());
    }
    history
}

#[test]
fn a_share_of_few_deals_has_the_wilson_interval() {
    let history = won(&[1, 1]).deal("lost", DealStep::created()).deal("lost", DealStep::lost());
    assert_eq!(value(&history, &q1("win_rate")), "0.666667");
    assert_eq!(group(&history, &q1("win_rate")).n, 3);
    assert_eq!(notes(&history, &q1("win_rate")), ["few_deals"]);
    assert_eq!(part(&history, &q1("win_rate"), "interval_low"), "0.207660");
    assert_eq!(part(&history, &q1("win_rate"), "interval_high"), "0.938508");
}

#[test]
fn a_mean_of_few_deals_has_the_student_interval() {
    let history = won(&[100, 101, 102]);
    assert_eq!(value(&history, &q1("average_deal_size")), "101.00");
    // The deviation is 1, so 101 less and more 4.3027 / sqrt(3).
    assert_eq!(part(&history, &q1("average_deal_size"), "interval_low"), "98.52");
    assert_eq!(part(&history, &q1("average_deal_size"), "interval_high"), "103.48");
}

#[test]
fn one_deal_has_no_interval_of_a_mean() {
    let one = group(&won(&[100]), &q1("average_deal_size"));
    assert_eq!(one.value.as_deref(), Some("100.00"));
    assert!(one.notes.contains("few_deals"));
    assert!(!one.parts.contains_key("interval_low"));
}

#[test]
fn thirty_deals_are_enough() {
    let few = group(&won(&[1; 29]), &q1("win_rate"));
    assert!(few.notes.contains("few_deals") && few.parts.contains_key("interval_low"));
    let enough = group(&won(&[1; 30]), &q1("win_rate"));
    assert!(enough.notes.is_empty() && !enough.parts.contains_key("interval_low"));
    assert_eq!(enough.n, 30);
}

#[test]
fn no_deals_are_a_sum_of_zero_and_no_ratio() {
    let none = group(&History::new(), &q1("bookings"));
    assert_eq!((none.value.as_deref(), none.n), (Some("0.00"), 0));
    let none = group(&History::new(), &q1("win_rate"));
    assert_eq!((none.value, none.n), (None, 0));
    assert!(none.notes.is_empty());
}
