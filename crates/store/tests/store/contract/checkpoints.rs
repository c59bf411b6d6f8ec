//! Checkpoints: the newest two, whole or named as damaged, never ahead of the journal.

use super::{Backend, Harm};
use crate::sample::{deals, now, org};
use salescope_domain::OrgId;
use salescope_store::{Candidates, Checkpoint, Checkpoints, Journal, StoreError};

/// An organisation with ten entries.
async fn with_entries<B: Backend>(backend: &B) -> OrgId {
    let acme = org("acme");
    backend.store().create_org(&acme, now()).await.unwrap();
    backend.store().append(&acme, deals("D", 0..10), now()).await.unwrap();
    acme
}

fn checkpoint(tenant_seq: u64) -> Checkpoint {
    let bytes = (0..40_u64).map(|byte| (byte * tenant_seq % 251) as u8).collect();
    Checkpoint { tenant_seq, schema_version: 3, bytes }
}

pub(crate) async fn the_newest_two_are_kept_newest_first<B: Backend>(backend: B) {
    let acme = with_entries(&backend).await;
    assert_eq!(backend.store().candidates(&acme).await.unwrap(), Candidates::default());
    let empty = Checkpoint { tenant_seq: 0, schema_version: u32::MAX, bytes: Vec::new() };
    backend.store().save(&acme, empty.clone()).await.unwrap();
    assert_eq!(backend.store().candidates(&acme).await.unwrap().sound, [empty]);
    for tenant_seq in [2, 5, 10] {
        backend.store().save(&acme, checkpoint(tenant_seq)).await.unwrap();
    }
    let expected = Candidates { sound: vec![checkpoint(10), checkpoint(5)], damaged: Vec::new() };
    assert_eq!(backend.store().candidates(&acme).await.unwrap(), expected);
    let backend = backend.restart(Harm::None).await;
    assert_eq!(backend.store().candidates(&acme).await.unwrap(), expected);
}

pub(crate) async fn positions_only_grow_and_stay_inside_the_journal<B: Backend>(backend: B) {
    let (acme, store) = (with_entries(&backend).await, backend.store());
    store.save(&acme, checkpoint(5)).await.unwrap();
    let behind = store.save(&acme, checkpoint(4)).await;
    assert!(
        matches!(behind, Err(StoreError::CheckpointBehind { tenant_seq: 4, newest: 5, .. })),
        "{behind:?}"
    );
    let ahead = store.save(&acme, checkpoint(11)).await;
    assert!(matches!(ahead, Err(StoreError::CheckpointAhead { tenant_seq: 11, last: 10, .. })), "{ahead:?}");
    assert_eq!(store.candidates(&acme).await.unwrap().sound, [checkpoint(5)]);
}

pub(crate) async fn one_at_the_same_position_replaces<B: Backend>(backend: B) {
    let (acme, store) = (with_entries(&backend).await, backend.store());
    store.save(&acme, checkpoint(4)).await.unwrap();
    store.save(&acme, checkpoint(5)).await.unwrap();
    let other = Checkpoint { tenant_seq: 5, schema_version: 4, bytes: vec![1] };
    store.save(&acme, other.clone()).await.unwrap();
    assert_eq!(store.candidates(&acme).await.unwrap().sound, [other, checkpoint(4)]);
}

pub(crate) async fn a_damaged_one_is_skipped_and_reported<B: Backend>(backend: B) {
    let acme = with_entries(&backend).await;
    for tenant_seq in [3, 7] {
        backend.store().save(&acme, checkpoint(tenant_seq)).await.unwrap();
    }
    let backend = backend.restart(Harm::FlipCheckpoint(&acme, 7)).await;
    let candidates = backend.store().candidates(&acme).await.unwrap();
    assert_eq!(candidates, Candidates { sound: vec![checkpoint(3)], damaged: vec![7] });
    let backend = backend.restart(Harm::FlipCheckpoint(&acme, 3)).await;
    let candidates = backend.store().candidates(&acme).await.unwrap();
    assert_eq!(candidates, Candidates { sound: Vec::new(), damaged: vec![7, 3] });
}

pub(crate) async fn a_damaged_one_does_not_stand_in_the_way_of_the_next<B: Backend>(backend: B) {
    let acme = with_entries(&backend).await;
    for tenant_seq in [3, 7] {
        backend.store().save(&acme, checkpoint(tenant_seq)).await.unwrap();
    }
    let backend = backend.restart(Harm::FlipCheckpoint(&acme, 7)).await;
    let store = backend.store();
    for (tenant_seq, sound, damaged) in [(9, [9].as_slice(), [7].as_slice()), (10, &[10, 9], &[])] {
        store.save(&acme, checkpoint(tenant_seq)).await.unwrap();
        let sound = sound.iter().copied().map(checkpoint).collect();
        let expected = Candidates { sound, damaged: damaged.to_vec() };
        assert_eq!(store.candidates(&acme).await.unwrap(), expected);
    }
}
