//! A journal as verification reads it: up to the position that an answer was given at, and no further.

use anyhow::{Result, ensure};
use salescope_domain::quarantine::{in_force, skipped};
use salescope_domain::{Entry, OrgId};
use salescope_engine_api::Engine;
use std::borrow::Cow;

/// Entries asked for at a time: some 10 MB.
const ENTRIES_PER_READ: usize = 10_000;

/// What was read of an organisation's journal, from its first entry on.
pub(super) struct Journal<'a> {
    engine: &'a dyn Engine,
    org: &'a OrgId,
    entries: Vec<Entry>,
}

impl<'a> Journal<'a> {
    pub(super) fn new(engine: &'a dyn Engine, org: &'a OrgId) -> Self {
        Self { engine, org, entries: Vec::new() }
    }

    /// Reads on until entry `tenant_seq` is there.
    pub(super) async fn read_to(&mut self, tenant_seq: u64) -> Result<()> {
        while (self.entries.len() as u64) < tenant_seq {
            let after = self.entries.len() as u64;
            let page = self.engine.entries(self.org, after, ENTRIES_PER_READ).await?;
            ensure!(
                !page.entries.is_empty(),
                "the engine answered at entry {tenant_seq}, and the journal ends with entry {after}"
            );
            for entry in page.entries {
                let due = self.entries.len() as u64 + 1;
                ensure!(
                    entry.tenant_seq == due,
                    "the journal has entry {} where {due} is due",
                    entry.tenant_seq
                );
                self.entries.push(entry);
            }
        }
        Ok(())
    }

    /// The entries up to `tenant_seq`, which have been read, without those that were put aside by then.
    pub(super) fn up_to(&self, tenant_seq: u64) -> Cow<'_, [Entry]> {
        let end = usize::try_from(tenant_seq).unwrap_or(usize::MAX).min(self.entries.len());
        let entries = &self.entries[..end];
        if skipped(entries).is_empty() { entries.into() } else { in_force(entries).into() }
    }
}
