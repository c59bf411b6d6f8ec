//! The engine through a socket gives what it gives directly: every call, every error, whatever the size.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod calls;
mod contract;
mod history_values;
mod recording;
mod socket;
mod values;
