#![doc = include_str!("../README.md")]

mod checkpoints;
mod codec;
mod content;
mod directory;
mod error;
mod identity;
mod intake;
mod journal;
mod options;
mod sqlite;

pub use checkpoints::{CHECKPOINTS_KEPT, Candidates, Checkpoint, Checkpoints};
pub use directory::{Directory, Names};
pub use error::{Damage, StoreError};
pub use journal::{Journal, JournalStats, Outcome, Submission};
pub use options::StoreOptions;
pub use sqlite::SqliteStore;

/// Everything that a backend offers.
pub trait Store: Journal + Checkpoints + Directory {}

impl<T: Journal + Checkpoints + Directory> Store for T {}
