#![doc = include_str!("../README.md")]

mod disk;
mod file;
mod options;
mod sectors;
#[expect(unsafe_code, reason = "SQLite calls a file system through C functions and raw pointers")]
mod vfs;

pub use options::{Full, Options, OptionsError};
pub use vfs::{RegisterError, register};

/// The name under which the program registers its one simulated disk.
pub const NAME: &str = "salescope-power";
