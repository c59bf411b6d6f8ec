//! Exchange rates with corrections and gaps, and quotas.

use super::{Plan, cast, moments};
use crate::{Rng, make};
use salescope_domain::{
    DateRange, ExchangeRate, Instant, Payload, Quota, QuotaHolder, QuotaTarget, Version, instant::DAY_MS,
};

const PERIODS: [(&str, &str); 7] = [
    ("2025-10-01", "2026-01-01"),
    ("2026-01-01", "2026-04-01"),
    ("2026-04-01", "2026-07-01"),
    ("2026-01-01", "2027-01-01"),
    ("2026-01-01", "2026-02-01"),
    ("2026-03-01", "2026-04-01"),
    ("2026-02-15", "2026-05-15"),
];

/// Rates into dollars (and some into euros and yen), then quotas.
pub(super) fn plan(plan: &mut Plan) {
    for home in ["USD", "EUR", "JPY"] {
        for currency in ["EUR", "JPY", "USD"] {
            let missing = if home == "USD" { 12 } else { 40 };
            if currency != home && !plan.rng.chance(missing) {
                rates(plan, currency, home);
            }
        }
    }
    for index in 0..plan.rng.below(14) {
        quota(plan, index);
    }
}

fn rates(plan: &mut Plan, currency: &str, home: &str) {
    let gap = plan.rng.chance(15);
    let first = make::date(if gap { "2026-01-15" } else { "2025-06-01" });
    let mut dates = vec![first];
    for _ in 0..plan.rng.below(8) {
        let date = moments::edge_date(&mut plan.rng);
        dates.push(if date > first { date } else { first });
    }
    for (count, date) in (1..).zip(dates) {
        let midnight = Instant::from_ms(i64::from(date.days()) * DAY_MS);
        let at = midnight.plus_ms(plan.rng.between(-DAY_MS, DAY_MS));
        let rate = random_rate(&mut plan.rng, currency, home);
        let rate = ExchangeRate {
            source: make::source(if plan.rng.chance(85) { "fx" } else { "crm" }),
            currency: make::currency(currency),
            home: make::currency(home),
            date,
            version: Version::stated(count),
            rate: make::decimal(&rate),
        };
        plan.say(at, Payload::from(rate));
    }
}

fn random_rate(rng: &mut Rng, currency: &str, home: &str) -> String {
    let digits = rng.between(1, 999);
    match (currency, home) {
        ("JPY", _) => format!("0.00{}", 500 + digits),
        (_, "JPY") => format!("{}.{digits}", 120 + rng.between(0, 40)),
        _ => rng.pick(&["0.5", "1.1", "1.25", "1.0837", "0.92", "2"]).to_string(),
    }
}

fn quota(plan: &mut Plan, index: u64) {
    let rng = &mut plan.rng;
    let holder = match rng.below(10) {
        0..6 => QuotaHolder::Person(make::person(rng.pick(&cast::PEOPLE))),
        6..9 => QuotaHolder::Team(make::team(rng.pick(&cast::TEAMS))),
        _ => QuotaHolder::Organisation,
    };
    let (from, to) = rng.pick(&PERIODS);
    let period = DateRange { from: make::date(from), to: make::date(to) };
    let mut at = make::moment("2025-09-01").plus_ms(rng.between(0, 60) * DAY_MS);
    for count in 1..=3 {
        let minor = plan.rng.pick(&[0, 1, 10_000, 33_333, 100_000, 250_001, 1_000_000]);
        let money = make::currency(plan.rng.pick(&["USD", "USD", "USD", "EUR", "JPY"]));
        let target = match plan.rng.below(12) {
            0 => QuotaTarget::Count(minor % 10),
            _ => QuotaTarget::Money { minor, currency: money },
        };
        let version = plan.version(at, count);
        let quota = Quota {
            source: make::source(plan.rng.pick(&cast::SOURCES)),
            quota: make::quota(&format!("quota-{index}")),
            version,
            deleted: plan.rng.chance(8),
            holder: holder.clone(),
            period,
            target,
        };
        plan.say(at, Payload::from(quota));
        if plan.rng.chance(75) {
            return;
        }
        at = moments::later(&mut plan.rng, at);
    }
}
