//! The same calls directly and through the socket: the same answers, and the engine saw the same.

use crate::calls::every_call;
use crate::recording::Recording;
use crate::socket::Served;
use crate::values;
use proptest::prelude::*;
use salescope_domain::OrgId;
use salescope_engine_api::wire::ENTRIES_CHUNK_BYTES;
use salescope_engine_api::{Engine, EngineError, Outcome, Slice, Submission};
use salescope_testkit::histories;
use std::sync::Arc;

async fn both_ways(engine: impl Fn() -> Recording) {
    let direct = engine();
    let expected = every_call(&direct).await;
    let behind = Arc::new(engine());
    let served = Served::new(Arc::clone(&behind)).await;
    let answers = every_call(&served.client).await;
    served.stop().await;
    for (answer, expected) in answers.iter().zip(&expected) {
        assert_eq!(answer, expected);
    }
    assert_eq!(answers.len(), expected.len());
    assert_eq!(behind.calls(), direct.calls());
}

#[tokio::test]
async fn every_call_gives_through_the_socket_what_it_gives_directly() {
    both_ways(Recording::default).await;
}

#[tokio::test]
async fn every_call_fails_through_the_socket_as_it_fails_directly() {
    for error in [
        EngineError::UnknownOrg { org: OrgId::new("acme").unwrap() },
        EngineError::Overloaded { scope: "the server".into(), limit_bytes: 1, retry_after_ms: 250 },
        EngineError::NotVerified { org: OrgId::new("acme").unwrap(), detail: "2 answers differ".to_owned() },
        EngineError::ControlEntry { index: 4 },
        EngineError::Question { code: "unknown_kpi".into(), detail: "no such \"KPI\"\n".to_owned() },
    ] {
        both_ways(|| Recording::failing(error.clone())).await;
    }
}

#[tokio::test]
async fn a_page_larger_than_a_message_arrives_whole_and_in_order() {
    let entries = values::many_entries(4 * ENTRIES_CHUNK_BYTES);
    let served = Served::new(Arc::new(Recording::holding(entries.clone()))).await;
    let page = served.client.entries(&OrgId::new("acme").unwrap(), 0, usize::MAX).await.unwrap();
    served.stop().await;
    assert!(page.entries == entries);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_is_stated_arrives_as_it_was_stated(seed in 0..10_000_u64, known_ms in proptest::option::of(0..i64::MAX)) {
        let known_at = known_ms.map(salescope_domain::Instant::from_ms);
        let submissions: Vec<Submission> = histories::random(seed)
            .into_iter()
            .map(|entry| Submission { payload: entry.payload, known_at })
            .collect();
        let slice = Slice { submissions, bytes: seed, dry_run: seed % 2 == 0 };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let outcomes = runtime.block_on(async {
            let engine = Arc::<Recording>::default();
            let served = Served::new(Arc::clone(&engine)).await;
            let ingested = served.client.ingest(&OrgId::new("acme").unwrap(), slice.clone()).await.unwrap();
            served.stop().await;
            assert_eq!(engine.slices(), std::slice::from_ref(&slice));
            ingested.outcomes
        });
        prop_assert_eq!(outcomes.len(), slice.submissions.len());
        prop_assert!(outcomes.iter().all(|outcome| *outcome != Outcome::Unchanged || slice.dry_run));
    }
}
