//! One change of a deal's fields.

use super::{cast, moments};
use crate::{Rng, make};
use salescope_domain::{
    Date, DealEventKind, DealFields, ForecastCategory, HomeAmount, Instant, Patch, ProductLine, Status,
    instant::DAY_MS,
};

const AMOUNTS: [i64; 12] = [0, 1, 5, 50, 99, 333, 10_000, 12_345, 99_999, 100_001, 500_000, -2_500];
const CATEGORIES: [ForecastCategory; 5] = [
    ForecastCategory::Commit,
    ForecastCategory::Commit,
    ForecastCategory::BestCase,
    ForecastCategory::Pipeline,
    ForecastCategory::Omitted,
];

/// The fields of a deal's first event.
pub(super) fn initial(rng: &mut Rng, at: Instant) -> DealFields {
    let mut set = DealFields::default();
    if rng.chance(85) {
        amount(rng, &mut set);
    }
    if rng.chance(85) {
        due(rng, &mut set, at);
    }
    if rng.chance(90) {
        set.owner = Patch::Set(make::person(rng.pick(&cast::PEOPLE)));
    }
    if rng.chance(85) {
        stage(rng, &mut set, Status::Open);
    }
    if rng.chance(70) {
        set.account = Patch::Set(make::account(rng.pick(&cast::ACCOUNTS)));
    }
    if rng.chance(40) {
        odds(rng, &mut set);
    }
    if rng.chance(45) {
        products(rng, &mut set);
    }
    if rng.chance(30) {
        labels(rng, &mut set);
    }
    set
}

/// A later change; `status` follows it.
pub(super) fn random(rng: &mut Rng, status: &mut Status, at: Instant) -> (DealEventKind, DealFields) {
    let mut set = DealFields::default();
    let kind = match (*status, rng.below(100)) {
        (Status::Deleted, 0..60) => DealEventKind::DealCreated,
        (Status::Won | Status::Lost, 0..25) => DealEventKind::DealReopened,
        (Status::Won | Status::Lost, 25..33) => DealEventKind::DealClosedWon,
        (Status::Won | Status::Lost, 33..40) => DealEventKind::DealClosedLost,
        (Status::Open, 0..11) => DealEventKind::DealClosedWon,
        (Status::Open, 11..19) => DealEventKind::DealClosedLost,
        (_, 94..) => DealEventKind::DealDeleted,
        _ => return (edit(rng, &mut set, *status, at), set),
    };
    *status = match kind {
        DealEventKind::DealClosedWon => Status::Won,
        DealEventKind::DealClosedLost => Status::Lost,
        DealEventKind::DealDeleted => Status::Deleted,
        _ => Status::Open,
    };
    if rng.chance(60) && *status != Status::Deleted {
        stage(rng, &mut set, *status);
    }
    if rng.chance(35) && *status != Status::Deleted {
        due(rng, &mut set, at);
    }
    if rng.chance(15) {
        amount(rng, &mut set);
    }
    if rng.chance(15) {
        set.status = Patch::Set(*status);
    }
    (kind, set)
}

/// An edit that leaves the status alone.
fn edit(rng: &mut Rng, set: &mut DealFields, status: Status, at: Instant) -> DealEventKind {
    match rng.below(16) {
        0..3 => {
            stage(rng, set, status);
            return DealEventKind::StageChanged;
        }
        3..5 => amount(rng, set),
        5..9 => due(rng, set, at),
        9 => {
            set.owner = Patch::Set(make::person(rng.pick(&cast::PEOPLE)));
            return DealEventKind::OwnerChanged;
        }
        10 => odds(rng, set),
        11 => products(rng, set),
        12 => labels(rng, set),
        13 => clear(rng, set),
        14 => set.created_on = Patch::Set(moments::edge_date(rng)),
        _ => {}
    }
    DealEventKind::DealUpdated
}

