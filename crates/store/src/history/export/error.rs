//! What can go wrong with an export.

use crate::StoreError;

/// Why an export was not written, or is not one.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The store refused or failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It could not be written.
    #[error("could not write the export")]
    Write(#[source] std::io::Error),
    /// It could not be read.
    #[error("could not read line {line} of the export")]
    Read {
        /// Which line, from 1.
        line: u64,
        /// Why not.
        source: std::io::Error,
    },
    /// It does not begin as an export of a known format does.
    #[error("this is no export that this version reads: {0}")]
    Unknown(String),
    /// A line is not what may stand there.
    #[error("line {line} of the export {reason}")]
    Line {
        /// Which line, from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// The end is missing.
    #[error("the export is cut off after line {line}: make it anew")]
    CutOff {
        /// The last line that is there.
        line: u64,
    },
    /// It was changed after it was written.
    #[error("the export is not what was written: its {what} differs from what its last line says")]
    Changed {
        /// What differs.
        what: &'static str,
    },
}
