//! Proof that the figures are right: the engine's answers against the oracle's, which recomputes them from the journal.

mod bisect;
mod draw;
mod questions;
mod span;

pub(crate) use bisect::{Culprit, first_difference};
pub(crate) use questions::questions;
