//! Examples computed by hand: the oracle must be right by inspection.

mod common;
mod deals;
mod history;
mod money;
