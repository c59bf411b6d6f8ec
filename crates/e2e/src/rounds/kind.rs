//! The kinds of faults.

use clap::ValueEnum;
use serde::Serialize;

/// What is done to the server. The numbers are those of the table in docs/reliability.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// SIGKILL, at failpoints and at random
    Kill,
    /// the same on a disk that loses and tears unsynced writes
    Power,
    /// a disk that is full for a while, or for good
    Full,
    /// one sync that fails
    Fsync,
    /// a clock that is an hour ahead, an hour behind, or steps back by 5 s
    Clock,
    /// events that the engine cannot fold
    Poison,
    /// data files cut and changed at random
    Truncate,
    /// an organisation that sends far more than its share
    Hot,
    /// an organisation whose state grows until it may grow no more
    Greedy,
}

impl Kind {
    /// As it is written on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::Power => "power",
            Self::Full => "full",
            Self::Fsync => "fsync",
            Self::Clock => "clock",
            Self::Poison => "poison",
            Self::Truncate => "truncate",
            Self::Hot => "hot",
            Self::Greedy => "greedy",
        }
    }

    /// Whether the first organisation asks for more than it may have. The others are to be spared.
    #[must_use]
    pub(super) fn has_a_glutton(self) -> bool {
        matches!(self, Self::Hot | Self::Greedy)
    }

    /// Every so many events one is poisoned, where that is what the rounds are about.
    #[must_use]
    pub(super) fn poison_every(self) -> Option<u64> {
        (self == Self::Poison).then_some(400)
    }
}
