//! What is sealed reads as what was committed.

use super::super::{connect, open};
use super::{files_with, flip_segment, seal};
use crate::sample::{assert_deals, commit_deals, create, deals, kpi, last_seq, now, read_all, slice};
use proptest::prelude::*;
use salescope_domain::Instant;
use salescope_store::{
    Damage, DamagedStretch, History, HistoryError, Journal, OrgKey, SealReport, SliceBuilder, SqliteStore,
    StoreError,
};
use sqlx::Connection;

#[tokio::test]
async fn sealed_entries_read_as_before_with_the_times_at_which_they_were_known() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let key = create(&store, "acme").await;
    for commit in 0..3 {
        let mut builder = SliceBuilder::new(key, last_seq(&store, key) + 1);
        for (deal, known_ms) in deals(0..3).iter().zip([None, Some(7), Some(i64::MAX)]) {
            builder.push(known_ms.map(Instant::from_ms), Instant::from_ms(commit), deal);
        }
        let at = Instant::from_ms(now().ms() + commit);
        store.commit(vec![builder.finish()], at).await.unwrap();
    }
    let before = read_all(&store, key).await;
    let SealReport { blocks, parts, .. } = seal(&store).await;
    assert_eq!((blocks, parts), (3, 3));
    assert_eq!(read_all(&store, key).await, before);
    assert_eq!(store.history_stats(key).await.unwrap().sealed_seq, 9);
    store.close().await.unwrap();
    let store = open(dir.path()).await;
    assert_eq!(read_all(&store, key).await, before);
    assert_eq!(seal(&store).await, SealReport::default());
    commit_deals(&store, key, 1).await;
    assert_eq!(store.stats(key).await.unwrap().entries, 10);
}

#[tokio::test]
async fn an_organisation_that_is_sealed_often_has_few_segments() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let (key, other) = (create(&store, "acme").await, create(&store, "other").await);
    for _ in 0..100 {
        commit_deals(&store, key, 1).await;
        commit_deals(&store, other, 3).await;
        seal(&store).await;
    }
    let stats = store.history_stats(key).await.unwrap();
    assert!((1..=10).contains(&stats.segments), "{stats:?}");
    assert_deals(&store, key, 100).await;
    assert_deals(&store, other, 300).await;
}

#[tokio::test]
async fn blocks_that_a_crash_left_behind_are_read_once_and_deleted_by_the_next_sealing() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, copy) = (dir.path().join("journal.db"), dir.path().join("copy"));
    let store = open(dir.path()).await;
    let key = create(&store, "acme").await;
    for _ in 0..3 {
        commit_deals(&store, key, 2).await;
    }
    store.close().await.unwrap();
    std::fs::copy(&journal, &copy).unwrap();
    let store = open(dir.path()).await;
    seal(&store).await;
    let sealed = store.history_stats(key).await.unwrap();
    store.close().await.unwrap();
    // As if history had been durable, and the process gone before it deleted the blocks.
    std::fs::rename(&copy, &journal).unwrap();
    let store = open(dir.path()).await;
    assert_deals(&store, key, 6).await;
    commit_deals(&store, key, 1).await;
    assert_deals(&store, key, 7).await;
    assert_eq!(seal(&store).await.blocks, 4);
    assert_deals(&store, key, 7).await;
    assert_eq!(store.history_stats(key).await.unwrap().sealed_seq, sealed.sealed_seq + 1);
}

#[tokio::test]
async fn a_damaged_segment_is_named_and_does_not_stop_what_comes_after_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let (key, other) = (create(&store, "acme").await, create(&store, "other").await);
    commit_deals(&store, key, 20).await;
    commit_deals(&store, other, 5).await;
    seal(&store).await;
    store.close().await.unwrap();
    flip_segment(dir.path(), key, 20).await;
    let store = open(dir.path()).await;
    let error = store.read(key, 4, 10).await.unwrap_err();
    let StoreError::Damaged { tenant_seq, block: None, damage: Damage::Checksum, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(*tenant_seq, 1);
    assert_deals(&store, other, 5).await;
    let damaged = DamagedStretch { from_seq: 1, to_seq: 20, damage: Damage::Checksum };
    assert_eq!(store.check_history(key).await.unwrap(), [damaged]);
    assert_eq!(store.check_history(other).await.unwrap(), []);
    // Long enough to take the damaged segment along, were it sound.
    commit_deals(&store, key, 30).await;
    seal(&store).await;
    assert_eq!(store.read(key, 20, 100).await.unwrap().len(), 30);
    assert!(store.read(key, 0, 10).await.is_err());
}

