//! Deals, people, teams, quotas and rates as they are told one by one and in lists.

use crate::common::engine;
use salescope_domain::{
    ActivityKind, DealCursor, DealFilter, DealStatus, Patch, Query, QuotaHolder, StageOutcome,
};
use salescope_kpi::{DEAL_PAGE_MAX, Engine};
use salescope_testkit::{DealStep, History, histories, make};

fn story() -> History {
    History::new()
        .person("ann", Some("north"), None)
        .team("north", Some("emea"))
        .stage("talk", "sales", 1, StageOutcome::Open)
        .at("2026-01-05")
        .deal(
            "A",
            DealStep::created()
                .amount(10_000, "EUR")
                .owner("ann")
                .account("acme")
                .stage("talk")
                .due("2026-03-01"),
        )
        .deal(
            "B",
            DealStep::created().amount(5_000, "USD").lines(&[("pro", Some(3_000))]).probability("0.25"),
        )
        .deal(
            "C",
            DealStep::created().set(|set| {
                set.team = Patch::Set(make::team("south"));
                set.pipeline = Patch::Set(make::pipeline("renewals"));
                set.custom.insert(make::field("tier"), Some(make::label("gold")));
            }),
        )
        .activity(ActivityKind::Call, "ann", Some("only named"))
        .at("2026-02-01")
        .deal("A", DealStep::won())
        .source("other")
        .deal("A", DealStep::created().due("2026-05-01"))
}

fn listed(engine: &Engine, filter: &DealFilter) -> Vec<String> {
    let page = engine.deals(filter, None, 100);
    assert_eq!(page.next, None);
    page.deals.iter().map(|deal| format!("{}:{}", deal.source, deal.deal)).collect()
}

#[test]
fn a_deal_is_told_with_its_history_and_what_its_owner_and_stage_add() {
    let engine = engine(&story().entries());
    let deal = engine.deal(&make::source("crm"), &make::deal("A")).expect("it is stated");
    let statuses: Vec<DealStatus> = deal.versions.iter().map(|version| version.status).collect();
    assert_eq!(statuses, [DealStatus::Open, DealStatus::Won]);
    let now = &deal.current;
    assert_eq!(Some(now), deal.versions.last());
    assert_eq!(
        (now.tenant_seq, now.known_at, now.occurred_at),
        (8, make::moment("2026-02-01"), make::moment("2026-02-01"))
    );
    assert_eq!((now.owner.clone(), now.team.clone()), (Some(make::person("ann")), Some(make::team("north"))));
    assert_eq!(now.region, Some(make::label("emea")));
    assert_eq!(
        (now.stage.clone(), now.pipeline.clone()),
        (Some(make::stage("talk")), Some(make::pipeline("sales")))
    );
    assert_eq!((now.amount_minor, now.currency), (Some(10_000), Some(make::currency("EUR"))));
    assert_eq!(
        (now.account.clone(), now.close_date),
        (Some(make::account("acme")), Some(make::date("2026-02-01")))
    );
    assert_eq!(now.created_on, Some(make::date("2026-01-05")));
    assert_eq!(deal.merged_into, None);
    let b = engine.deal(&make::source("crm"), &make::deal("B")).expect("it is stated").current;
    assert_eq!((b.probability, b.products[0].total_minor), (Some(make::decimal("0.25")), Some(3_000)));
    let c = engine.deal(&make::source("crm"), &make::deal("C")).expect("it is stated").current;
    assert_eq!((c.team, c.pipeline), (Some(make::team("south")), Some(make::pipeline("renewals"))));
    assert_eq!(c.custom.get(&make::field("tier")), Some(&make::label("gold")));
    assert_eq!((c.owner, c.region, c.amount_minor, c.close_date), (None, None, None, None));
}

#[test]
fn a_deal_that_is_only_named_by_others_is_not_there() {
    let engine = engine(&story().entries());
    for (source, deal) in [("crm", "only named"), ("crm", "Z"), ("nobody", "A")] {
        assert_eq!(engine.deal(&make::source(source), &make::deal(deal)), None);
    }
    assert_eq!(listed(&engine, &DealFilter::default()), ["crm:A", "crm:B", "crm:C", "other:A"]);
}

#[test]
fn a_merged_deal_names_the_deal_that_it_is_by_now() {
    let engine = engine(&story().source("crm").merge("B", &["C"]).merge("A", &["B"]).entries());
    let deal = |id| engine.deal(&make::source("crm"), &make::deal(id)).expect("it is stated");
    assert_eq!(deal("C").merged_into, Some(make::deal("A")));
    assert_eq!(
        (deal("B").merged_into, deal("B").current.status),
        (Some(make::deal("A")), DealStatus::Merged)
    );
    assert_eq!(deal("A").merged_into, None);
    let merged = DealFilter { status: Some(DealStatus::Merged), ..DealFilter::default() };
    assert_eq!(listed(&engine, &merged), ["crm:B", "crm:C"]);
}

