//! API keys: by hash, of one organisation each.

use super::{Backend, Harm};
use crate::sample::{create, now, org};
use salescope_domain::Label;
use salescope_engine_api::ApiKey;
use salescope_store::{Keys, StoreError};

pub(crate) async fn keys_are_kept_by_hash_and_revoked_for_good<B: Backend>(backend: B) {
    let store = backend.store();
    let (acme, zeta) = (org("acme"), org("zeta"));
    create(&*store, "acme").await;
    create(&*store, "zeta").await;
    let name = Label::new("import").unwrap();
    let first = store.create_key(&acme, &name, &[1; 32], now()).await.unwrap();
    assert_eq!(first, ApiKey { id: first.id, org: acme.clone(), name: name.clone(), created_at: now() });
    let other = store.create_key(&zeta, &name, &[2; 32], now().plus_ms(1)).await.unwrap();
    let again = store.create_key(&zeta, &name, &[1; 32], now()).await;
    assert!(matches!(again, Err(StoreError::KeyExists)));
    assert_eq!(store.keys(&acme).await.unwrap(), std::slice::from_ref(&first));
    let all = [([1; 32], first.clone()), ([2; 32], other.clone())];
    assert_eq!(store.all_keys().await.unwrap(), all);

    // Another organisation cannot revoke it.
    assert!(!store.revoke_key(&zeta, first.id).await.unwrap());
    assert!(store.revoke_key(&zeta, other.id).await.unwrap());
    assert!(!store.revoke_key(&zeta, other.id).await.unwrap());
    drop(store);
    let backend = backend.restart(Harm::None).await.unwrap();
    let store = backend.store();
    assert_eq!(store.all_keys().await.unwrap(), [([1; 32], first)]);
    let third = store.create_key(&zeta, &name, &[2; 32], now()).await.unwrap();
    assert!(third.id > other.id, "no number is given out twice");
}
