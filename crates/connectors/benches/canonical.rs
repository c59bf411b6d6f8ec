//! Reading events: what each costs from its text to its payload.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use salescope_connectors::canonical::{Defaults, Ids, Parsed, parse, read_all};
use salescope_domain::{Currency, Payload, PersonId, SourceId, TeamId, Zone};
use std::hint::black_box;

/// The program's allocator.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// A plain event of the usual size.
const EVENT: &str = r#"{"event_id":"01HF7YAT00Z8Q","timestamp":"2026-11-20T09:41:07.375Z","event_type":"deal_closed_won","user_id":"u-17","deal_id":"d-20417","amount":25000.50,"currency":"USD","version":1795168867375,"properties":{"stage":"Won","region":"EMEA"}}"#;

/// A fact without an id: its id is derived.
const FACT: &str = r#"{"timestamp":"2026-11-20T09:41:07.375Z","event_type":"demo_booked","user_id":"u-17","deal_id":"d-20417","amount":3,"properties":{"channel":"web","region":"EMEA","campaign":"autumn"}}"#;

struct Known(PersonId, TeamId);

impl Ids for Known {
    fn person(&self, _: &str) -> Option<PersonId> {
        Some(self.0.clone())
    }
    fn team(&self, _: &str) -> Option<TeamId> {
        Some(self.1.clone())
    }
}

fn canonical(criterion: &mut Criterion) {
    let zone = Zone::new("Europe/Berlin").expect("there is such a zone");
    let source = SourceId::new("api").expect("a short text is an id");
    let now = "2026-11-24T12:00:00Z".parse().expect("is a time");
    let defaults = Defaults { currency: Currency::USD, zone: &zone, source: &source, now };
    let ids = Known(PersonId::new("p17").expect("is an id"), TeamId::new("t2").expect("is an id"));
    let read = |text: &str| -> Payload {
        let draft = parse(text, 1 << 20).expect("is an event");
        draft.build(&ids, &defaults).expect("is a payload")
    };
    let mut group = criterion.benchmark_group("canonical");
    for (name, text) in [("event", EVENT), ("fact without an id", FACT)] {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |bencher| bencher.iter(|| read(black_box(text))));
    }
    let list = format!("[{}]", vec![EVENT; 1000].join(","));
    group.throughput(Throughput::Elements(1000));
    group.bench_function("1,000 events", |bencher| {
        bencher.iter(|| {
            let mut payloads = Vec::new();
            let take = |item: Parsed<'_>| {
                payloads.push(item.expect("is an event").build(&ids, &defaults).expect("is a payload"));
            };
            read_all(black_box(&list), 10_000, 1 << 20, take).expect("is a list");
            payloads
        });
    });
    group.finish();
}

criterion_group!(benches, canonical);
criterion_main!(benches);
