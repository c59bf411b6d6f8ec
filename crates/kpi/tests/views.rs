//! A view answers as the engine does, whatever the journal brings and whoever watches what, without passes over all deals.

use salescope_domain::{DateRange, Entry, Instant, KpiDefinitionEntry, Payload, Query, Version};
use salescope_kpi::{Changes, Engine, View, Watch, sabotage};
use salescope_testkit::{Rng, histories, make, queries};

/// Histories that views follow.
const HISTORIES: u64 = 300;
/// Views of each.
const VIEWS: usize = 8;
/// Questions to each view after each slice.
const QUESTIONS: usize = 3;
/// Largest slice of a journal, in entries.
const SLICE_MAX: u64 = 60;

/// KPIs whose inputs live in panes.
const INCREMENTAL: [&str; 12] = [
    "bookings",
    "win_rate",
    "win_rate_by_value",
    "win_rate_cohort",
    "average_deal_size",
    "sales_cycle",
    "required_coverage",
    "pipeline_created",
    "quota_attainment",
    "prorated_goal",
    "pace",
    "leaderboard",
];

/// An organisation's own KPIs, for what no built-in one does with panes.
const OWN: [(&str, &str, &str); 5] = [
    (
        "own_distinct",
        "count",
        "count: { fact: deal_closed, measure: distinct owners }\n  n: { fact: deal_closed, measure: distinct deals }",
    ),
    (
        "own_future",
        "count",
        "count: { fact: deal_closed, where: { before_end: false, owner: [p1, p2] } }\n  n: { fact: deal_created, where: { product: [Basic, Pro, none] } }",
    ),
    (
        "own_mixed",
        "count",
        "count: { fact: deal_closed, where: { before_end: true } }\n  n: { fact: deal_closed }",
    ),
    ("own_opened", "count", "count: { fact: deal_open }\n  n: { fact: deal_closed, measure: count deals }"),
    (
        "own_median",
        "money",
        "count: { fact: deal_created, measure: median amount }\n  n: { fact: deal_created }",
    ),
];

fn own_kpis() -> impl Iterator<Item = Payload> {
    OWN.iter().map(|(id, unit, inputs)| {
        let yaml = format!(
            "id: {id}\nname: Own\ndescription: Own.\nunit: {unit}\nbetter: higher\nanchor: close date\ncounts: Deals.\n\
             leaves_out: Others.\ninputs:\n  {inputs}\nformula: count\nn: n\n"
        );
        Engine::new().check_definition(&yaml).expect("the definition checks");
        Payload::from(KpiDefinitionEntry { kpi: make::kpi(id), version: Version::stated(1), yaml: Some(yaml) })
    })
}

/// A dirty history with the organisation's own KPIs somewhere in it.
fn history(seed: u64) -> Vec<Entry> {
    let mut entries = histories::random(seed);
    let mut rng = Rng::new(seed);
    for payload in own_kpis() {
        let at = rng.index(entries.len());
        let entry = Entry { payload, ..entries[at].clone() };
        entries.insert(at, entry);
    }
    renumbered(entries)
}

fn renumbered(mut entries: Vec<Entry>) -> Vec<Entry> {
    for (seq, entry) in (1..).zip(&mut entries) {
        entry.tenant_seq = seq;
    }
    entries
}

/// Random pieces of a journal.
fn slices(rng: &mut Rng, mut entries: &[Entry]) -> Vec<Vec<Entry>> {
    let mut slices = Vec::new();
    while !entries.is_empty() {
        let len = usize::try_from(1 + rng.below(SLICE_MAX)).expect("a slice is short").min(entries.len());
        slices.push(entries[..len].to_vec());
        entries = &entries[len..];
    }
    slices
}

/// A random question, restated, more often one that panes answer.
fn question(rng: &mut Rng, entries: &[Entry]) -> Query {
    let seed = rng.next_u64();
    let any = queries::random(seed, entries);
    let named = match rng.below(10) {
        0..3 => any,
        3..5 => Query { kpi: make::kpi(rng.pick(&OWN).0), ..queries::about(rng, "bookings", entries) },
        _ => {
            let name = rng.pick(&INCREMENTAL);
            queries::about(rng, name, entries)
        }
    };
    Query { as_known: None, ..named }
}

fn watch_of(query: &Query) -> Watch {
    let Query { kpi, group_by, filters, params, .. } = query.clone();
    Watch { kpi, group_by, filters, params }
}

/// A view with the question that it stands for.
struct Watched {
    query: Query,
    view: View,
}

impl Watched {
    /// The first of some ranges and times for which the view answers otherwise than the engine.
    fn difference(&mut self, rng: &mut Rng, engine: &Engine, entries: &[Entry]) -> Option<Query> {
        for _ in 0..QUESTIONS {
            let other = queries::about(rng, "bookings", entries);
            let query = Query { range: other.range, now: other.now, ..self.query.clone() };
            if self.view.answer(engine, query.range, query.now) != engine.query(&query) {
                return Some(query);
            }
        }
        None
    }
}

/// Views of random questions, as far as the engine can answer them now; it and views agree on what cannot be.
fn watched(rng: &mut Rng, engine: &Engine, entries: &[Entry]) -> Option<Watched> {
    let query = question(rng, entries);
    match engine.watch(&watch_of(&query), query.now) {
        Ok(view) => Some(Watched { query, view }),
        Err(error) => {
            assert_eq!(Err(error), engine.query(&query));
            None
        }
    }
}

