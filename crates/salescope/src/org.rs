//! An organisation, opened: its store, and its engine brought up to the end of the journal.

use crate::names::Labels;
use crate::output::Output;
use crate::problem::problem;
use anyhow::{Context, Result};
use salescope_domain::{OrgId, Zone};
use salescope_kpi::{Engine, SNAPSHOT_VERSION};
use salescope_store::{Checkpoint, Checkpoints, Directory, Journal, SqliteStore};
use std::path::Path;

/// Entries that were replayed before a checkpoint is worth its writing: some 10 ms of replay.
const CHECKPOINT_AFTER_ENTRIES: u64 = 5_000;

/// Entries read at a time.
const ENTRIES_PER_READ: usize = 10_000;

/// An organisation with its figures at hand.
pub(crate) struct OpenOrg {
    pub(crate) store: SqliteStore,
    pub(crate) org: OrgId,
    pub(crate) engine: Engine,
    /// The entry up to which the engine came from a checkpoint; 0 for none.
    pub(crate) restored_to: u64,
    /// The entry of the newest checkpoint.
    saved_to: u64,
}

impl OpenOrg {
    /// Opens `org` in `dir`: the newest good checkpoint, then the journal after it.
    pub(crate) async fn open(dir: &Path, org: &OrgId, output: Output) -> Result<Self> {
        let store = open_store(dir).await?;
        check_known(&store, org).await?;
        let candidates = store.candidates(org).await?;
        for tenant_seq in &candidates.damaged {
            output.to_stderr(&format!(
                "warning: the checkpoint at entry {tenant_seq} is damaged and was left out"
            ));
        }
        let sound = candidates.sound.iter().find_map(|checkpoint| restore(checkpoint, output));
        let engine = sound.unwrap_or_default();
        let restored_to = engine.position();
        let mut open = Self { store, org: org.clone(), engine, restored_to, saved_to: restored_to };
        open.catch_up().await?;
        Ok(open)
    }

    /// Folds what the journal has after the engine's position; saves a checkpoint where that was much.
    pub(crate) async fn catch_up(&mut self) -> Result<()> {
        loop {
            let entries = self.store.read(&self.org, self.engine.position(), ENTRIES_PER_READ).await?;
            if entries.is_empty() {
                break;
            }
            self.engine.apply(&entries);
        }
        if self.engine.position() - self.saved_to >= CHECKPOINT_AFTER_ENTRIES {
            let checkpoint = Checkpoint {
                tenant_seq: self.engine.position(),
                schema_version: SNAPSHOT_VERSION,
                bytes: self.engine.snapshot(),
            };
            self.store.save(&self.org, checkpoint).await.context("could not save a checkpoint")?;
            self.saved_to = self.engine.position();
        }
        Ok(())
    }

    /// The organisation's zone.
    pub(crate) fn zone(&self) -> Zone {
        self.engine.settings().time_zone
    }

    /// What people and teams are called.
    pub(crate) async fn labels(&self) -> Result<Labels> {
        Ok(Labels::new(&self.store.names(&self.org).await?))
    }
}

fn restore(checkpoint: &Checkpoint, output: Output) -> Option<Engine> {
    match Engine::restore(&checkpoint.bytes) {
        Ok(engine) if engine.position() == checkpoint.tenant_seq => Some(engine),
        Ok(engine) => {
            let (at, says) = (checkpoint.tenant_seq, engine.position());
            output.to_stderr(&format!(
                "warning: the checkpoint at entry {at} says that it is at {says}; it was left out"
            ));
            None
        }
        Err(error) => {
            let at = checkpoint.tenant_seq;
            output.to_stderr(&format!("warning: the checkpoint at entry {at} was left out: {error}"));
            None
        }
    }
}

/// Opens the store in `dir`, which must be there.
pub(crate) async fn open_store(dir: &Path) -> Result<SqliteStore> {
    Ok(SqliteStore::open_existing(dir).await?)
}

/// Makes sure that there is such an organisation.
pub(crate) async fn check_known(store: &SqliteStore, org: &OrgId) -> Result<()> {
    let orgs = store.orgs().await?;
    if orgs.contains(org) {
        return Ok(());
    }
    let known: Vec<&str> = orgs.iter().map(OrgId::as_str).collect();
    let hint = if known.is_empty() {
        "there is none yet: create one with `salescope admin create-org NAME`".to_owned()
    } else {
        format!("there is {}", known.join(", "))
    };
    Err(problem("unknown_organisation", format!("there is no organisation {org}; {hint}")))
}
