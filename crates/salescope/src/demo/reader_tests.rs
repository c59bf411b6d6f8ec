//! The demonstration through the product's own reader and engine: every event is understood, and the figures are believable.

use super::history::history;
use super::live::Live;
use salescope_connectors::canonical::{Defaults, Ids, parse};
use salescope_domain::{
    Currency, DateRange, Entry, Instant, KpiId, Payload, PersonId, Query, SourceId, TeamId, Zone,
};
use salescope_kpi::Engine;
use serde_json::Value;

/// Most bytes of an event, as the gateway has it.
const EVENT_BYTES_MAX: usize = 1 << 20;

struct Same;

impl Ids for Same {
    fn person(&self, external_id: &str) -> Option<PersonId> {
        PersonId::new(external_id).ok()
    }

    fn team(&self, external_id: &str) -> Option<TeamId> {
        TeamId::new(external_id).ok()
    }
}

fn now() -> Instant {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

fn read(event: &Value) -> Payload {
    let (zone, source) = (Zone::utc(), SourceId::new("api").unwrap());
    let defaults =
        Defaults { currency: "EUR".parse::<Currency>().unwrap(), zone: &zone, source: &source, now: now() };
    let text = event.to_string();
    let draft = parse(&text, EVENT_BYTES_MAX).unwrap_or_else(|rejection| panic!("{text}: {rejection:?}"));
    assert_eq!(draft.unknown_members().count(), 0, "{text}");
    draft.build(&Same, &defaults).unwrap_or_else(|rejection| panic!("{text}: {rejection:?}"))
}

#[test]
fn every_event_is_understood_and_the_figures_are_believable() {
    let told = history(1, now(), &Zone::utc(), "EUR");
    let entry =
        |(at, event)| Entry { tenant_seq: at, known_at: now(), observed_at: now(), payload: read(event) };
    let entries: Vec<Entry> = (1..).zip(&told.events).map(entry).collect();
    let mut engine = Engine::new();
    engine.apply(&entries);
    let figure = |kpi: &str| -> f64 {
        let year = DateRange::new("2025-11-20".parse().unwrap(), "2026-11-20".parse().unwrap()).unwrap();
        let answer = engine.query(&Query::new(KpiId::new(kpi).unwrap(), year, now())).unwrap();
        answer.groups[0].value.as_deref().unwrap().parse().unwrap()
    };
    let (win_rate, cycle) = (figure("win_rate"), figure("sales_cycle"));
    assert!((0.20..0.35).contains(&win_rate), "{win_rate}");
    assert!((20.0..90.0).contains(&cycle), "{cycle}");
    assert!(figure("activities") > 3_000.0);
}

#[test]
fn every_live_change_is_understood() {
    let open = history(2, now(), &Zone::utc(), "EUR").open;
    let mut live = Live::new(2, now(), Zone::utc(), "EUR", open);
    for at in 0..3_000 {
        read(&live.next(now().plus_ms(at)));
    }
}
