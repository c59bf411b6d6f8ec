#![doc = include_str!("../README.md")]

mod definition;
mod engine;
mod facts;
mod query;
pub mod sabotage;
mod snapshot;
mod state;
mod view;
mod world;

pub use definition::{
    Better, Condition, Definition, DefinitionError, InputSpec, IntervalSpec, ParameterSpec, PartSpec,
    ShareSpec,
};
pub use engine::Engine;
pub use facts::schema::{FactInfo, facts};
pub use query::QueryError;
pub use query::explain::{
    ChangeLine, ChangeReport, DEALS_LISTED_MAX, ExplainedInput, Explanation, Included, LeftOut,
};
pub use query::series::{BUCKETS_MAX, Bucket, Change, Comparison, Series};
pub use snapshot::{SNAPSHOT_VERSION, SnapshotError};
pub use state::Changes;
pub use view::{VIEW_GROUPS_MAX, View, Watch};
