//! Who is awake: the shard's bookkeeping, without any actor.
//!
//! Invariant: an organisation has at most one tenant at a time. What comes while one falls asleep waits, in order, for the next.

use crate::tenant::{TenantMsg, TenantRef};
use ractor::ActorId;
use salescope_engine_api::Position;
use salescope_store::OrgKey;
use std::collections::HashMap;
use tokio::sync::watch;

/// An organisation's place. Without one it sleeps, and nobody watches it.
pub(crate) struct Slot {
    pub(crate) incarnation: u64,
    pub(crate) tenant: TenantRef,
    /// The tick at which somebody last spoke to it.
    pub(crate) used_at: u64,
    /// Present while it falls asleep: what came meanwhile.
    pub(crate) waiting: Option<Vec<TenantMsg>>,
}

/// All places of a shard.
#[derive(Default)]
pub(crate) struct Slots {
    by_key: HashMap<OrgKey, Slot>,
    by_actor: HashMap<ActorId, OrgKey>,
    /// Positions of organisations that somebody watches, awake or not.
    positions: HashMap<OrgKey, watch::Sender<Position>>,
}

impl Slots {
    pub(crate) fn get_mut(&mut self, key: OrgKey) -> Option<&mut Slot> {
        self.by_key.get_mut(&key)
    }

    /// The place, if this life of the tenant still has it.
    pub(crate) fn get_life(&mut self, key: OrgKey, incarnation: u64) -> Option<&mut Slot> {
        self.by_key.get_mut(&key).filter(|slot| slot.incarnation == incarnation)
    }

    pub(crate) fn insert(&mut self, key: OrgKey, slot: Slot) {
        self.by_actor.insert(slot.tenant.0.get_id(), key);
        self.by_key.insert(key, slot);
    }

    /// Gives up the place of a tenant; gives what waited.
    pub(crate) fn remove(&mut self, key: OrgKey) -> Vec<TenantMsg> {
        let Some(slot) = self.by_key.remove(&key) else { return Vec::new() };
        self.by_actor.remove(&slot.tenant.0.get_id());
        if self.positions.get(&key).is_some_and(|positions| positions.receiver_count() == 0) {
            self.positions.remove(&key);
        }
        slot.waiting.unwrap_or_default()
    }

    /// Whose tenant an actor is.
    pub(crate) fn key_of(&self, actor: ActorId) -> Option<OrgKey> {
        self.by_actor.get(&actor).copied()
    }

    /// Where the positions of an organisation are told. It stays while somebody watches.
    pub(crate) fn positions(&mut self, key: OrgKey) -> watch::Sender<Position> {
        self.positions
            .entry(key)
            .or_insert_with(|| watch::channel(Position { epoch: 0, tenant_seq: 0 }).0)
            .clone()
    }

    pub(crate) fn keys(&self) -> Vec<OrgKey> {
        self.by_key.keys().copied().collect()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }
}
