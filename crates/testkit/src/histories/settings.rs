//! Settings: at the start, and sometimes changed along the way.

use super::{Plan, moments};
use crate::make;
use salescope_domain::{
    Calendar, Credit, FxPolicy, Pattern, Payload, SettingsChange, Version, Weekday, Zone,
};

const ZONES: [&str; 4] = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"];

/// Settings at the start of most histories, and changes in some.
pub(super) fn plan(plan: &mut Plan) {
    let mut version = 0;
    if plan.rng.chance(70) {
        version += 1;
        let change = initial(plan, version);
        plan.say(make::moment("2025-08-01"), Payload::from(change));
    }
    if !plan.rng.chance(plan.shape.settings) {
        return;
    }
    for _ in 0..plan.rng.below(4) {
        version += 1;
        let at = moments::edge_instant(&mut plan.rng);
        let change = random(plan, version);
        plan.say(at, Payload::from(change));
    }
}

fn initial(plan: &mut Plan, version: i64) -> SettingsChange {
    let mut change = random(plan, version);
    change.time_zone = Some(Zone::new(plan.rng.pick(&ZONES)).expect("the zone exists"));
    change.currency = plan.rng.chance(10).then(|| make::currency("EUR"));
    change
}

fn random(plan: &mut Plan, version: i64) -> SettingsChange {
    let rng = &mut plan.rng;
    let mut change = SettingsChange::empty(Version::stated(version));
    if rng.chance(30) {
        change.time_zone = Some(Zone::new(rng.pick(&ZONES)).expect("the zone exists"));
    }
    if rng.chance(3) {
        change.currency = Some(make::currency(rng.pick(&["EUR", "USD", "JPY"])));
    }
    if rng.chance(20) {
        let start_month = u8::try_from(rng.between(1, 12)).expect("a month fits");
        let pattern = rng.pick(&[Pattern::Months, Pattern::Weeks445, Pattern::Weeks544]);
        let week_start = rng.pick(&[Weekday::Monday, Weekday::Sunday]);
        let date = moments::edge_date(rng);
        change.calendar = Some((date, Calendar { start_month, week_start, pattern }));
    }
    if rng.chance(30) {
        let date = moments::edge_date(rng);
        let policies = [FxPolicy::AsOfClose, FxPolicy::Constant(date), FxPolicy::Crm];
        change.fx_policy = Some(rng.pick(&policies));
    }
    if rng.chance(30) {
        change.credit = Some(rng.pick(&[Credit::OwnerAtClose, Credit::CurrentOwner]));
    }
    if rng.chance(40) {
        change.bulk_per_minute = Some(u32::try_from(rng.between(1, 4)).expect("a small number fits"));
    }
    change
}
