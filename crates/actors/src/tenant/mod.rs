//! `TenantActor`: owns one awake organisation.
//!
//! `messages`: what it is told. `intake`: what is news, and its numbers. `controls`: entries put aside. `replay`, `load`: coming
//! back from the disk. `rebuild`: the same beside the tenant. `checkpoint`: what is saved. `pending`: who waits for a
//! commit. `awake`: the state, and what follows from each event. `actor`: the shell around them.

mod actor;
mod awake;
mod checkpoint;
mod controls;
mod intake;
mod load;
mod messages;
mod pending;
mod poison;
mod rebuild;
mod replay;

pub(crate) use actor::{TenantActor, TenantArgs};
pub(crate) use awake::Whose;
pub use messages::{Aside, Reading};
pub(crate) use messages::{TenantMsg, TenantRef};
pub use rebuild::{CutPoint, Rebuilt};
