//! Exit codes, the same for every command.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It did what was asked.
    Done,
    /// It failed, or `verify` found a difference.
    Failed,
    /// The command line cannot be understood.
    Usage,
    /// The import is done, and some rows did not go in.
    SomeRejected,
    /// Stored data is damaged.
    Damaged,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Done => Self::from(0),
            Exit::Failed => Self::from(1),
            Exit::Usage => Self::from(2),
            Exit::SomeRejected => Self::from(3),
            Exit::Damaged => Self::from(4),
        }
    }
}