#[test]
fn a_list_holds_the_deals_that_fit_every_condition() {
    let engine = engine(&story().entries());
    let all = DealFilter::default;
    let cases = [
        (DealFilter { source: Some(make::source("other")), ..all() }, vec!["other:A"]),
        (DealFilter { status: Some(DealStatus::Won), ..all() }, vec!["crm:A"]),
        (DealFilter { owner: Some(make::person("ann")), ..all() }, vec!["crm:A"]),
        (DealFilter { team: Some(make::team("north")), ..all() }, vec!["crm:A"]),
        (DealFilter { team: Some(make::team("south")), ..all() }, vec!["crm:C"]),
        (DealFilter { account: Some(make::account("acme")), ..all() }, vec!["crm:A"]),
        (DealFilter { stage: Some(make::stage("talk")), ..all() }, vec!["crm:A"]),
        (DealFilter { pipeline: Some(make::pipeline("sales")), ..all() }, vec!["crm:A"]),
        (DealFilter { pipeline: Some(make::pipeline("renewals")), ..all() }, vec!["crm:C"]),
        (DealFilter { close_from: Some(make::date("2026-02-02")), ..all() }, vec!["other:A"]),
        (DealFilter { close_to: Some(make::date("2026-05-01")), ..all() }, vec!["crm:A"]),
        (DealFilter { owner: Some(make::person("nobody")), ..all() }, vec![]),
        (DealFilter { team: Some(make::team("north")), status: Some(DealStatus::Open), ..all() }, vec![]),
    ];
    for (filter, expected) in cases {
        assert_eq!(listed(&engine, &filter), expected, "{filter:?}");
    }
}

#[test]
fn pages_tile_the_list_whatever_their_length() {
    for seed in 0..20 {
        let entries = histories::random(seed);
        let engine = engine(&entries);
        let filter =
            DealFilter { status: (seed % 2 == 0).then_some(DealStatus::Open), ..DealFilter::default() };
        let whole = engine.deals(&filter, None, DEAL_PAGE_MAX);
        assert_eq!(whole.next, None, "the histories of tests are short");
        for length in 1..4 {
            let (mut deals, mut after) = (Vec::new(), None);
            loop {
                let page = engine.deals(&filter, after, length);
                assert!(page.deals.len() <= length);
                deals.extend(page.deals);
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(deals, whole.deals);
        }
        for deal in &whole.deals {
            let told = engine.deal(&deal.source, &deal.deal).expect("what is listed is there");
            assert_eq!((&told.current, told.merged_into), (&deal.current, deal.merged_into.clone()));
        }
    }
    let engine = engine(&story().entries());
    assert_eq!(engine.deals(&DealFilter::default(), Some(DealCursor::after(u32::MAX)), 0).deals, []);
    assert_eq!(engine.deals(&DealFilter::default(), None, 0).deals.len(), 1);
}

#[test]
fn people_teams_quotas_and_rates_are_told_as_they_are_now() {
    let quota = |history: History, person, minor| {
        let holder = QuotaHolder::Person(make::person(person));
        history.quota(holder, ["2026-01-01", "2026-04-01"], minor, "USD")
    };
    let history = story().person("bob", None, Some("apac")).person("ann", Some("south"), None);
    let history = quota(quota(history, "ann", 700), "bob", 900).rate("EUR", "2026-01-01", "1.10");
    let engine = engine(&history.rate("EUR", "2026-01-01", "1.2").entries());
    let people: Vec<_> = engine.people().into_iter().map(|one| (one.person, one.team, one.region)).collect();
    assert_eq!(
        people,
        [
            (make::person("ann"), Some(make::team("south")), None),
            (make::person("bob"), None, Some(make::label("apac"))),
        ]
    );
    let teams: Vec<_> = engine.teams().into_iter().map(|one| (one.team, one.region)).collect();
    assert_eq!(teams, [(make::team("north"), Some(make::label("emea")))]);
    let holders: Vec<_> = engine.quotas().into_iter().map(|one| one.holder).collect();
    assert_eq!(holders, ["ann", "bob"].map(|person| QuotaHolder::Person(make::person(person))));
    let rates: Vec<_> = engine.rates().into_iter().map(|one| (one.currency, one.rate)).collect();
    assert_eq!(rates, [(make::currency("EUR"), make::decimal("1.2"))]);
}

#[test]
fn stages_are_told_by_pipeline_and_in_their_order_as_they_are_now() {
    let history = History::new()
        .stage("won", "sales", 3, StageOutcome::Won)
        .stage("talk", "sales", 2, StageOutcome::Open)
        .stage("lead", "sales", 1, StageOutcome::Open)
        .stage("renew", "renewals", 1, StageOutcome::Open)
        .stage("talk", "sales", 4, StageOutcome::Lost)
        .deal("A", DealStep::created().stage("only named"));
    let stages = engine(&history.entries()).stages();
    let told: Vec<_> = stages
        .iter()
        .map(|stage| (stage.pipeline.as_ref().unwrap().as_str(), stage.stage.as_str(), stage.position))
        .collect();
    assert_eq!(
        told,
        [("renewals", "renew", 1), ("sales", "lead", 1), ("sales", "won", 3), ("sales", "talk", 4)]
    );
    assert_eq!((stages[3].outcome, stages[3].tenant_seq), (StageOutcome::Lost, 5));
}

#[test]
fn every_shape_reads_back_what_it_wrote() {
    fn same<T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) {
        let json = serde_json::to_string(value).expect("it is plain data");
        assert_eq!(&serde_json::from_str::<T>(&json).expect("it reads back"), value);
    }
    for seed in 0..10 {
        let entries = histories::random(seed);
        let engine = engine(&entries);
        let page = engine.deals(&DealFilter::default(), None, 3);
        same(&page);
        page.deals.iter().for_each(|deal| same(&engine.deal(&deal.source, &deal.deal)));
        same(&(engine.people(), engine.teams(), engine.stages(), engine.quotas(), engine.rates()));
        let query = Query::new(
            make::kpi("bookings"),
            make::range("2026-01-01", "2026-07-01"),
            make::moment("2026-07-01"),
        );
        same(&engine.series(&query, salescope_domain::Grain::Month).expect("it is answered"));
        same(&engine.compare(&query).expect("it is answered"));
        same(&engine.explain(&query, Some(make::moment("2026-03-01"))).expect("it is answered"));
    }
    same(&Engine::new().catalogue());
}
