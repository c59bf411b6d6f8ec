//! A node over a data directory of its own.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod cuts;
mod dead_letters;
mod fixture;
mod keeping;
mod watching;
mod wrong_baseline;