fn amount(rng: &mut Rng, set: &mut DealFields) {
    let minor = rng.pick(&AMOUNTS);
    set.amount_minor = Patch::Set(minor);
    set.currency = Patch::Set(make::currency(rng.pick(&["USD", "USD", "EUR", "EUR", "JPY"])));
    if rng.chance(60) {
        let currency = make::currency(rng.pick(&["USD", "USD", "USD", "EUR"]));
        set.amount_home = Patch::Set(HomeAmount { minor: minor * 11 / 10 + 1, currency });
    }
}

fn due(rng: &mut Rng, set: &mut DealFields, at: Instant) {
    let near = moments::edge_date(rng);
    let days = i32::try_from(at.ms().div_euclid(DAY_MS)).expect("a day number fits");
    let ahead = if rng.chance(50) { rng.between(-3, 60) } else { rng.between(40, 160) };
    let ahead = i32::try_from(ahead).expect("a few days fit");
    let date = if rng.chance(55) { near } else { Date::from_days(days + ahead) };
    set.close_date = Patch::Set(date);
}

fn stage(rng: &mut Rng, set: &mut DealFields, status: Status) {
    let (stage, pipeline, ..) = match (status, rng.below(10)) {
        (Status::Won, 0..8) => cast::STAGES[rng.pick(&[3, 7])],
        (Status::Lost, 0..8) => cast::STAGES[rng.pick(&[4, 8])],
        (_, 0..9) => cast::STAGES[rng.pick(&[0, 1, 2, 5, 6])],
        _ => rng.pick(&cast::STAGES),
    };
    set.stage = Patch::Set(make::stage(stage));
    match rng.below(10) {
        0..3 => set.pipeline = Patch::Set(make::pipeline(pipeline)),
        3 => set.pipeline = Patch::Set(make::pipeline(rng.pick(&cast::PIPELINES))),
        _ => {}
    }
}

fn odds(rng: &mut Rng, set: &mut DealFields) {
    if rng.chance(60) {
        set.probability = Patch::Set(make::decimal(rng.pick(&["0", "0.05", "0.5", "0.123457", "0.9", "1"])));
    }
    if rng.chance(70) {
        set.forecast_category = Patch::Set(rng.pick(&CATEGORIES));
    }
}

fn products(rng: &mut Rng, set: &mut DealFields) {
    let mut lines = Vec::new();
    for _ in 0..rng.below(4) {
        let total_minor = rng.chance(75).then(|| rng.pick(&[0, 1, 17, 333, 5_000, 12_345, -100]));
        let product = make::product(rng.pick(&cast::PRODUCTS));
        lines.push(ProductLine { product, total_minor, quantity: None });
    }
    set.products = Patch::Set(lines);
}

fn labels(rng: &mut Rng, set: &mut DealFields) {
    match rng.below(5) {
        0 => set.team = Patch::Set(make::team(rng.pick(&cast::TEAMS))),
        1 => set.region = Patch::Set(make::label(rng.pick(&cast::REGIONS))),
        2 => set.lead_source = Patch::Set(make::label(rng.pick(&["web", "fair"]))),
        3 => set.account = Patch::Set(make::account(rng.pick(&cast::ACCOUNTS))),
        _ => {
            let value = rng.chance(75).then(|| make::label(rng.pick(&["retail", "farm"])));
            set.custom.insert(make::field("sector"), value);
        }
    }
}

fn clear(rng: &mut Rng, set: &mut DealFields) {
    match rng.below(10) {
        0 => set.close_date = Patch::Clear,
        1 => set.created_on = Patch::Clear,
        2 => set.owner = Patch::Clear,
        3 => set.stage = Patch::Clear,
        4 => set.products = Patch::Clear,
        5 => set.probability = Patch::Clear,
        6 => set.forecast_category = Patch::Clear,
        7 => set.amount_home = Patch::Clear,
        8 => set.amount_minor = Patch::Clear,
        _ => {
            set.amount_minor = Patch::Clear;
            set.currency = Patch::Clear;
        }
    }
}
