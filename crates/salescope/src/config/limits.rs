//! The sections of limits, as the file names them, and the options that they make. Each option is named here once: a new one
//! does not compile until it has its line in the default file.

use crate::faults;
use crate::problem::usage;
use anyhow::Result;
use salescope_node::{ActorOptions, KEEP_DAYS_MIN, LiveOptions, RetentionOptions, UpkeepOptions};
use salescope_store::{SealOptions, StoreOptions};
use serde::Deserialize;
use std::time::Duration;

/// Organisations at work.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Actors {
    shards: u16,
    node_bytes_max: u32,
    tenant_bytes_max: u32,
    overload_retry_ms: u64,
    flush_bytes_max: usize,
    submissions_per_slice_max: usize,
    payload_bytes_max: usize,
    passivate_after_ms: u64,
    wheel_tick_ms: u64,
    checkpoint_every_ms: u64,
    checkpoint_bytes_min: u64,
    checkpoint_state_percent: u64,
    loads_max: usize,
    questions_max: usize,
    questions_waiting_max: usize,
    entries_per_read: usize,
    poison_tries: u32,
    tenant_state_bytes_max: u64,
}

impl Actors {
    pub(super) fn options(&self) -> ActorOptions {
        ActorOptions {
            shards: self.shards,
            node_bytes_max: self.node_bytes_max,
            tenant_bytes_max: self.tenant_bytes_max,
            overload_retry_ms: self.overload_retry_ms,
            flush_bytes_max: self.flush_bytes_max,
            submissions_per_slice_max: self.submissions_per_slice_max,
            payload_bytes_max: self.payload_bytes_max,
            passivate_after: Duration::from_millis(self.passivate_after_ms),
            wheel_tick: Duration::from_millis(self.wheel_tick_ms),
            checkpoint_every: Duration::from_millis(self.checkpoint_every_ms),
            checkpoint_bytes_min: self.checkpoint_bytes_min,
            checkpoint_state_percent: self.checkpoint_state_percent,
            loads_max: self.loads_max,
            questions_max: self.questions_max,
            questions_waiting_max: self.questions_waiting_max,
            entries_per_read: self.entries_per_read,
            poison_tries: self.poison_tries,
            tenant_state_bytes_max: self.tenant_state_bytes_max,
        }
    }
}

/// Data on disk.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Store {
    entry_bytes_max: usize,
    commit_bytes_max: usize,
    entries_per_read_max: usize,
    read_bytes_max: usize,
    block_cache_bytes_max: usize,
    segment_cache_bytes_max: usize,
    checkpoint_bytes_max: usize,
    names_per_call_max: usize,
    orgs_per_call_max: usize,
    busy_timeout_ms: u64,
    readers_max: u32,
    journal_pages_max: Option<u32>,
}

impl Store {
    pub(super) fn options(&self) -> StoreOptions {
        StoreOptions {
            entry_bytes_max: self.entry_bytes_max,
            commit_bytes_max: self.commit_bytes_max,
            entries_per_read_max: self.entries_per_read_max,
            read_bytes_max: self.read_bytes_max,
            block_cache_bytes_max: self.block_cache_bytes_max,
            segment_cache_bytes_max: self.segment_cache_bytes_max,
            checkpoint_bytes_max: self.checkpoint_bytes_max,
            names_per_call_max: self.names_per_call_max,
            orgs_per_call_max: self.orgs_per_call_max,
            busy_timeout: Duration::from_millis(self.busy_timeout_ms),
            readers_max: self.readers_max,
            journal_pages_max: self.journal_pages_max,
            // The key is a file of the data directory, not a setting; a VFS of one's own is for the fault runs.
            master_key: None,
            vfs: faults::vfs(),
        }
    }
}

/// What is done beside.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Upkeep {
    parties_cached_max: usize,
    orgs_per_call_max: usize,
    questions_per_call_max: usize,
    seal_every_ms: u64,
    unsealed_bytes_max: u64,
    unsealed_blocks_max: u64,
    unsealed_parts_max: u64,
    seal_step_bytes_max: u64,
    seal_delete_blocks_max: u64,
    seal_delete_bytes_max: u64,
    history_keep_days: Option<u32>,
    history_cut_every_ms: u64,
    history_recomputed_entries_max: u64,
    history_questions: usize,
    live_questions_per_org_max: usize,
    live_pause_ms_min: u64,
    live_pause_per_cost: u32,
    live_tick_ms: u64,
}

impl Upkeep {
    /// Refuses what would be a slip.
    pub(super) fn check(&self) -> Result<()> {
        match self.history_keep_days {
            Some(days) if days < KEEP_DAYS_MIN => Err(usage(format!(
                "upkeep.history_keep_days is {days}: the least is {KEEP_DAYS_MIN}; null keeps everything"
            ))),
            _ => Ok(()),
        }
    }

    pub(super) fn options(&self) -> UpkeepOptions {
        UpkeepOptions {
            parties_cached_max: self.parties_cached_max,
            orgs_per_call_max: self.orgs_per_call_max,
            questions_per_call_max: self.questions_per_call_max,
            seal_every: Duration::from_millis(self.seal_every_ms),
            seal: SealOptions {
                bytes_max: self.unsealed_bytes_max,
                blocks_max: self.unsealed_blocks_max,
                parts_max: self.unsealed_parts_max,
                step_bytes_max: self.seal_step_bytes_max,
                blocks_per_delete_max: self.seal_delete_blocks_max,
                bytes_per_delete_max: self.seal_delete_bytes_max,
            },
            retention: RetentionOptions {
                keep_days: self.history_keep_days,
                every: Duration::from_millis(self.history_cut_every_ms),
                recomputed_entries_max: self.history_recomputed_entries_max,
                questions: self.history_questions,
            },
            live: LiveOptions {
                questions_per_org_max: self.live_questions_per_org_max,
                pause_min: Duration::from_millis(self.live_pause_ms_min),
                pause_per_cost: self.live_pause_per_cost,
                tick: Duration::from_millis(self.live_tick_ms),
            },
        }
    }
}
