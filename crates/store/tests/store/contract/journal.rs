//! The journal keeps what it answered: once, in order, without gaps, with times that never step back.

use super::{Backend, Harm};
use crate::sample::{
    activity, assert_deals, commit_deals, create, deal, deals_slice, kpi, last_seq, now, org, positions,
    product, read_all, settings, slice,
};
use salescope_domain::{Instant, Payload};
use salescope_engine_api::JournalStats;
use salescope_store::{
    Checkpoint, Checkpoints, CommitError, Damage, Journal, OrgHead, OrgKey, Slice, SliceBuilder, StoreError,
};

pub(crate) async fn an_organisation_is_created_once<B: Backend>(backend: B) {
    let store = backend.store();
    assert_eq!(store.heads(), []);
    let created = store.create_orgs(&[org("zeta"), org("acme"), org("zeta")], now()).await.unwrap();
    let keys: Vec<_> = created.iter().flatten().copied().collect();
    assert_eq!(keys.len(), 2);
    assert!(matches!(&created[2], Err(StoreError::OrgExists { org }) if org.as_str() == "zeta"));
    let again = store.create_orgs(&[org("acme"), org("new")], now().plus_ms(5)).await.unwrap();
    assert!(matches!(&again[0], Err(StoreError::OrgExists { org }) if org.as_str() == "acme"));
    let new = *again[1].as_ref().unwrap();
    let heads = store.heads();
    let head =
        |id: &str, key, created_at| OrgHead { key, org: org(id), created_at, last_seq: 0, checkpoint_seq: 0 };
    let expected =
        [head("acme", keys[1], now()), head("new", new, now().plus_ms(5)), head("zeta", keys[0], now())];
    assert_eq!(heads, expected);
    assert_eq!(store.head(new).as_ref(), Some(&expected[1]));
    assert_eq!((store.find(&org("zeta")), store.find(&org("none"))), (Some(keys[0]), None));
    assert_eq!(store.stats(new).await.unwrap(), JournalStats { entries: 0, last_tenant_seq: 0 });
    let backend = backend_restart(backend, store).await;
    assert_eq!(backend.store().heads(), expected);
}

/// A restart that does no harm.
async fn backend_restart<B: Backend>(backend: B, store: std::sync::Arc<B::Store>) -> B {
    drop(store);
    backend.restart(Harm::None).await.unwrap()
}

pub(crate) async fn entries_read_back_as_they_were_committed_in_order<B: Backend>(backend: B) {
    let store = backend.store();
    let acme = create(&*store, "acme").await;
    let payloads = [
        settings(),
        kpi("won", "formula: \"'quoted'\"\nname: Größe ✓\n"),
        product("P1"),
        activity("call-1"),
        deal("D1", i64::MIN),
        kpi("long", &"yaml ".repeat(50_000)),
    ];
    let committed = store.commit(vec![slice(acme, 0, &payloads)], now().plus_ms(7)).await.unwrap();
    assert_eq!((committed.block_seq, committed.committed_at), (1, now().plus_ms(7)));
    let entries = read_all(&*store, acme).await;
    assert_eq!(positions(&entries), [1, 2, 3, 4, 5, 6]);
    for (entry, payload) in entries.iter().zip(payloads) {
        assert!(entry.payload == payload);
        assert_eq!((entry.known_at, entry.observed_at), (now().plus_ms(7), now()));
    }
    assert_eq!(store.stats(acme).await.unwrap(), JournalStats { entries: 6, last_tenant_seq: 6 });
}

pub(crate) async fn organisations_share_a_commit_and_read_their_own_entries<B: Backend>(backend: B) {
    let store = backend.store();
    let ids: Vec<_> = (0..300).map(|number| org(&format!("org-{number}"))).collect();
    let keys: Vec<OrgKey> =
        store.create_orgs(&ids, now()).await.unwrap().into_iter().map(Result::unwrap).collect();
    // Some organisations have two slices in one commit.
    let both = |round: u64| {
        let first = keys.iter().map(move |key| deals_slice(*key, round * 3, round * 3 + 2));
        let second = keys.iter().rev().map(move |key| deals_slice(*key, round * 3 + 2, round * 3 + 3));
        first.chain(second).collect::<Vec<Slice>>()
    };
    for round in 0..4 {
        let committed = store.commit(both(round), now()).await.unwrap();
        assert_eq!(committed.block_seq, round + 1);
    }
    for key in &keys {
        assert_deals(&*store, *key, 12).await;
        assert_eq!(last_seq(&*store, *key), 12);
    }
}

pub(crate) async fn a_slice_that_does_not_go_on_where_its_journal_ends_is_refused_with_the_whole_commit<
    B: Backend,
