//! The file that hits are written to as they happen: one little-endian u64 per failpoint, in the order of [`POINTS`].
//! What a killed process wrote is in the system's memory, so the file has every hit up to the kill.

use crate::POINTS;
use std::io;
use std::path::Path;

/// Reads the file that a process wrote with `hits_file=PATH`.
///
/// # Errors
/// When it cannot be read.
pub fn read_hits(path: &Path) -> io::Result<Vec<(&'static str, u64)>> {
    let bytes = std::fs::read(path)?;
    let mut words = bytes.chunks_exact(8).map(|word| {
        let mut eight = [0; 8];
        eight.copy_from_slice(word);
        u64::from_le_bytes(eight)
    });
    Ok(POINTS.iter().map(|point| (*point, words.next().unwrap_or(0))).collect())
}
