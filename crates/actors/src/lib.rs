#![doc = include_str!("../README.md")]

mod admission;
mod clock;
mod context;
mod lane;
mod options;
mod shard;
mod system;
mod telemetry;
mod tenant;

pub use clock::Clock;
pub use context::ActorStore;
pub use options::ActorOptions;
pub use system::{Handle, System};
pub use tenant::{Aside, CutPoint, Reading, Rebuilt};
