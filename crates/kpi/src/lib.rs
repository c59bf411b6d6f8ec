#![doc = include_str!("../README.md")]

mod definition;
mod engine;
mod facts;
mod listing;
mod query;
mod recent;
pub mod sabotage;
mod snapshot;
mod state;
mod view;
mod world;

pub use definition::{DefinitionError, parse_definition};
pub use engine::{Engine, FactKind};
pub use facts::schema::{FactInfo, facts};
pub use listing::DEAL_PAGE_MAX;
pub use query::QueryError;
pub use query::explain::DEALS_LISTED_MAX;
pub use query::series::BUCKETS_MAX;
pub use snapshot::{SNAPSHOT_VERSION, SnapshotError};
pub use state::Changes;
pub use view::{VIEW_GROUPS_MAX, View, Watch};
