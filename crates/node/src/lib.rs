#![doc = include_str!("../README.md")]

mod dead_letters;
mod embedded;
mod engine;
mod erasure;
mod export;
mod keys;
mod options;
mod parties;
mod questions;
mod upkeep;

pub use embedded::{Embedded, OpenError};
pub use options::{NodeOptions, UpkeepOptions};
pub use salescope_actors::{ActorOptions, Clock};
