#![doc = include_str!("../README.md")]

mod block;
mod checkpoints;
mod directory;
mod error;
mod fatal;
mod frame;
mod history;
mod index;
mod journal;
mod keys;
mod manifest;
mod options;
mod org;
mod sealing;
mod slice;
mod sqlite;
mod upkeep;
mod varint;

pub use checkpoints::{CHECKPOINTS_KEPT, Candidates, Checkpoint, Checkpoints};
pub use directory::Directory;
pub use error::{Damage, StoreError};
pub use fatal::Fatal;
pub use history::{
    Baseline, BaselineSaid, Baselines, DamagedStretch, EXPORT_FORMAT, ExportEnd, ExportError, ExportHead,
    ExportLine, ExportReader, Exported, History, HistoryError, HistoryStats, MasterKey, Named, Roster,
    Verified, check_export, export,
};
pub use journal::{CommitError, Committed, Journal};
pub use keys::Keys;
pub use options::StoreOptions;
pub use org::{OrgHead, OrgKey};
pub use sealing::{SealOptions, SealReport};
pub use slice::{Slice, SliceBuilder};
pub use sqlite::{OldestSealed, SqliteStore};
pub use upkeep::{CheckReport, Cut, DroppedCheckpoint, Finding, FindingKind, RepairOptions, RepairReport};

/// Everything that a backend offers.
pub trait Store: Journal + Checkpoints + History + Directory + Keys {}

impl<T: Journal + Checkpoints + History + Directory + Keys> Store for T {}
