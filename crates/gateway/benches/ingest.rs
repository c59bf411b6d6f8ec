//! What the gateway itself costs a request: from its head to its answer, without a socket and before an engine in memory.

use axum::Router;
use axum::body::Body;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use engine::{KEY, TestEngine};
use http::Request;
use salescope_gateway::{Gateway, GatewayOptions};
use std::sync::Arc;
use tower::ServiceExt;

#[path = "../tests/rest/common/engine.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "the tests use more of it, and fail by panicking"
)]
mod engine;

/// The program's allocator.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const EVENT: &str = r#"{"event_id":"01HF7YAT00Z8Q","timestamp":"2026-11-20T09:41:07.375Z","event_type":"deal_closed_won","user_id":"u-17","deal_id":"d-20417","amount":25000.50,"currency":"USD","version":1795168867375,"properties":{"stage":"Won","region":"EMEA"}}"#;

fn request(body: &str) -> Request<Body> {
    let request = Request::post("/api/v1/events")
        .header("host", "localhost:8080")
        .header("authorization", format!("Bearer {KEY}"))
        .header("content-type", "application/json")
        .header("content-length", body.len());
    request.body(Body::from(body.to_owned())).expect("is a request")
}

fn ingest(criterion: &mut Criterion) {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().expect("there are threads");
    let now = "2026-11-24T12:00:00Z".parse().expect("is a time");
    let options = GatewayOptions::new(Arc::new(move || now), 7);
    let router: Router = Gateway::new(Arc::new(TestEngine::default()), options).router();
    let mut group = criterion.benchmark_group("gateway");
    for count in [1, 100, 1000] {
        let body = if count == 1 { EVENT.to_owned() } else { format!("[{}]", vec![EVENT; count].join(",")) };
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(format!("{count} events a request"), |bencher| {
            bencher.to_async(&runtime).iter_batched(
                || request(&body),
                |request| {
                    let router = router.clone();
                    async move { router.oneshot(request).await.map(|response| response.status().as_u16()) }
                },
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

criterion_group!(benches, ingest);
criterion_main!(benches);
