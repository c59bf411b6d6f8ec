//! Proof that the figures are right: the engine's answers against the oracle's, which recomputes them from the journal.

mod bisect;
mod compare;
mod journal;
mod kept;
mod oracle;
mod questions;
mod span;

pub(crate) use bisect::Culprit;
pub(crate) use compare::{Difference, Verified, compare};
pub(crate) use kept::compare_kept;
pub(crate) use oracle::Oracle;
