#![doc = include_str!("../README.md")]

mod dead_letter;
mod deals;
mod directory;
mod engine;
mod error;
mod export;
mod history;
mod intake;
mod keys;
mod org;
mod position;
mod upkeep;
pub mod wire;

pub use dead_letter::{DeadLetter, DeadLetterState};
pub use deals::{DEALS_PER_PAGE_MAX, DealsAsked};
pub use directory::{Names, Parties, ResolvedParties};
pub use engine::{Engine, LiveStream};
pub use error::{EngineError, EngineResult};
pub use export::{EXPORT_CHUNK_BYTES_MAX, ExportStream};
pub use history::{BaselineInfo, CutReport, HistoryStart, KeptDifference, KeptVerified};
pub use intake::{Ingested, Outcome, Rejected, Slice, Submission};
pub use keys::{ApiKey, KEY_HASH_BYTES, KEY_PREFIX, KeyHash, NewKey, generate_key, hash_key};
pub use org::{NewOrg, OrgInfo, OrgPage};
pub use position::{Position, Positioned};
pub use upkeep::{EntryPage, JournalStats};
