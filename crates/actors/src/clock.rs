//! Our clock, as an argument: nothing here reads the machine's.

use salescope_domain::Instant;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The time now. It may step back; commit times do not.
    fn now(&self) -> Instant;
}
