//! What the actors count, by name and unit. Recorded through the `metrics` facade: nothing where no recorder is installed.

use metrics::{counter, gauge, histogram};

/// Makes every number known from the start: one that only appears later looks like one that is missing.
pub(crate) fn begin() {
    gauge!("salescope_tenants_awake").set(0.0);
    let counters = [
        "salescope_tenant_wakes_total",
        "salescope_journal_commits_total",
        "salescope_journal_commits_refused_total",
        "salescope_entries_applied_total",
        "salescope_checkpoints_total",
        "salescope_checkpoints_failed_total",
        "salescope_entries_quarantined_total",
        "salescope_tenant_crashes_total",
    ];
    for name in counters {
        counter!(name).increment(0);
    }
}

/// Organisations awake: `salescope_tenants_awake`.
pub(crate) fn awake(change: i32) {
    gauge!("salescope_tenants_awake").increment(f64::from(change));
}

/// A tenant was woken: `salescope_tenant_wakes_total`.
pub(crate) fn woken() {
    counter!("salescope_tenant_wakes_total").increment(1);
}

/// A group commit: `salescope_journal_commits_total`, and its slices `salescope_journal_commit_slices`.
pub(crate) fn flushed(slices: usize) {
    counter!("salescope_journal_commits_total").increment(1);
    histogram!("salescope_journal_commit_slices").record(u32::try_from(slices).unwrap_or(u32::MAX));
}

/// A commit that was refused: `salescope_journal_commits_refused_total`.
pub(crate) fn commit_refused() {
    counter!("salescope_journal_commits_refused_total").increment(1);
}

/// Entries applied: `salescope_entries_applied_total`.
pub(crate) fn applied(entries: usize) {
    counter!("salescope_entries_applied_total").increment(entries as u64);
}

/// A checkpoint was saved: `salescope_checkpoints_total`.
pub(crate) fn checkpointed() {
    counter!("salescope_checkpoints_total").increment(1);
}

/// A checkpoint could not be saved: `salescope_checkpoints_failed_total`.
pub(crate) fn checkpoint_failed() {
    counter!("salescope_checkpoints_failed_total").increment(1);
}

/// An entry was put aside: `salescope_entries_quarantined_total`.
pub(crate) fn quarantined() {
    counter!("salescope_entries_quarantined_total").increment(1);
}

/// A tenant was lost to a defect and will be restored: `salescope_tenant_crashes_total`.
pub(crate) fn crashed() {
    counter!("salescope_tenant_crashes_total").increment(1);
}
