//! Sealed history: what becomes of an organisation's entries when they have left the journal's blocks. Pure; the tables
//! are in `sqlite/history`.
//!
//! Invariants: history holds each entry once, from the horizon to the last sealed one, without a gap. All of it is closed
//! with the organisation's own key.

pub(crate) mod baseline;
pub(crate) mod data_key;
mod envelope;
mod error;
mod export;
mod master_key;
pub(crate) mod merge;
mod port;
mod run;
#[cfg(test)]
mod sample;
mod secret;
pub(crate) mod segment;

pub use baseline::{Baseline, Verified};
pub use error::HistoryError;
pub use export::{
    EXPORT_FORMAT, ExportEnd, ExportError, ExportHead, ExportLine, ExportReader, Exported, Named, Roster,
    check_export, export,
};
pub use master_key::MasterKey;
pub use port::{BaselineSaid, Baselines, DamagedStretch, History, HistoryStats};

pub(crate) use baseline::BaselineHead;
pub(crate) use run::{Piece, Run, SpoiltEntry};
pub(crate) use secret::Secret;
pub(crate) use segment::{DamagedEntry, Packer, Segment, SegmentHead};
