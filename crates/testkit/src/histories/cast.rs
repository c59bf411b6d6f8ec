//! Who and what deals refer to: people, teams, accounts, products, stages and pipelines, with their changes.

use super::{Plan, moments};
use crate::make;
use salescope_domain::{
    Account, FieldMap, ForecastCategory, Instant, Payload, Person, Pipeline, Product, Stage, StageOutcome,
    Team, Version,
};

pub(super) const SOURCES: [&str; 2] = ["crm", "csv"];
pub(super) const PEOPLE: [&str; 6] = ["p1", "p2", "p3", "p4", "p5", "p9"];
pub(super) const TEAMS: [&str; 4] = ["t1", "t2", "t3", "t9"];
pub(super) const REGIONS: [&str; 3] = ["north", "south", "west"];
pub(super) const ACCOUNTS: [&str; 4] = ["a1", "a2", "a3", "a9"];
pub(super) const PRODUCTS: [&str; 4] = ["x1", "x2", "x3", "x9"];
pub(super) const PIPELINES: [&str; 3] = ["new", "renewal", "other"];
/// Stage, pipeline, position, outcome. `q9` is never recorded.
pub(super) const STAGES: [(&str, &str, u16, StageOutcome); 10] = [
    ("q1", "new", 1, StageOutcome::Open),
    ("q2", "new", 3, StageOutcome::Open),
    ("q3", "new", 4, StageOutcome::Open),
    ("q-won", "new", 8, StageOutcome::Won),
    ("q-lost", "new", 9, StageOutcome::Lost),
    ("r1", "renewal", 1, StageOutcome::Open),
    ("r2", "renewal", 2, StageOutcome::Open),
    ("r-won", "renewal", 5, StageOutcome::Won),
    ("r-lost", "renewal", 6, StageOutcome::Lost),
    ("q9", "new", 2, StageOutcome::Open),
];
const CATEGORIES: [ForecastCategory; 4] = [
    ForecastCategory::Commit,
    ForecastCategory::BestCase,
    ForecastCategory::Pipeline,
    ForecastCategory::MostLikely,
];

/// Plans a first version of each, and later ones of some. The last of each list is only ever referred to.
pub(super) fn plan(plan: &mut Plan) {
    for team in &TEAMS[..TEAMS.len() - 1] {
        versions(plan, 20, |plan, version, _| team_version(plan, team, version));
    }
    for person in &PEOPLE[..PEOPLE.len() - 1] {
        versions(plan, 40, |plan, version, _| person_version(plan, person, version));
    }
    for source in SOURCES {
        for account in &ACCOUNTS[..ACCOUNTS.len() - 1] {
            versions(plan, 30, |plan, version, _| account_version(plan, source, account, version));
        }
        for product in &PRODUCTS[..PRODUCTS.len() - 1] {
            versions(plan, 10, |plan, version, _| product_version(plan, source, product, version));
        }
        for index in 0..STAGES.len() - 1 {
            versions(plan, 8, |plan, version, first| stage_version(plan, source, index, version, first));
        }
        for pipeline in &PIPELINES[..2] {
            versions(plan, 10, |plan, version, _| pipeline_version(plan, source, pipeline, version));
        }
    }
}

/// A first version at the start (or late, or never), and with `again` per cent each a few more.
fn versions(plan: &mut Plan, again: u64, state: impl Fn(&mut Plan, Version, bool) -> Payload) {
    if plan.rng.chance(4) {
        return;
    }
    let mut at = make::moment("2025-08-02").plus_ms(plan.rng.between(0, 86_400_000));
    if plan.rng.chance(15) {
        at = moments::edge_instant(&mut plan.rng);
    }
    let mut count = 1;
    loop {
        let version = plan_version(plan, at, count);
        let payload = state(plan, version, count == 1);
        plan.say(at, payload);
        if count == 4 || !plan.rng.chance(again) {
            return;
        }
        count += 1;
        at = moments::later(&mut plan.rng, at);
    }
}

fn plan_version(plan: &mut Plan, at: Instant, count: i64) -> Version {
    if plan.rng.chance(10) { Version::timed(at.ms()) } else { Version::stated(count) }
}

fn team_version(plan: &mut Plan, team: &str, version: Version) -> Payload {
    let region = plan.rng.chance(75).then(|| make::label(plan.rng.pick(&REGIONS)));
    Payload::from(Team { source: make::source("crm"), team: make::team(team), version, region })
}

fn person_version(plan: &mut Plan, person: &str, version: Version) -> Payload {
    let rng = &mut plan.rng;
    Payload::from(Person {
        source: make::source("crm"),
        person: make::person(person),
        version,
        team: rng.chance(85).then(|| make::team(rng.pick(&TEAMS))),
        region: rng.chance(25).then(|| make::label(rng.pick(&REGIONS))),
        active: rng.chance(90),
    })
}

fn account_version(plan: &mut Plan, source: &str, account: &str, version: Version) -> Payload {
    let rng = &mut plan.rng;
    let mut attributes = FieldMap::new();
    if rng.chance(80) {
        attributes.insert(make::field("sector"), make::label(rng.pick(&["retail", "bank"])));
    }
    if rng.chance(30) {
        attributes.insert(make::field("tier"), make::label(rng.pick(&["gold", "tin"])));
    }
    Payload::from(Account {
        source: make::source(source),
        account: make::account(account),
        version,
        name: rng.chance(60).then(|| make::label(&format!("Account {account}"))),
        attributes,
    })
}

fn product_version(plan: &mut Plan, source: &str, product: &str, version: Version) -> Payload {
    Payload::from(Product {
        source: make::source(source),
        product: make::product(product),
        version,
        name: plan.rng.chance(50).then(|| make::label(plan.rng.pick(&["Basic", "Pro", "Plus"]))),
        attributes: FieldMap::new(),
    })
}

fn stage_version(plan: &mut Plan, source: &str, index: usize, version: Version, first: bool) -> Payload {
    let rng = &mut plan.rng;
    let (stage, pipeline, position, outcome) = STAGES[index];
    let position = if first { position } else { u16::try_from(rng.between(1, 6)).expect("a position fits") };
    let outcome = if first || rng.chance(80) { outcome } else { StageOutcome::Open };
    Payload::from(Stage {
        source: make::source(source),
        stage: make::stage(stage),
        version,
        pipeline: rng.chance(97).then(|| make::pipeline(pipeline)),
        name: rng.chance(60).then(|| make::label(&format!("Stage {stage}"))),
        position,
        outcome,
        probability: rng.chance(70).then(|| make::decimal(rng.pick(&["0", "0.1", "0.25", "0.333333", "1"]))),
        forecast_category: rng.chance(60).then(|| rng.pick(&CATEGORIES)),
    })
}

fn pipeline_version(plan: &mut Plan, source: &str, pipeline: &str, version: Version) -> Payload {
    let name = plan.rng.chance(50).then(|| make::label(&format!("Pipeline {pipeline}")));
    Payload::from(Pipeline {
        source: make::source(source),
        pipeline: make::pipeline(pipeline),
        version,
        name,
    })
}
