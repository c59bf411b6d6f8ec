//! Whatever is committed, by whom, in whatever pieces, between whatever restarts, reads back as it was.

use super::open;
use crate::sample::{assert_deals, deals_slice, now, org};
use proptest::prelude::*;
use salescope_store::{Journal, OrgKey, SealOptions, SqliteStore};

/// What happens to the store.
#[derive(Debug, Clone)]
enum Step {
    /// One commit: which organisation, and how many entries.
    Commit(Vec<(u32, u64)>),
    /// Leaves this many blocks, at most.
    Seal(u64),
    Reopen,
}

const ORGS: u32 = 5;

fn step() -> impl Strategy<Value = Step> {
    let commit = prop::collection::vec((0..ORGS, 1_u64..40), 1..8).prop_map(Step::Commit);
    prop_oneof![6 => commit, 1 => (0_u64..6).prop_map(Step::Seal), 1 => Just(Step::Reopen)]
}

async fn run(steps: Vec<Step>) {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(dir.path()).await;
    let ids: Vec<_> = (0..ORGS).map(|number| org(&format!("org-{number}"))).collect();
    let created = store.create_orgs(&ids, now()).await.unwrap();
    let keys: Vec<OrgKey> = created.into_iter().map(Result::unwrap).collect();
    let (mut ends, mut blocks) = ([0; ORGS as usize], 0);
    for step in steps {
        match step {
            Step::Commit(parts) => {
                let mut slices = Vec::new();
                for (number, count) in parts {
                    let end = &mut ends[number as usize];
                    slices.push(deals_slice(keys[number as usize], *end, *end + count));
                    *end += count;
                }
                blocks += 1;
                assert_eq!(store.commit(slices, now()).await.unwrap().block_seq, blocks);
            }
            Step::Seal(left) => {
                let options =
                    SealOptions { blocks_max: left, step_bytes_max: 9_000, ..SealOptions::default() };
                store.seal(options).await.unwrap();
            }
            Step::Reopen => store = reopen(store, dir.path()).await,
        }
    }
    store = reopen(store, dir.path()).await;
    for (key, end) in keys.iter().zip(ends) {
        assert_deals(&store, *key, end).await;
        assert_eq!(store.head(*key).unwrap().last_seq, end);
    }
}

async fn reopen(store: SqliteStore, dir: &std::path::Path) -> SqliteStore {
    store.close().await.unwrap();
    open(dir).await
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn whatever_is_committed_reads_back(steps in prop::collection::vec(step(), 1..20)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(run(steps));
    }
}
