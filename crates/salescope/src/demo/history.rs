//! What the made-up organisation has said up to a time: its quotas, and each deal's steps so far. Pure.

use super::company::{DEALS_PER_DAY_1000, REPS, SEASON_PERCENT, TEAMS};
use super::event;
use super::plan::{Plan, What, plan, weekday};
use crate::draw::Draw;
use salescope_domain::{Calendar, CalendarHistory, Date, DateRange, Grain, Instant, Zone};
use serde_json::Value;

/// Days that the history goes back: two years.
const HISTORY_DAYS: i32 = 730;

/// What the usual person is to sell in a quarter, in whole units; a team's own scale applies.
const QUOTA: i64 = 80_000;

/// What a year adds to the number of deals, in percent.
const GROWTH_PERCENT: i64 = 18;

/// The history as of a time.
pub(super) struct History {
    /// Events in time.
    pub(super) events: Vec<Value>,
    /// Deals that are open at the end.
    pub(super) open: Vec<Open>,
}

/// A deal that is open.
#[derive(Debug, Clone)]
pub(super) struct Open {
    pub(super) id: String,
    pub(super) rep: usize,
    pub(super) currency: &'static str,
    pub(super) amount: i64,
    /// The stage it is in.
    pub(super) stage: usize,
}

/// Everything up to `now`.
pub(super) fn history(seed: u64, now: Instant, zone: &Zone, home: &'static str) -> History {
    let today = zone.local_date(now);
    let first = today.plus_days(-HISTORY_DAYS);
    let mut timed = quotas(first, today, zone);
    let mut open = Vec::new();
    for plan in plans(seed, first, today, zone, home) {
        let so_far = plan.steps.iter().enumerate().take_while(|(_, step)| step.at <= now);
        timed.extend(so_far.map(|(at, step)| (step.at, event::of_step(&plan, at, step))));
        open.extend(still_open(&plan, now));
    }
    timed.sort_by_key(|(at, _)| *at);
    History { events: timed.into_iter().map(|(_, event)| event).collect(), open }
}

/// The deals that begin from `first` to `last`.
pub(super) fn plans(seed: u64, first: Date, last: Date, zone: &Zone, home: &'static str) -> Vec<Plan> {
    let days = (0..=last.days() - first.days()).map(|day| first.plus_days(day));
    let of_day = |day: Date| (0..deals_of(seed, day)).map(move |number| plan(seed, day, number, zone, home));
    days.filter(|day| weekday(*day) < 5).flat_map(of_day).collect()
}

/// How many deals begin on a day. Growth is counted from a fixed day, so that a day's number never changes.
fn deals_of(seed: u64, day: Date) -> usize {
    let draw = &mut Draw::part(seed, u64::try_from(day.days()).unwrap_or(0) * 1_000);
    let month = day.to_string()[5..7].parse::<usize>().unwrap_or(1);
    // From 2024-01-01, day 19,723; a hundredth of a year at a time.
    let years_100 = i64::from(day.days() - 19_723) * 100 / 365;
    let growth = (100 + GROWTH_PERCENT * years_100 / 100).clamp(60, 160);
    let rate = DEALS_PER_DAY_1000 * SEASON_PERCENT[month - 1] / 100 * growth / 100;
    // A sum of ten chances: about as uneven as arrivals are.
    (0..10).filter(|_| draw.chance_of_1000(rate / 10)).count()
}

fn still_open(plan: &Plan, now: Instant) -> Option<Open> {
    let mut so_far = plan.steps.iter().take_while(|step| step.at <= now).peekable();
    so_far.peek()?;
    let (mut stage, mut amount) = (0, plan.amount);
    for step in so_far {
        match step.what {
            What::Stage(to) => stage = to,
            What::Amount(to) => amount = to,
            What::Won | What::Lost => return None,
            What::Created { .. } | What::Pushed { .. } | What::Activity { .. } => {}
        }
    }
    Some(Open { id: plan.id.clone(), rep: plan.rep, currency: plan.currency, amount, stage })
}