>(
    backend: B,
) {
    let store = backend.store();
    let (acme, zeta) = (create(&*store, "acme").await, create(&*store, "zeta").await);
    commit_deals(&*store, acme, 3).await;
    let good = || deals_slice(zeta, 0, 1);
    for (after, to) in [(4, 5), (2, 5), (0, 1), (3, 3)] {
        let refused = store.commit(vec![good(), deals_slice(acme, after, to)], now()).await;
        let Err(CommitError::Refused(StoreError::OutOfOrder { org: whose, first_seq, expected: 4 })) =
            refused
        else {
            panic!("{refused:?}")
        };
        assert_eq!((whose, first_seq), (org("acme"), after + 1));
    }
    let twice = store.commit(vec![deals_slice(acme, 3, 4), good(), deals_slice(acme, 3, 4)], now()).await;
    assert!(matches!(twice, Err(CommitError::Refused(StoreError::OutOfOrder { expected: 5, .. }))));
    let unknown = store.commit(vec![good(), deals_slice(OrgKey(99), 0, 1)], now()).await;
    assert!(matches!(unknown, Err(CommitError::Refused(StoreError::UnknownOrgKey { key: OrgKey(99) }))));
    assert_eq!((last_seq(&*store, acme), last_seq(&*store, zeta)), (3, 0));
    store.commit(vec![good(), deals_slice(acme, 3, 5)], now()).await.unwrap();
    assert_deals(&*store, acme, 5).await;
    assert_deals(&*store, zeta, 1).await;
}

pub(crate) async fn concurrent_commits_share_one_order_of_blocks<B: Backend>(backend: B) {
    let store = backend.store();
    let mut tasks = Vec::new();
    for number in 0..8 {
        let (store, key) = (backend.store(), create(&*store, &format!("org-{number}")).await);
        tasks.push(tokio::spawn(async move {
            let mut blocks = Vec::new();
            for _ in 0..20 {
                blocks.push(commit_deals(&*store, key, 2).await.block_seq);
            }
            (key, blocks)
        }));
    }
    let mut blocks = Vec::new();
    for task in tasks {
        let (key, given) = task.await.unwrap();
        assert!(given.is_sorted());
        blocks.extend(given);
        assert_deals(&*store, key, 40).await;
    }
    blocks.sort_unstable();
    assert_eq!(blocks, (1..=160).collect::<Vec<_>>());
}

pub(crate) async fn commit_times_never_step_back<B: Backend>(backend: B) {
    let store = backend.store();
    let (acme, zeta) = (create(&*store, "acme").await, create(&*store, "zeta").await);
    let at = |ms| now().plus_ms(ms);
    for (number, (ms, key)) in (0..).zip([(10, acme), (4, zeta), (20, acme), (-5, acme), (20, zeta)]) {
        let last = last_seq(&*store, key);
        let committed = store.commit(vec![deals_slice(key, last, last + 1)], at(ms)).await.unwrap();
        assert_eq!(committed.committed_at, at([10, 10, 20, 20, 20][number]));
    }
    let known = async |store: &B::Store, key| -> Vec<Instant> {
        read_all(store, key).await.iter().map(|entry| entry.known_at).collect()
    };
    assert_eq!(known(&*store, acme).await, [10, 20, 20].map(at));
    assert_eq!(known(&*store, zeta).await, [10, 20].map(at));

    let backend = backend_restart(backend, store).await;
    let store = backend.store();
    let committed = store.commit(vec![deals_slice(acme, 3, 4)], at(-9)).await.unwrap();
    assert_eq!(committed.committed_at, at(20));
    assert_eq!(known(&*store, acme).await[3], at(20));
}

pub(crate) async fn a_known_past_is_kept_and_a_future_is_lowered_to_the_commit_time<B: Backend>(backend: B) {
    let store = backend.store();
    let acme = create(&*store, "acme").await;
    let past = now().plus_ms(-86_400_000);
    let mut builder = SliceBuilder::new(acme, 1);
    for known_at in [Some(past), Some(now().plus_ms(1)), None, Some(Instant::MIN)] {
        builder.push(known_at, now().plus_ms(-3), &activity("A"));
    }
    store.commit(vec![builder.finish()], now()).await.unwrap();
    let entries = read_all(&*store, acme).await;
    let known: Vec<_> = entries.iter().map(|entry| entry.known_at).collect();
    assert_eq!(known, [past, now(), now(), Instant::MIN]);
    assert!(entries.iter().all(|entry| entry.observed_at == now().plus_ms(-3)));
}

pub(crate) async fn reads_are_paged<B: Backend>(backend: B) {
    let store = backend.store();
    let acme = create(&*store, "acme").await;
    for count in [3, 1, 4, 2] {
        commit_deals(&*store, acme, count).await;
    }
    let page = async |after, limit| positions(&store.read(acme, after, limit).await.unwrap());
    assert_eq!(page(0, 4).await, [1, 2, 3, 4]);
    assert_eq!(page(4, 4).await, [5, 6, 7, 8]);
    assert_eq!(page(8, 4).await, [9, 10]);
    assert_eq!(page(10, 4).await, [0; 0]);
    assert_eq!(page(0, usize::MAX).await.len(), 10);
    assert_eq!(page(u64::MAX, usize::MAX).await, [0; 0]);
    assert_eq!(page(3, 0).await, [0; 0]);
}

