//! What a tenant saves, and reads back: its own section, then those of the KPI engine's snapshot.
//!
//! Invariant: a checkpoint is a function of committed entries up to its position.

use super::controls::{Control, Controls};
use super::intake::Index;
use salescope_domain::news::Last;
use salescope_kpi::{Engine, SNAPSHOT_VERSION};
use salescope_store::{Baseline, Checkpoint};
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

impl Start {
    /// Before the first entry.
    pub(crate) fn empty() -> Self {
        Self { tenant_seq: 0, engine: Engine::new(), index: Index::default(), controls: Controls::default() }
    }
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
    open(&checkpoint.sections, checkpoint.tenant_seq).ok()
}

/// The state that a baseline holds. Unlike a checkpoint it cannot be made anew: every form that was ever written is read.
///
/// # Errors
/// Why not.
pub(crate) fn decode_baseline(baseline: &Baseline) -> Result<Start, String> {
    if baseline.schema_version % 1000 != TENANT_FORM {
        return Err(format!("its form {} is not known", baseline.schema_version));
    }
    open(&baseline.sections, baseline.tenant_seq)
}

fn open(sections: &[Vec<u8>], tenant_seq: u64) -> Result<Start, String> {
    let (own, engine) = sections.split_first().ok_or("it has no sections")?;
    let own: Own = postcard::from_bytes(own).map_err(|error| error.to_string())?;
    let engine = Engine::restore(&engine.concat()).map_err(|error| error.to_string())?;
    if own.hash_form != salescope_domain::content::CONTENT_HASH_FORM {
        return Err(format!("its hashes are of form {}", own.hash_form));
    }
    if own.tenant_seq != tenant_seq || engine.position() > tenant_seq {
        return Err("its parts are of different positions".to_owned());
    }
    let (index, controls) = (own.index.into_iter().collect(), Controls::from_seen(own.controls));
    Ok(Start { tenant_seq, engine, index, controls })
}

#[cfg(test)]
mod tests {
    use super::*;
    use salescope_domain::Instant;
    use salescope_store::Verified;

    fn baseline(schema_version: u32) -> Baseline {
        let own = encode_own(0, &Index::default(), &Controls::default());
        let sections = std::iter::once(own).chain(Engine::new().snapshot_sections()).collect();
        let at = Instant::from_ms(0);
        let verified = Verified { at, answers: 0, differences: 0, recomputed_seq: 0 };
        Baseline { tenant_seq: 0, schema_version, sections, verified }
    }

    #[test]
    fn a_baseline_is_read_whatever_version_of_the_snapshot_wrote_it_and_a_checkpoint_only_of_this_one() {
        for snapshot_version in 1..=SNAPSHOT_VERSION + 1 {
            let schema_version = snapshot_version * 1000 + TENANT_FORM;
            // What the snapshot itself says decides whether it can be read.
            assert!(decode_baseline(&baseline(schema_version)).is_ok());
            let Baseline { tenant_seq, sections, .. } = baseline(schema_version);
            let checkpoint = Checkpoint { tenant_seq, schema_version, sections };
            assert_eq!(decode(&checkpoint).is_some(), schema_version == SCHEMA_VERSION);
        }
        assert!(decode_baseline(&baseline(SCHEMA_VERSION + 1)).is_err());
        assert!(decode_baseline(&Baseline { sections: Vec::new(), ..baseline(SCHEMA_VERSION) }).is_err());
        assert!(decode_baseline(&Baseline { tenant_seq: 1, ..baseline(SCHEMA_VERSION) }).is_err());
    }
}
