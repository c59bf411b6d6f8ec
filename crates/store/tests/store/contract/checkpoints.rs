//! Checkpoints: the newest two, whole or named as damaged, never ahead of the journal.

use super::{Backend, Harm};
use crate::sample::{commit_deals, create};
use salescope_store::{Candidates, Checkpoint, Checkpoints, Journal, OrgKey, StoreError};

/// An organisation with ten entries.
async fn with_entries<B: Backend>(backend: &B) -> OrgKey {
    let acme = create(&*backend.store(), "acme").await;
    commit_deals(&*backend.store(), acme, 10).await;
    acme
}

/// A small one.
fn checkpoint(tenant_seq: u64) -> Checkpoint {
    let bytes = |salt: u64| (0..40).map(|byte| (byte * (tenant_seq + salt) % 251) as u8).collect();
    Checkpoint { tenant_seq, schema_version: 3, sections: vec![bytes(0), Vec::new(), bytes(9)] }
}

/// One of several chunks: the first ones are all 1, the last byte of the second section tells the position.
fn large(tenant_seq: u64) -> Checkpoint {
    let noise = |len: usize| (0..len).map(|at| (at * at / 7 % 256) as u8).collect::<Vec<u8>>();
    let mut second = noise(700_001);
    second[700_000] = tenant_seq as u8;
    let sections = vec![vec![1; 600_000], second, Vec::new(), vec![tenant_seq as u8; 3]];
    Checkpoint { tenant_seq, schema_version: 3, sections }
}

async fn assert_found<B: Backend>(backend: &B, key: OrgKey, sound: &[Checkpoint], damaged: &[u64]) {
    let found = backend.store().load(key).await.unwrap();
    assert_eq!(found.damaged, damaged);
    assert!(
        found.sound == sound,
        "{:?}",
        found.sound.iter().map(|found| found.tenant_seq).collect::<Vec<_>>()
    );
}

async fn save_all<B: Backend>(backend: &B, key: OrgKey, checkpoints: impl IntoIterator<Item = Checkpoint>) {
    for checkpoint in checkpoints {
        backend.store().save(key, checkpoint).await.unwrap();
    }
}

pub(crate) async fn the_newest_two_are_kept_newest_first<B: Backend>(backend: B) {
    let acme = with_entries(&backend).await;
    assert_eq!(backend.store().load(acme).await.unwrap(), Candidates::default());
    let empty = Checkpoint { tenant_seq: 0, schema_version: u32::MAX, sections: Vec::new() };
    save_all(&backend, acme, [empty.clone()]).await;
    assert_found(&backend, acme, &[empty], &[]).await;
    save_all(&backend, acme, [2, 5, 10].map(checkpoint)).await;
    assert_found(&backend, acme, &[checkpoint(10), checkpoint(5)], &[]).await;
    let backend = backend.restart(Harm::None).await.unwrap();
    assert_found(&backend, acme, &[checkpoint(10), checkpoint(5)], &[]).await;
}

pub(crate) async fn positions_only_grow_and_stay_inside_the_journal<B: Backend>(backend: B) {
    let (acme, store) = (with_entries(&backend).await, backend.store());
    store.save(acme, checkpoint(5)).await.unwrap();
    let behind = store.save(acme, checkpoint(4)).await;
    assert!(
        matches!(behind, Err(StoreError::CheckpointBehind { tenant_seq: 4, newest: 5, .. })),
        "{behind:?}"
    );
    let ahead = store.save(acme, checkpoint(11)).await;
    assert!(matches!(ahead, Err(StoreError::CheckpointAhead { tenant_seq: 11, last: 10, .. })), "{ahead:?}");
    assert_found(&backend, acme, &[checkpoint(5)], &[]).await;
}

pub(crate) async fn one_at_the_same_position_replaces<B: Backend>(backend: B) {
    let acme = with_entries(&backend).await;
    let other = Checkpoint { tenant_seq: 5, schema_version: 4, sections: vec![vec![1]] };
    save_all(&backend, acme, [checkpoint(4), large(5), other.clone()]).await;
    assert_found(&backend, acme, &[other, checkpoint(4)], &[]).await;
}

pub(crate) async fn large_states_come_back_to_the_byte<B: Backend>(backend: B) {
    let acme = with_entries(&backend).await;
    save_all(&backend, acme, [3, 4, 5].map(large)).await;
    assert_found(&backend, acme, &[large(5), large(4)], &[]).await;
    let backend = backend.restart(Harm::None).await.unwrap();
    save_all(&backend, acme, [large(5), large(9), checkpoint(10)]).await;
    assert_found(&backend, acme, &[checkpoint(10), large(9)], &[]).await;
}