/// Follows a history with views that come along the way; the first question that one answers wrongly.
fn follow(seed: u64) -> Option<(u64, Query)> {
    let entries = history(seed);
    let mut rng = Rng::new(seed);
    let (mut engine, mut views) = (Engine::new(), Vec::new());
    for slice in slices(&mut rng, &entries) {
        let changes = engine.apply(&slice);
        for watched in &mut views {
            let Watched { view, .. }: &mut Watched = watched;
            view.update(&engine, &changes);
            assert_eq!(view.position(), engine.position());
            // Some are asked now and then only.
            if rng.chance(70)
                && let Some(query) = watched.difference(&mut rng, &engine, &entries)
            {
                return Some((engine.position(), query));
            }
        }
        if views.len() < VIEWS {
            views.extend(watched(&mut rng, &engine, &entries));
        }
        if views.len() < VIEWS {
            views.extend(watched(&mut rng, &engine, &entries));
        }
    }
    None
}

#[test]
fn every_view_answers_as_the_engine_does_after_every_slice() {
    for seed in 0..HISTORIES {
        assert_eq!(follow(seed), None, "history {seed}");
    }
}

#[test]
fn a_view_that_keeps_what_was_retracted_is_noticed() {
    let noticed =
        sabotage::with("view_keeps_retracted", || (0..HISTORIES).any(|seed| follow(seed).is_some()));
    assert!(noticed);
}

#[test]
fn kpis_of_closed_and_created_deals_and_quotas_are_incremental_and_others_say_that_they_are_not() {
    let mut engine = Engine::new();
    engine.apply(&history(3));
    for definition in engine.catalogue() {
        let query = Query::new(
            definition.id.clone(),
            make::range("2026-01-01", "2026-04-01"),
            make::moment("2026-09-01"),
        );
        let mut watch = watch_of(&query);
        if definition.id.as_str() == "metric" {
            watch.params.insert("metric_type".to_owned(), "nps".to_owned());
        }
        let view = engine.watch(&watch, query.now).unwrap();
        let expected =
            ["own_distinct", "own_future"].iter().chain(&INCREMENTAL).any(|id| definition.id.as_str() == *id);
        assert_eq!(view.is_incremental(), expected, "{}", definition.id);
    }
}

/// Whether an entry belongs to the flow of a day: what a view must follow without a pass over all deals.
fn is_daily(entry: &Entry) -> bool {
    matches!(
        entry.payload,
        Payload::Deal(_) | Payload::Merge(_) | Payload::Activity(_) | Payload::Metric(_) | Payload::Quota(_)
    )
}

#[test]
fn an_incremental_view_passes_over_all_deals_once_when_it_is_built() {
    let mut incremental = 0;
    for seed in 0..HISTORIES / 3 {
        let (daily, world): (Vec<Entry>, Vec<Entry>) = history(seed).into_iter().partition(is_daily);
        let entries = renumbered([world.clone(), daily].concat());
        let (world, daily) = entries.split_at(world.len());
        let mut rng = Rng::new(seed);
        let mut engine = Engine::new();
        // Half of them are told what changed, half find it with the engine.
        engine.be_followed(seed % 2 == 0);
        engine.apply(world);
        let views = (0..VIEWS).filter_map(|_| watched(&mut rng, &engine, &entries));
        let mut views: Vec<Watched> = views.filter(|watched| watched.view.is_incremental()).collect();
        for slice in slices(&mut rng, daily) {
            let changes = engine.apply(&slice);
            for watched in &mut views {
                if engine.is_followed() {
                    watched.view.follow(&engine);
                } else {
                    watched.view.update(&engine, &changes);
                }
                assert_eq!(watched.difference(&mut rng, &engine, &entries), None, "history {seed}");
            }
        }
        assert!(views.iter().all(|watched| watched.view.is_incremental() && watched.view.scans() == 1));
        incremental += views.len();
    }
    assert!(incremental > 100, "only {incremental} views were followed");
}

#[test]
fn a_view_built_from_a_copy_catches_up_with_an_engine_that_went_on() {
    for seed in 0..HISTORIES / 3 {
        let entries = history(seed);
        let mut rng = Rng::new(seed);
        let slices = slices(&mut rng, &entries);
        let (before, after) = slices.split_at(rng.index(slices.len() + 1));
        let mut engine = Engine::new();
        let seen: Vec<Changes> = before.iter().map(|slice| engine.apply(slice)).collect();
        let copy = engine.clone();
        let missed: Vec<Changes> = after.iter().map(|slice| engine.apply(slice)).collect();
        for _ in 0..VIEWS {
            let Some(mut watched) = watched(&mut rng, &copy, &entries) else { continue };
            for changes in seen.iter().chain(&missed) {
                watched.view.update(&engine, changes);
            }
            assert_eq!(watched.difference(&mut rng, &engine, &entries), None, "history {seed}");
        }
    }
}

#[test]
fn a_view_that_missed_slices_is_built_anew() {
    let entries = history(5);
    let (first, rest) = entries.split_at(entries.len() / 2);
    let range = DateRange { from: make::date("2026-01-01"), to: make::date("2027-01-01") };
    let now: Instant = make::moment("2026-09-01");
    let query = Query::new(make::kpi("bookings"), range, now);
    let mut engine = Engine::new();
    engine.apply(first);
    let mut view = engine.watch(&watch_of(&query), now).unwrap();
    engine.apply(rest);
    assert_eq!(view.answer(&engine, range, now), engine.query(&query));
    assert_eq!((view.position(), view.scans()), (engine.position(), 2));
}
