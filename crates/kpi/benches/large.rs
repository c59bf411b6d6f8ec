//! One large organisation: 1 million deals, 10 million entries. Not criterion: one run takes minutes, and what is asked is
//! the CPU time of a question the *first* time it is asked.
//!
//! `cargo bench -p salescope-kpi --bench large [-- DEALS] [no-questions] [KPI]...`

#![expect(clippy::disallowed_methods, reason = "a bench measures time")]
#![expect(clippy::print_stdout, reason = "a bench tells its figures")]

mod company;

/// The allocator of the program that ships.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

use company::Company;
use salescope_domain::{DateRange, Dimension, Filters, Instant, KpiId, Query};
use salescope_kpi::Engine;
use std::time::Instant as Clock;

/// CPU time of this thread, in nanoseconds.
fn cpu_ns() -> u64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    stat.split_whitespace().next().and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let before = cpu_ns();
    let result = work();
    (result, (cpu_ns() - before) as f64 / 1e6)
}

const QUARTERS: [(&str, &str); 5] = [
    ("2023-07-01", "2023-10-01"),
    ("2023-10-01", "2024-01-01"),
    ("2024-04-01", "2024-07-01"),
    ("2024-10-01", "2025-01-01"),
    ("2025-07-01", "2025-10-01"),
];

/// A question of a kind, scattered over quarters, dimensions and filters.
fn question(kpi: &KpiId, turn: usize, as_known: bool) -> Query {
    let (from, to) = QUARTERS[turn % QUARTERS.len()];
    let range = DateRange { from: from.parse().expect("a date"), to: to.parse().expect("a date") };
    let mut query = Query::new(kpi.clone(), range, "2026-01-15T12:00:00Z".parse().expect("a time"));
    let dims = [
        Dimension::Owner,
        Dimension::Team,
        Dimension::Region,
        Dimension::Product,
        Dimension::Stage,
        Dimension::Currency,
    ];
    let dim = dims[turn / QUARTERS.len() % dims.len()].clone();
    if turn.is_multiple_of(2) && kpi.as_str() != "leaderboard" {
        query.group_by = vec![dim];
    } else {
        let value = ["p17", "t3", "north", "product 4", "demo", "EUR"][turn / QUARTERS.len() % dims.len()];
        query.filters = Filters::from([(dim, [value.to_owned()].into())]);
    }
    if kpi.as_str() == "metric" {
        query.params.insert("metric_type".into(), "nps".into());
    }
    if as_known {
        let ms = query.now.ms() - 86_400_000 * (100 + 61 * (turn as i64 % 9));
        query.as_known = Some(Instant::from_ms(ms));
    }
    query
}

fn build(deals: u64) -> Engine {
    let mut company = Company::new(deals);
    let mut engine = Engine::new();
    engine.apply(&company.setup());
    let (mut entries, mut cpu, mut worst) = (0_usize, 0.0, 0.0_f64);
    loop {
        let slice = company.slice(20_000);
        if slice.is_empty() {
            break;
        }
        let (_, ms) = timed(|| engine.apply(&slice));
        entries += slice.len();
        cpu += ms;
        worst = worst.max(ms);
    }
    println!(
        "apply: {entries} entries in {cpu:.0} ms CPU: {:.2} M entries/s; worst slice of 20,000: {worst:.1} ms",
        entries as f64 / cpu / 1e3
    );
    println!(
        "memory: {} deals, {:.0} bytes per deal",
        engine.deal_count(),
        engine.bytes() as f64 / engine.deal_count() as f64
    );
    engine
}

fn ask(engine: &Engine) {
    for as_known in [false, true] {
        let mut all = Vec::new();
        let asked: Vec<String> = std::env::args().collect();
        let named = |id: &str| asked.iter().any(|arg| arg == id);
        let any_named = engine.catalogue().iter().any(|definition| named(definition.id.as_str()));
        for definition in engine.catalogue() {
            if any_named && !named(definition.id.as_str()) {
                continue;
            }
            let mut times: Vec<f64> = Vec::new();
            for turn in 0..12 {
                let query = question(&definition.id, turn * 5 + turn % 5, as_known);
                let (answer, ms) = timed(|| engine.query(&query));
                answer.expect("the question is well formed");
                times.push(ms);
            }
            times.sort_by(f64::total_cmp);
            println!(
                "query{} {:<20} median {:>7.1} ms  worst {:>7.1} ms",
                if as_known { " as known" } else { "" },
                definition.id.as_str(),
                times[times.len() / 2],
                times[times.len() - 1]
            );
            all.extend(times);
        }
        all.sort_by(f64::total_cmp);
        println!(
            "all: median {:.1} ms, p95 {:.1} ms, worst {:.1} ms",
            all[all.len() / 2],
            all[all.len() * 95 / 100],
            all[all.len() - 1]
        );
    }
}

fn main() {
    let deals = std::env::args().filter_map(|arg| arg.parse().ok()).next().unwrap_or(1_000_000);
    let engine = build(deals);
    if !std::env::args().any(|arg| arg == "no-questions") {
        ask(&engine);
    }
    let wall = Clock::now();
    let (bytes, ms) = timed(|| engine.snapshot());
    println!(
        "snapshot: {:.0} MB in {ms:.0} ms CPU, {} ms wall",
        bytes.len() as f64 / 1e6,
        wall.elapsed().as_millis()
    );
    let wall = Clock::now();
    let (restored, ms) = timed(|| Engine::restore(&bytes).expect("its own snapshot"));
    println!(
        "restore: {ms:.0} ms CPU, {} ms wall, position {}",
        wall.elapsed().as_millis(),
        restored.position()
    );
}