pub(crate) async fn a_damaged_one_is_skipped_and_reported<B: Backend>(backend: B) {
    let acme = with_entries(&backend).await;
    save_all(&backend, acme, [3, 7].map(checkpoint)).await;
    let backend = backend.restart(Harm::FlipCheckpoint(acme, 7)).await.unwrap();
    assert_found(&backend, acme, &[checkpoint(3)], &[7]).await;
    let backend = backend.restart(Harm::FlipCheckpoint(acme, 3)).await.unwrap();
    assert_found(&backend, acme, &[], &[7, 3]).await;
}

pub(crate) async fn a_damaged_one_does_not_stand_in_the_way_of_the_next<B: Backend>(backend: B) {
    let acme = with_entries(&backend).await;
    save_all(&backend, acme, [checkpoint(3), large(7)]).await;
    let backend = backend.restart(Harm::FlipCheckpoint(acme, 7)).await.unwrap();
    save_all(&backend, acme, [checkpoint(9)]).await;
    assert_found(&backend, acme, &[checkpoint(9)], &[7]).await;
    save_all(&backend, acme, [large(10)]).await;
    assert_found(&backend, acme, &[large(10), checkpoint(9)], &[]).await;
}

pub(crate) async fn a_damaged_chunk_is_written_anew_by_the_next_save<B: Backend>(backend: B) {
    let acme = with_entries(&backend).await;
    save_all(&backend, acme, [checkpoint(3), large(7)]).await;
    // The chunk of ones, which the next checkpoint has too.
    let backend = backend.restart(Harm::FlipChunk(acme, 1)).await.unwrap();
    assert_found(&backend, acme, &[checkpoint(3)], &[7]).await;
    save_all(&backend, acme, [large(9)]).await;
    let found = backend.store().load(acme).await.unwrap();
    assert!(found.sound.first() == Some(&large(9)));
}

pub(crate) async fn forgotten_ones_are_gone<B: Backend>(backend: B) {
    let acme = with_entries(&backend).await;
    save_all(&backend, acme, [large(3), large(7)]).await;
    let store = backend.store();
    store.forget(acme, 7).await.unwrap();
    assert_found(&backend, acme, &[large(7), large(3)], &[]).await;
    store.forget(acme, 6).await.unwrap();
    assert_found(&backend, acme, &[large(3)], &[]).await;
    store.save(acme, checkpoint(5)).await.unwrap();
    store.forget(acme, 0).await.unwrap();
    assert_found(&backend, acme, &[], &[]).await;
    assert_eq!(store.head(acme).unwrap().checkpoint_seq, 0);
}

pub(crate) async fn saves_that_come_together_are_all_kept<B: Backend>(backend: B) {
    let store = backend.store();
    let mut tasks = Vec::new();
    for number in 0..250 {
        let key = create(&*store, &format!("org-{number}")).await;
        commit_deals(&*store, key, 3).await;
        let store = backend.store();
        tasks.push(tokio::spawn(async move {
            for tenant_seq in 1..=3 {
                let made = if number % 10 == 0 && tenant_seq < 3 {
                    large(tenant_seq)
                } else {
                    checkpoint(tenant_seq)
                };
                store.save(key, made).await.unwrap();
            }
            key
        }));
    }
    for (task, number) in tasks.into_iter().zip(0..) {
        let key = task.await.unwrap();
        let second = if number % 10 == 0 { large(2) } else { checkpoint(2) };
        assert_found(&backend, key, &[checkpoint(3), second], &[]).await;
    }
}

pub(crate) async fn saves_of_one_organisation_at_once_leave_the_newest<B: Backend>(backend: B) {
    let acme = with_entries(&backend).await;
    let mut tasks = Vec::new();
    for tenant_seq in (1..=10).rev() {
        let store = backend.store();
        tasks.push(tokio::spawn(async move { store.save(acme, checkpoint(tenant_seq)).await }));
    }
    let mut saved = Vec::new();
    for (task, tenant_seq) in tasks.into_iter().zip((1..=10).rev()) {
        match task.await.unwrap() {
            Ok(()) => saved.push(tenant_seq),
            Err(StoreError::CheckpointBehind { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(saved[0], 10, "the highest position is never behind");
    let found = backend.store().load(acme).await.unwrap();
    assert!(found.sound[0] == checkpoint(10) && found.sound.len() <= 2 && found.damaged.is_empty());
}

pub(crate) async fn the_head_tells_the_newest_position<B: Backend>(backend: B) {
    let acme = with_entries(&backend).await;
    save_all(&backend, acme, [checkpoint(3), large(7)]).await;
    assert_eq!(backend.store().head(acme).unwrap().checkpoint_seq, 7);
    let backend = backend.restart(Harm::None).await.unwrap();
    assert_eq!(backend.store().head(acme).unwrap().checkpoint_seq, 7);
    backend.store().forget(acme, 6).await.unwrap();
    assert_eq!(backend.store().head(acme).unwrap().checkpoint_seq, 3);
}
