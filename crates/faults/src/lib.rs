#![doc = include_str!("../README.md")]

#[cfg(feature = "faults")]
mod active;
mod hits_file;
#[cfg(not(feature = "faults"))]
mod inert;
mod names;
mod spec;

#[cfg(feature = "faults")]
pub use active::{clock_offset_ms, configure, disk, fail, hits, point, sabotage};
pub use hits_file::read_hits;
#[cfg(not(feature = "faults"))]
pub use inert::{clock_offset_ms, configure, disk, fail, hits, point, sabotage};
pub use names::{POINTS, SABOTAGES};
pub use spec::SpecError;
