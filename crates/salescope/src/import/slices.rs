//! Statements of an import in slices for the engine.

use salescope_connectors::csv::Statement;
use salescope_engine_api::{Slice, Submission};

/// Statements of one slice: enough that its commit does not matter, few enough that the progress bar moves and that an import
/// takes little of the room that a server has for requests.
const STATEMENTS_PER_SLICE: usize = 5_000;

/// What a statement is taken to have in memory, in bytes: a deal of an export and the names of its fields.
const STATEMENT_BYTES: u64 = 512;

/// Where a statement comes from: its table and line.
pub(super) type Place = (usize, u64);

/// Statements in slices, each with where its statements come from.
pub(super) fn slices(
    statements: impl Iterator<Item = Statement>,
    dry_run: bool,
) -> impl Iterator<Item = (Vec<Place>, Slice)> {
    let mut statements = statements.peekable();
    std::iter::from_fn(move || {
        statements.peek()?;
        let (mut places, mut submissions) = (Vec::new(), Vec::new());
        for Statement { table, line, payload } in statements.by_ref().take(STATEMENTS_PER_SLICE) {
            places.push((table, line));
            submissions.push(Submission::live(payload));
        }
        let bytes = submissions.len() as u64 * STATEMENT_BYTES;
        Some((places, Slice { submissions, bytes, dry_run }))
    })
}
