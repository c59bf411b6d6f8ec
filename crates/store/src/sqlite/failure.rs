//! What a failure of SQLite means for a commit.

/// What is known of a commit that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Failure {
    /// SQLite took it back: no room, or somebody else holds the file.
    TakenBack,
    /// Unknown: an I/O error, a failed sync, a damaged file.
    Unknown,
}

/// SQLite's primary result codes after which the statement is rolled back and the file is as it was.
const TAKEN_BACK: [i32; 6] = [
    5,  // BUSY: another program writes
    6,  // LOCKED: another connection does
    7,  // NOMEM
    13, // FULL: no room on the disk, or none up to max_page_count
    18, // TOOBIG: more than one value may hold
    23, // AUTH
];

/// Primary codes are the lowest byte of extended ones.
const PRIMARY_CODE: i32 = 0xff;

/// Judges an error of a statement that commits by itself.
pub(super) fn judge(error: &sqlx::Error) -> Failure {
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<i32>().ok());
    match code {
        Some(code) if TAKEN_BACK.contains(&(code & PRIMARY_CODE)) => Failure::TakenBack,
        _ => Failure::Unknown,
    }
}
