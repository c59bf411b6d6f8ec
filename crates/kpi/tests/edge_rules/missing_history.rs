//! History that begins after the deals do.

use crate::common::{Words, notes, part, q1, value};
use salescope_domain::Status;
use salescope_testkit::{DealStep, History};

/// Read on 1 February 2026 as it stood then: created in June 2025, in stage `talk`, 100 dollars, due in March.
fn snapshot() -> History {
    let read = DealStep::snapshot(Status::Open).created_on("2025-06-01").stage("talk");
    History::new().at("2026-02-01").deal("A", read.amount(10_000, "USD").due("2026-03-01"))
}

#[test]
fn what_needs_the_history_of_stages_or_fields_is_null_where_it_begins_too_late() {
    for kpi in ["stage_conversion", "time_in_stage", "push_count", "slip_rate"] {
        assert_eq!(value(&snapshot(), &q1(kpi)), "null", "{kpi}");
        assert_eq!(notes(&snapshot(), &q1(kpi)), ["history_absent"], "{kpi}");
    }
    for kpi in ["stage_conversion", "push_count"] {
        let later = q1(kpi).over("2026-03-01", "2026-04-01");
        assert_eq!(notes(&snapshot(), &later), Vec::<String>::new(), "{kpi}");
    }
}

#[test]
fn a_waterfall_tells_the_end_that_is_known_and_says_that_its_steps_are_not() {
    assert_eq!(value(&snapshot(), &q1("pipeline_waterfall")), "100.00");
    assert_eq!(part(&snapshot(), &q1("pipeline_waterfall"), "new"), "100.00");
    assert_eq!(notes(&snapshot(), &q1("pipeline_waterfall")), ["history_absent"]);
}

#[test]
fn before_its_history_a_deal_is_open_for_an_amount_that_nobody_knows() {
    let january = q1("open_pipeline").over("2026-01-01", "2026-02-01");
    assert_eq!(value(&snapshot(), &january), "null");
    assert_eq!(notes(&snapshot(), &january), ["history_absent"]);
    assert_eq!(value(&snapshot(), &q1("open_pipeline")), "100.00");
    assert_eq!(value(&snapshot(), &q1("open_pipeline").over("2025-01-01", "2025-06-01")), "0.00");
}

#[test]
fn a_first_quarter_that_holds_only_closed_deals_says_so() {
    let read = |status| DealStep::snapshot(status).created_on("2025-06-01").due("2026-01-20");
    let history = History::new().at("2026-02-01").deal("A", read(Status::Won).amount(10_000, "USD"));
    assert_eq!(value(&history, &q1("win_rate")), "1.000000");
    assert_eq!(notes(&history, &q1("win_rate")), ["few_deals", "history_absent"]);
    assert_eq!(notes(&history, &q1("bookings")), ["history_absent"]);
    // A deal that is known to have closed before shows that history reaches back far enough.
    let older = history.deal("B", read(Status::Lost).due("2025-12-31"));
    assert_eq!(notes(&older, &q1("bookings")), Vec::<String>::new());
}

#[test]
fn an_open_deal_without_a_creation_date_is_taken_to_have_always_been_there() {
    let read = DealStep::snapshot(Status::Open).amount(10_000, "USD");
    let history = History::new().at("2026-02-01").deal("A", read);
    assert_eq!(value(&history, &q1("open_pipeline")), "100.00");
    assert_eq!(notes(&history, &q1("open_pipeline")), ["creation_unknown"]);
}

#[test]
fn without_any_activity_nobody_can_say_which_deals_are_stale() {
    assert_eq!(value(&snapshot(), &q1("stale_share")), "null");
    assert_eq!(notes(&snapshot(), &q1("stale_share")), ["few_deals", "history_absent"]);
}
