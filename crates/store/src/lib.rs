#![doc = include_str!("../README.md")]

mod block;
mod checkpoints;
mod directory;
mod error;
mod frame;
mod index;
mod journal;
mod keys;
mod manifest;
mod options;
mod org;
mod slice;
mod sqlite;
mod varint;

pub use checkpoints::{CHECKPOINTS_KEPT, Candidates, Checkpoint, Checkpoints};
pub use directory::Directory;
pub use error::{Damage, StoreError};
pub use journal::{CommitError, Committed, Journal};
pub use keys::Keys;
pub use options::StoreOptions;
pub use org::{OrgHead, OrgKey};
pub use slice::{Slice, SliceBuilder};
pub use sqlite::SqliteStore;

/// Everything that a backend offers.
pub trait Store: Journal + Checkpoints + Directory + Keys {}

impl<T: Journal + Checkpoints + Directory + Keys> Store for T {}
