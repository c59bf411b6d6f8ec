//! How one deal goes: everything that will happen to it, drawn on its first day. Pure.

use super::company::{
    ACCOUNT_KINDS, ACCOUNT_NAMES, FOREIGN, LEAD_SOURCES, PRODUCTS, REPS, SECTORS, STAGES, TEAMS, WON_PER_1000,
};
use crate::draw::Draw;
use salescope_domain::{Date, Instant, Zone};

/// A working day's first hour, and how many follow: when people log what they do.
const FIRST_HOUR: i64 = 8;
const WORKING_MINUTES: i64 = 600;

/// Shortest and longest cycle, in days.
const CYCLE_DAYS: (f64, f64) = (4.0, 240.0);

/// A deal from its first day to its last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) id: String,
    pub(super) rep: usize,
    pub(super) product: &'static str,
    pub(super) account: String,
    pub(super) sector: &'static str,
    pub(super) lead_source: &'static str,
    pub(super) currency: &'static str,
    /// Whole units of the currency.
    pub(super) amount: i64,
    pub(super) created: Date,
    pub(super) steps: Vec<Step>,
}

/// Something that happens to a deal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) at: Instant,
    pub(super) what: What,
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// It begins, in the first stage, with the date on which it is hoped to close.
    Created { close_date: Date },
    /// It moves to this stage.
    Stage(usize),
    /// Its close date is moved.
    Pushed { close_date: Date },
    /// Its amount becomes this, in whole units.
    Amount(i64),
    /// Somebody did something for it.
    Activity { kind: &'static str },
    /// It is won.
    Won,
    /// It is lost.
    Lost,
}

/// A time within the working hours of a day, in the organisation's zone.
fn during(day: Date, zone: &Zone, draw: &mut Draw) -> Instant {
    let minute = FIRST_HOUR * 60 + draw.between(0, WORKING_MINUTES - 1);
    zone.start_of_day(day).plus_ms(minute * 60_000 + draw.between(0, 59_999))
}

/// The `number`th deal that begins on `created`. `home` is the organisation's currency.
pub(super) fn plan(seed: u64, created: Date, number: usize, zone: &Zone, home: &'static str) -> Plan {
    let day = u64::try_from(created.days()).unwrap_or(0);
    let draw = &mut Draw::part(seed, day * 1_000 + number as u64 + 1);
    let rep = draw.below(REPS.len());
    let product = &PRODUCTS[draw.below(PRODUCTS.len())];
    let sector = draw.below(SECTORS.len());
    let currency = currency(home, draw);
    let size = TEAMS[REPS[rep].team].size_percent as f64 / 100.0;
    let amount = hundreds(draw.log_normal(product.median * size, 0.55) / rate(currency, home));
    let usual = (amount as f64 / product.median).max(0.1);
    // Larger deals take longer, with the fourth root of their size.
    let cycle =
        draw.log_normal(product.cycle_days * usual.sqrt().sqrt(), 0.4).clamp(CYCLE_DAYS.0, CYCLE_DAYS.1);
    let won = draw.chance_of_1000(WON_PER_1000 + REPS[rep].skill);
    Plan {
        id: format!("D-{}-{}", created.to_string().replace('-', ""), number + 1),
        rep,
        product: product.id,
        account: format!("{} {}", ACCOUNT_NAMES[draw.below(ACCOUNT_NAMES.len())], ACCOUNT_KINDS[sector]),
        sector: SECTORS[sector],
        lead_source: LEAD_SOURCES[draw.below(LEAD_SOURCES.len())],
        currency,
        amount,
        created,
        steps: steps(created, cycle as i64, won, amount, zone, draw),
    }
}

