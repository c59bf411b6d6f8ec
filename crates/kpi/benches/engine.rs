//! Criterion benches: decode, apply, query, snapshot and restore, on a company of 50,000 deals and 500,000 entries.

mod company;

use company::Company;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use salescope_domain::{DateRange, Dimension, Entry, Instant, KpiId, Payload, Query};
use salescope_kpi::Engine;
use std::hint::black_box;

const DEALS: u64 = 50_000;
const SLICE: usize = 1_000;

fn journal() -> Vec<Entry> {
    let mut company = Company::new(DEALS);
    let mut entries = company.setup();
    loop {
        let slice = company.slice(SLICE);
        if slice.is_empty() {
            return entries;
        }
        entries.extend(slice);
    }
}

fn decode(criterion: &mut Criterion, entries: &[Entry]) {
    let payloads = entries.iter().skip(100_000).take(SLICE).map(|entry| serde_json::to_vec(&entry.payload));
    let texts: Vec<Vec<u8>> = payloads.collect::<Result<_, _>>().expect("payloads are plain data");
    let mut group = criterion.benchmark_group("decode");
    group.throughput(Throughput::Elements(texts.len() as u64));
    group.bench_function("json_payload", |bencher| {
        bencher.iter(|| {
            for text in &texts {
                black_box(serde_json::from_slice::<Payload>(text).expect("its own text"));
            }
        });
    });
    group.finish();
}

fn apply(criterion: &mut Criterion, entries: &[Entry]) {
    let mut group = criterion.benchmark_group("apply");
    group.sample_size(10).throughput(Throughput::Elements(entries.len() as u64));
    group.bench_function("journal_in_slices_of_1000", |bencher| {
        bencher.iter_batched(
            Engine::new,
            |mut engine| {
                for slice in entries.chunks(SLICE) {
                    engine.apply(slice);
                }
                engine
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

fn query(criterion: &mut Criterion, engine: &Engine) {
    let date = |text: &str| text.parse().expect("a date");
    let range = DateRange { from: date("2024-07-01"), to: date("2024-10-01") };
    let now: Instant = "2026-01-15T12:00:00Z".parse().expect("a time");
    let mut group = criterion.benchmark_group("query");
    for kpi in
        ["bookings", "win_rate", "sales_velocity", "open_pipeline", "stage_conversion", "pipeline_waterfall"]
    {
        for (name, known) in [("restated", None), ("as_known", Some("2024-12-01T00:00:00Z"))] {
            let mut query = Query::new(KpiId::new(kpi).expect("an id"), range, now);
            query.group_by = vec![Dimension::Owner];
            query.as_known = known.map(|text| text.parse().expect("a time"));
            group.bench_function(format!("{kpi}_by_owner_{name}"), |bencher| {
                bencher.iter(|| black_box(engine.query(&query).expect("the question is well formed")));
            });
        }
    }
    group.finish();
}

fn snapshot(criterion: &mut Criterion, engine: &Engine) {
    let bytes = engine.snapshot();
    let mut group = criterion.benchmark_group("snapshot");
    group.sample_size(10).throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("write", |bencher| bencher.iter(|| black_box(engine.snapshot())));
    group.bench_function("restore", |bencher| {
        bencher.iter(|| black_box(Engine::restore(&bytes).expect("its own snapshot")));
    });
    group.finish();
}

fn benches(criterion: &mut Criterion) {
    let entries = journal();
    decode(criterion, &entries);
    apply(criterion, &entries);
    let mut engine = Engine::new();
    engine.apply(&entries);
    query(criterion, &engine);
    snapshot(criterion, &engine);
}

criterion_group!(all, benches);
criterion_main!(all);
