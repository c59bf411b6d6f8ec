#![doc = include_str!("../README.md")]

mod dead_letters;
mod embedded;
mod engine;
mod erasure;
mod error;
mod export;
mod keys;
mod live;
mod options;
mod parties;
mod questions;
mod retention;
mod upkeep;

pub use embedded::{Embedded, OpenError};
pub use live::LiveOptions;
pub use options::{KEEP_DAYS_MIN, NodeOptions, RetentionOptions, UpkeepOptions};
pub use retention::Verifier;
pub use salescope_actors::{ActorOptions, Clock};
