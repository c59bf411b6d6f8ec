//! What a tenant saves, and reads back: its own section, then those of the KPI engine's snapshot.
//!
//! Invariant: a checkpoint is a function of committed entries up to its position.

use super::controls::{Control, Controls};
use super::intake::Index;
use salescope_domain::news::Last;
use salescope_kpi::{Engine, SNAPSHOT_VERSION};
use salescope_store::Checkpoint;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The form of the tenant's own section.
const TENANT_FORM: u32 = 1;

/// The form of a whole checkpoint: another one is as good as none.
pub(crate) const SCHEMA_VERSION: u32 = SNAPSHOT_VERSION * 1000 + TENANT_FORM;

#[derive(Serialize, Deserialize)]
struct Own {
    tenant_seq: u64,
    /// How the content hashes of the index were computed.
    hash_form: u32,
    controls: BTreeMap<u64, Control>,
    index: Vec<(u128, Last)>,
}

/// A state to start from.
pub(crate) struct Start {
    pub(crate) tenant_seq: u64,
    pub(crate) engine: Engine,
    pub(crate) index: Index,
    pub(crate) controls: Controls,
}

/// The tenant's own section.
pub(crate) fn encode_own(tenant_seq: u64, index: &Index, controls: &Controls) -> Vec<u8> {
    let own = Own {
        tenant_seq,
        hash_form: salescope_domain::content::CONTENT_HASH_FORM,
        controls: controls.seen().clone(),
        index: index.iter().map(|(key, last)| (*key, *last)).collect(),
    };
    postcard::to_stdvec(&own).expect("a tenant's section is plain data")
}

/// A checkpoint of the tenant's own section and the engine's.
pub(crate) fn assemble(tenant_seq: u64, own: Vec<u8>, engine: Vec<Vec<u8>>) -> Checkpoint {
    let sections = std::iter::once(own).chain(engine).collect();
    Checkpoint { tenant_seq, schema_version: SCHEMA_VERSION, sections }
}

/// The state that a checkpoint holds, if it is whole and of this form.
pub(crate) fn decode(checkpoint: &Checkpoint) -> Option<Start> {
    if checkpoint.schema_version != SCHEMA_VERSION {
        return None;
    }
    let (own, engine) = checkpoint.sections.split_first()?;
    let own: Own = postcard::from_bytes(own).ok()?;
    let engine = Engine::restore(&engine.concat()).ok()?;
    let fits = own.hash_form == salescope_domain::content::CONTENT_HASH_FORM
        && own.tenant_seq == checkpoint.tenant_seq
        && engine.position() <= own.tenant_seq;
    fits.then(|| Start {
        tenant_seq: own.tenant_seq,
        engine,
        index: own.index.into_iter().collect(),
        controls: Controls::from_seen(own.controls),
    })
}
