//! `ShardActor`: owns a set of organisations; routes to those awake, wakes the others, and puts idle ones to sleep.

mod actor;
mod messages;
mod slots;
mod wheel;

pub(crate) use actor::{ShardActor, ShardArgs};
pub(crate) use messages::ShardRef;
