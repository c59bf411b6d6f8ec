#![doc = include_str!("../README.md")]

mod definition;
mod engine;
mod facts;
mod query;
pub mod sabotage;
mod state;
mod world;

pub use definition::{
    Better, Condition, Definition, DefinitionError, InputSpec, IntervalSpec, ParameterSpec, PartSpec,
};
pub use engine::Engine;
pub use query::QueryError;
pub use state::Changes;

/// Most buckets of a series.
pub const BUCKETS_MAX: usize = 10_000;
