#![doc = include_str!("../README.md")]

mod dead_letters;
mod embedded;
mod engine;
mod keys;
mod options;
mod parties;
mod questions;
mod upkeep;

pub use embedded::Embedded;
pub use options::NodeOptions;
pub use salescope_actors::{ActorOptions, Clock};