/// Everybody's quota of every quarter, set three weeks before it begins.
fn quotas(first: Date, today: Date, zone: &Zone) -> Vec<(Instant, Value)> {
    let calendars = CalendarHistory::new(Calendar::default());
    let (from, to) = (calendars.period(first, Grain::Quarter), calendars.period(today, Grain::Quarter));
    let quarters = calendars.buckets(DateRange { from: from.from, to: to.to }, Grain::Quarter);
    let mut quotas = Vec::new();
    for (at, quarter) in quarters.iter().enumerate() {
        let set = zone.start_of_day(quarter.from.plus_days(-21));
        for (number, rep) in REPS.iter().enumerate() {
            let rising = 100 + 3 * i64::try_from(at).unwrap_or(0);
            let target = QUOTA * TEAMS[rep.team].size_percent / 100 * rising / 100 / 1_000 * 1_000;
            let (first, last) = (quarter.from.to_string(), quarter.to.plus_days(-1).to_string());
            quotas.push((set, event::quota(number, &first, &last, set, target)));
        }
    }
    quotas
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    fn now() -> Instant {
        "2026-11-20T12:00:00Z".parse().unwrap()
    }

    fn at(now: Instant) -> History {
        history(1, now, &Zone::utc(), "EUR")
    }

    fn all() -> Vec<Plan> {
        let first = Date::from_ymd(2024, 11, 20).unwrap();
        plans(1, first, first.plus_days(HISTORY_DAYS), &Zone::utc(), "EUR")
    }

    /// Days from a deal's first to its last, and whether it was won.
    fn end(plan: &Plan) -> (i64, bool) {
        let (first, last) = (plan.steps.first().unwrap(), plan.steps.last().unwrap());
        ((last.at.ms() - first.at.ms()) / 86_400_000, last.what == What::Won)
    }

    #[test]
    fn the_same_seed_tells_the_same_story_and_a_later_time_only_adds_to_it() {
        let (early, again, late) = (at(now()), at(now()), at(now().plus_ms(86_400_000)));
        assert_eq!(early.events, again.events);
        // The later one leaves out the quotas and deals that began two years before its own day, and nothing else.
        let first_day = "D-20241120-";
        let told: BTreeSet<String> = late.events.iter().map(ToString::to_string).collect();
        let deals = early.events.iter().filter(|event| event["type"] != "quota_set");
        let lost: Vec<&Value> = deals.filter(|event| !told.contains(&event.to_string())).collect();
        assert!(
            lost.iter().all(|event| event["deal_id"].as_str().unwrap().starts_with(first_day)),
            "{lost:?}"
        );
        assert!(late.events.len() > early.events.len() - lost.len());
    }

    #[test]
    fn deals_are_won_as_often_and_take_as_long_as_they_do_in_real_life() {
        let plans = all();
        assert!((1_100..2_200).contains(&plans.len()), "{}", plans.len());
        let won = plans.iter().filter(|plan| end(plan).1).count();
        let win_rate = won * 100 / plans.len();
        assert!((20..=35).contains(&win_rate), "{win_rate} %");
        let mut cycles: Vec<i64> =
            plans.iter().map(end).filter(|(_, won)| *won).map(|(days, _)| days).collect();
        cycles.sort_unstable();
        let median = cycles[cycles.len() / 2];
        assert!((20..=90).contains(&median), "{median} days");
    }

    #[test]
    fn amounts_are_log_normal() {
        let mut logs: Vec<f64> = all()
            .iter()
            .filter(|plan| plan.product == "Atlas Core" && plan.currency == "EUR")
            .map(|plan| (plan.amount as f64).ln())
            .collect();
        logs.sort_by(f64::total_cmp);
        let count = logs.len() as f64;
        let mean = logs.iter().sum::<f64>() / count;
        let moment = |power: i32| logs.iter().map(|log| (log - mean).powi(power)).sum::<f64>() / count;
        let skewness = moment(3) / moment(2).powf(1.5);
        assert!(skewness.abs() < 0.4, "{skewness}");
        assert!(logs[0].exp() > 1_000.0 && logs[logs.len() - 1].exp() < 250_000.0);
    }

    #[test]
    fn wins_crowd_at_the_end_of_a_quarter_and_summers_are_quiet() {
        let plans = all();
        let month = |text: String| text[5..7].parse::<u32>().unwrap();
        let mut closed = BTreeMap::<bool, usize>::new();
        for plan in plans.iter().filter(|plan| end(plan).1) {
            *closed.entry(month(plan.steps.last().unwrap().at.to_string()).is_multiple_of(3)).or_default() +=
                1;
        }
        assert!(closed[&true] * 2 > closed[&false], "{closed:?}: more than a third in a third of the months");
        let begun = |months: [u32; 2]| {
            plans.iter().filter(|plan| months.contains(&month(plan.created.to_string()))).count()
        };
        assert!(begun([7, 8]) < begun([10, 11]));
    }

    #[test]
    fn a_deals_steps_are_in_time_and_end_with_its_end() {
        for plan in all() {
            assert!(plan.steps.windows(2).all(|pair| pair[0].at < pair[1].at), "{plan:?}");
            assert!(matches!(plan.steps[0].what, What::Created { .. }));
            assert!(matches!(plan.steps.last().unwrap().what, What::Won | What::Lost));
        }
    }

    #[test]
    fn deals_that_are_open_at_the_end_are_handed_on_with_their_stage() {
        let history = at(now());
        assert!((40..400).contains(&history.open.len()), "{}", history.open.len());
        assert!(history.open.iter().any(|open| open.stage > 0));
    }
}
