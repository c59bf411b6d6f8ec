//! What the kernel tells of the server's processes. Reads `/proc`; changes nothing.

mod memory;
mod process;

pub(crate) use memory::Memory;
pub(crate) use process::{Processes, own_cpu_seconds};
