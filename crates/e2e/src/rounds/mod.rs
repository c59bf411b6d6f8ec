//! Rounds: start, load, break, start again, send again what is unknown, judge.

mod kind;
mod plan;
mod poison;
mod round;
mod run;
mod truncate;

pub use kind::Kind;
pub use run::{Options, run};
