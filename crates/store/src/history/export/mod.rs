//! An organisation in a file: its entries and names as lines of JSON, with a trailer that tells a whole file from a torn one.
//!
//! Invariants: entries stand in order and without a gap. What is read back is what was written, to the bit: the trailer
//! counts the lines and holds the SHA-256 of all of them.

mod error;
mod format;
mod read;
mod write;

pub use error::ExportError;
pub use format::{EXPORT_FORMAT, ExportEnd, ExportHead, ExportLine, Named, Roster};
pub use read::{ExportReader, check_export};
pub use write::{Exported, export};
