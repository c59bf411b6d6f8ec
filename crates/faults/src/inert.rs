//! The switches of a program that ships: every one of them empty.

use crate::SpecError;

/// A failpoint.
#[inline(always)]
pub fn point(_name: &'static str) {}

/// A failpoint that can be made to fail. It never does here.
#[inline(always)]
#[must_use]
pub fn fail(_name: &'static str) -> bool {
    false
}

/// Whether a sabotage is switched on. It never is here.
#[inline(always)]
#[must_use]
pub fn sabotage(_name: &str) -> bool {
    false
}

/// By how much the program's clock is to be wrong, in milliseconds: never here.
#[inline(always)]
#[must_use]
pub fn clock_offset_ms() -> i64 {
    0
}

/// Arms what a line of text asks for. Here it can only ask for nothing.
///
/// # Errors
/// When it asks for anything.
pub fn configure(line: &str) -> Result<(), SpecError> {
    if line.trim().is_empty() { Ok(()) } else { Err(SpecError::NotBuiltIn) }
}

/// How often each failpoint was passed: nothing is counted here.
#[must_use]
pub fn hits() -> Vec<(&'static str, u64)> {
    Vec::new()
}

/// What was asked for with `disk=`: nothing here.
#[must_use]
pub fn disk() -> Option<String> {
    None
}