pub(crate) async fn what_is_too_large_is_refused<B: Backend>(backend: B) {
    let store = backend.store();
    let acme = create(&*store, "acme").await;
    let big = kpi("big", &"x".repeat(200_000));
    let payloads: Vec<Payload> = (0..30).map(|_| big.clone()).collect();
    let refused = store.commit(vec![slice(acme, 0, &payloads)], now()).await;
    assert!(matches!(refused, Err(CommitError::Refused(StoreError::TooMany { .. }))), "{refused:?}");
    assert_eq!(last_seq(&*store, acme), 0);
    // Whoever builds slices takes out again what proves too large.
    let mut builder = SliceBuilder::new(acme, 1);
    builder.push(None, now(), &deal("D1", 1));
    let bytes = builder.len_bytes();
    assert_eq!(builder.push(None, now(), &big), builder.len_bytes() - bytes);
    builder.pop();
    assert_eq!((builder.count(), builder.len_bytes()), (1, bytes));
    builder.push(None, now(), &deal("D2", 2));
    store.commit(vec![builder.finish()], now()).await.unwrap();
    assert_deals(&*store, acme, 2).await;
}

pub(crate) async fn a_restart_keeps_everything_and_counts_an_epoch<B: Backend>(backend: B) {
    let store = backend.store();
    let (acme, _) = (create(&*store, "acme").await, create(&*store, "zeta").await);
    commit_deals(&*store, acme, 5).await;
    let (heads, entries, epoch) = (store.heads(), read_all(&*store, acme).await, store.epoch());
    let backend = backend_restart(backend, store).await;
    let store = backend.store();
    assert_eq!(store.heads(), heads);
    assert!(read_all(&*store, acme).await == entries);
    assert_eq!(store.epoch(), epoch + 1);
    let new = create(&*store, "new").await;
    assert!(heads.iter().all(|head| head.key < new));
    assert_eq!(commit_deals(&*store, acme, 1).await.block_seq, 2);
    assert_deals(&*store, acme, 6).await;
}

/// An organisation with three blocks: entries 1 to 2, 3 to 5, and 6.
async fn three_blocks<B: Backend>(backend: &B) -> OrgKey {
    let store = backend.store();
    let acme = create(&*store, "acme").await;
    for count in [2, 3, 1] {
        commit_deals(&*store, acme, count).await;
    }
    acme
}

pub(crate) async fn a_damaged_entry_is_named_when_it_is_read<B: Backend>(backend: B) {
    let acme = three_blocks(&backend).await;
    let backend = backend.restart(Harm::FlipBody(2)).await.unwrap();
    let store = backend.store();
    for (after, limit, tenant_seq) in [(0, 100, 3), (2, 1, 3), (3, 1, 4)] {
        let read = store.read(acme, after, limit).await;
        let Err(StoreError::Damaged { org: whose, tenant_seq: at, block: Some(2), damage: Damage::Checksum }) =
            read
        else {
            panic!("{read:?}")
        };
        assert_eq!((whose, at), (org("acme"), tenant_seq));
    }
    assert_eq!(positions(&store.read(acme, 0, 2).await.unwrap()), [1, 2]);
    assert_eq!(positions(&store.read(acme, 5, 9).await.unwrap()), [6]);
}

pub(crate) async fn a_damaged_or_missing_block_refuses_the_start<B: Backend>(mut backend: B) {
    three_blocks(&backend).await;
    backend = backend.restart(Harm::None).await.unwrap();
    let Err(refused) = backend.restart(Harm::FlipHeader(2)).await else { panic!("it starts") };
    let text = refused.to_string();
    assert!(matches!(refused, StoreError::BlockDamaged { block: 2, damage: Damage::Checksum }), "{text}");
    assert!(text.contains("salescope journal check"), "{text}");
    let backend = B::fresh().await;
    three_blocks(&backend).await;
    let Err(refused) = backend.restart(Harm::DropBlock(2)).await else { panic!("it starts") };
    assert!(matches!(refused, StoreError::BlockDamaged { block: 2, damage: Damage::Missing }), "{refused}");
}

pub(crate) async fn a_journal_behind_its_checkpoint_refuses_the_start<B: Backend>(backend: B) {
    let acme = three_blocks(&backend).await;
    let checkpoint = Checkpoint { tenant_seq: 6, schema_version: 1, sections: Vec::new() };
    backend.store().save(acme, checkpoint).await.unwrap();
    let Err(refused) = backend.restart(Harm::DropBlock(3)).await else { panic!("it starts") };
    let text = refused.to_string();
    assert!(matches!(refused, StoreError::JournalBehind { last: 5, checkpoint_seq: 6, .. }), "{text}");
    assert!(text.contains("salescope journal repair"), "{text}");
}
