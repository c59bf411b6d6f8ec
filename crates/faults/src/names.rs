//! The closed lists of names. A failpoint or a sabotage that is not here cannot be used.

/// Every failpoint: instants at which a process may die, in the order in which an event meets them.
pub const POINTS: [&str; 12] = [
    "directory.resolve.after",
    "journal.commit.before",
    "journal.commit.after",
    "lane.before_notify",
    "tenant.apply.before",
    "tenant.apply.after",
    "tenant.ack.before",
    "checkpoint.save.before",
    "checkpoint.save.middle",
    "seal.before_history",
    "seal.between",
    "seal.after",
];

/// Every sabotage: the promise that it breaks.
pub const SABOTAGES: [&str; 7] = [
    // The sender hears "accepted" before the journal's commit.
    "ack_before_commit",
    // Commits are not synced to the disk.
    "no_fsync",
    // What is journaled already is journaled again.
    "no_dedup",
    // State changes before the journal's commit.
    "apply_before_commit",
    // A block whose checksum is wrong is read as if it were right.
    "torn_tail_accepted",
    // An entry that crashes the fold is not put aside in the journal.
    "lost_quarantine",
    // The fold crashes on a deal that is named "poison": what a defect in the engine would look like.
    "poison_panics",
];

#[cfg(feature = "faults")]
pub(crate) fn index_of_point(name: &str) -> Option<usize> {
    POINTS.iter().position(|point| *point == name)
}

#[cfg(feature = "faults")]
pub(crate) fn index_of_sabotage(name: &str) -> Option<usize> {
    SABOTAGES.iter().position(|sabotage| *sabotage == name)
}
