//! Checking a data directory from end to end, and repairing what can be: what is found, and what is done about it. Plain
//! values; the walk through the files is in `sqlite/upkeep`.
//!
//! Invariant: nothing is dropped silently. What a repair takes away lies in a side file, and the report names it.

mod findings;
mod survey;

pub use findings::{CheckReport, Cut, DroppedCheckpoint, Finding, FindingKind, RepairOptions, RepairReport};

pub(crate) use findings::Findings;
pub(crate) use survey::{Seen, Survey};