/// Three of four deals are in the organisation's own currency.
fn currency(home: &'static str, draw: &mut Draw) -> &'static str {
    let foreign: Vec<&str> =
        FOREIGN.iter().map(|(code, _)| *code).filter(|code| *code != home).take(2).collect();
    if draw.chance(75) { home } else { draw.pick(&foreign).copied().unwrap_or(home) }
}

/// What one unit of `currency` is worth in `home`, about.
pub(super) fn rate(currency: &str, home: &str) -> f64 {
    let in_usd = |code: &str| FOREIGN.iter().find(|(name, _)| *name == code).map_or(1.0, |(_, usd)| *usd);
    if currency == home { 1.0 } else { in_usd(currency) / in_usd(home) }
}

/// Whole hundreds, at least one of them: amounts are agreed, not computed.
fn hundreds(amount: f64) -> i64 {
    (amount / 100.0).round().max(1.0) as i64 * 100
}

fn steps(created: Date, cycle: i64, won: bool, amount: i64, zone: &Zone, draw: &mut Draw) -> Vec<Step> {
    let days = |days: i64| i32::try_from(days).unwrap_or(i32::MAX);
    let end = closing_day(created.plus_days(days(cycle)), won, draw);
    let length = i64::from(end.days() - created.days()).max(1);
    let mut steps = Vec::new();
    let mut say =
        |day: Date, what: What, draw: &mut Draw| steps.push(Step { at: during(day, zone, draw), what });
    let hoped = created.plus_days(days(draw.between(length * 7 / 10, length * 11 / 10).max(3)));
    say(created, What::Created { close_date: hoped }, draw);
    // A won deal goes through every stage; a lost one ends in any.
    let stages = if won { STAGES.len() } else { 1 + draw.below(STAGES.len()) };
    for stage in 1..stages {
        let share = length * stage as i64 / stages as i64;
        let day = created.plus_days(days((share + draw.between(-length / 12, length / 12)).clamp(1, length)));
        say(day, What::Stage(stage), draw);
    }
    if hoped < end && draw.chance(80) {
        say(hoped, What::Pushed { close_date: end.plus_days(days(draw.between(-4, 10))) }, draw);
    }
    if draw.chance(30) {
        let day = created.plus_days(days(draw.between(1, length)));
        say(day, What::Amount((amount * draw.between(80, 118) / 100 / 50).max(1) * 50), draw);
    }
    for _ in 0..2 + draw.below(8) {
        let day = created.plus_days(days(draw.between(0, length)));
        let kind = ["call", "email", "email", "meeting", "task"][draw.below(5)];
        say(day, What::Activity { kind }, draw);
    }
    say(end, if won { What::Won } else { What::Lost }, draw);
    ordered(steps)
}

/// Sales people close what they can before the quarter ends: many wins come forward or wait for its last days.
fn closing_day(day: Date, won: bool, draw: &mut Draw) -> Date {
    let left = i64::from(days_left_of_quarter(day));
    let shift = if won && left <= 30 && draw.chance(45) { draw.between(0, left) } else { 0 };
    let day = day.plus_days(i32::try_from(shift).unwrap_or(0));
    // Nothing closes on a weekend.
    match weekday(day) {
        5 => day.plus_days(-1),
        6 => day.plus_days(1),
        _ => day,
    }
}

/// Days after `day` until its calendar quarter ends.
fn days_left_of_quarter(day: Date) -> i32 {
    (0..92).find(|left| is_first_of_quarter(day.plus_days(left + 1))).unwrap_or(0)
}

fn is_first_of_quarter(day: Date) -> bool {
    let text = day.to_string();
    ["-01-01", "-04-01", "-07-01", "-10-01"].iter().any(|first| text.ends_with(first))
}

/// 0 for Monday to 6 for Sunday. 1970-01-01 was a Thursday.
pub(super) fn weekday(day: Date) -> i32 {
    (day.days() + 3).rem_euclid(7)
}

/// In time, each at a time of its own; the end is the last, and what would come after it is left out.
fn ordered(mut steps: Vec<Step>) -> Vec<Step> {
    steps.sort_by_key(|step| (!matches!(step.what, What::Created { .. }), step.at));
    let begin = steps.first().map(|step| step.at);
    let close = steps.iter().position(|step| matches!(step.what, What::Won | What::Lost));
    if let Some(close) = close {
        let end = steps.remove(close);
        steps.retain(|step| step.at < end.at || matches!(step.what, What::Created { .. }));
        steps.push(end);
    }
    let mut last = begin.unwrap_or(Instant::MIN).plus_ms(-1);
    for step in &mut steps {
        step.at = step.at.max(last.plus_ms(1_000));
        last = step.at;
    }
    steps
}