#[tokio::test]
async fn a_segment_of_another_organisation_does_not_open_in_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let (key, other) = (create(&store, "acme").await, create(&store, "other").await);
    commit_deals(&store, key, 5).await;
    commit_deals(&store, other, 5).await;
    seal(&store).await;
    store.close().await.unwrap();
    let mut connection = connect(dir.path().join("history.db")).await;
    let swap =
        "UPDATE segment SET sealed = (SELECT sealed FROM segment WHERE org_key = ?1) WHERE org_key = ?2";
    sqlx::query(swap).bind(key.0).bind(other.0).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let store = open(dir.path()).await;
    assert!(matches!(store.read(other, 0, 10).await, Err(StoreError::Damaged { tenant_seq: 1, .. })));
    assert_deals(&store, key, 5).await;
}

#[tokio::test]
async fn a_lost_segment_is_told_as_missing_entries() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let key = create(&store, "acme").await;
    // The first run is too long to be taken along by the second.
    for count in [100, 3] {
        commit_deals(&store, key, count).await;
        seal(&store).await;
    }
    store.close().await.unwrap();
    let mut connection = connect(dir.path().join("history.db")).await;
    sqlx::query("DELETE FROM segment WHERE from_seq = 1").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let store = open(dir.path()).await;
    let read = store.read(key, 0, 10).await;
    assert!(
        matches!(read, Err(StoreError::Damaged { tenant_seq: 1, damage: Damage::Missing, .. })),
        "{read:?}"
    );
    assert_eq!(store.read(key, 100, 10).await.unwrap().len(), 3);
    let missing = DamagedStretch { from_seq: 1, to_seq: 100, damage: Damage::Missing };
    assert_eq!(store.check_history(key).await.unwrap(), [missing]);
}

#[tokio::test]
async fn history_of_an_organisation_that_the_journal_lost_refuses_the_start() {
    let dir = tempfile::tempdir().unwrap();
    let (journal, copy) = (dir.path().join("journal.db"), dir.path().join("copy"));
    open(dir.path()).await.close().await.unwrap();
    std::fs::copy(&journal, &copy).unwrap();
    let store = open(dir.path()).await;
    let key = create(&store, "acme").await;
    commit_deals(&store, key, 3).await;
    seal(&store).await;
    store.close().await.unwrap();
    // An older journal comes back: it would give the number to another organisation.
    std::fs::rename(&copy, &journal).unwrap();
    let refused = SqliteStore::open(dir.path()).await;
    let is_told = matches!(
        refused,
        Err(StoreError::History(HistoryError::OrganisationMissing { key: found })) if found == key
    );
    assert!(is_told, "{refused:?}");
}

#[tokio::test]
async fn history_shows_nothing_of_what_it_holds() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path()).await;
    let key = create(&store, "acme").await;
    store.commit(vec![slice(key, 0, &[kpi("mine", "a secret recipe")])], now()).await.unwrap();
    assert!(!files_with(dir.path(), "a secret recipe").is_empty());
    seal(&store).await;
    store.close().await.unwrap();
    let files = files_with(dir.path(), "secret recipe");
    assert!(!files.iter().any(|file| file.starts_with("history")), "{files:?}");
    assert_eq!(read_all(&open(dir.path()).await, key).await.len(), 1);
}

/// What may happen to a store.
#[derive(Debug, Clone)]
enum Step {
    /// Organisation 0 or 1 gets so many entries.
    Commit(usize, u64),
    Seal,
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (0..2_usize, 1..40_u64).prop_map(|(org, count)| Step::Commit(org, count)),
        3 => Just(Step::Seal),
        1 => Just(Step::Restart),
    ]
}

async fn assert_all(store: &SqliteStore, keys: &[OrgKey; 2], counts: &[u64; 2]) {
    for (key, count) in keys.iter().zip(counts) {
        assert_deals(store, *key, *count).await;
        assert_eq!(last_seq(store, *key), *count);
        assert_eq!(store.stats(*key).await.unwrap().entries, *count);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn whatever_is_committed_sealed_and_restarted_the_journal_reads_back(
        steps in prop::collection::vec(step(), 1..24),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let dir = tempfile::tempdir().unwrap();
            let mut store = open(dir.path()).await;
            let keys = [create(&store, "a").await, create(&store, "b").await];
            let mut counts = [0, 0];
            for step in steps {
                match step {
                    Step::Commit(org, count) => {
                        commit_deals(&store, keys[org], count).await;
                        counts[org] += count;
                    }
                    Step::Seal => {
                        seal(&store).await;
                    }
                    Step::Restart => {
                        store.close().await.unwrap();
                        store = open(dir.path()).await;
                    }
                }
            }
            assert_all(&store, &keys, &counts).await;
            seal(&store).await;
            assert_all(&store, &keys, &counts).await;
        });
    }
}
