//! The clock: the only place in the program that reads it. Everything else takes the time as an argument.

use salescope_domain::Instant;
use salescope_node::Clock;
use std::time::{SystemTime, UNIX_EPOCH};

/// The time now.
#[expect(clippy::disallowed_methods, reason = "this is the module that reads the clock")]
pub(crate) fn now() -> Instant {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now = Instant::from_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX));
    // Nothing but a fault run makes the clock wrong.
    now.plus_ms(salescope_faults::clock_offset_ms())
}

/// The machine's clock.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        now()
    }
}

/// A clock that stands still, at the time that a command was told.
pub(crate) struct FixedClock(pub(crate) Instant);

impl Clock for FixedClock {
    fn now(&self) -> Instant {
        self.0
    }
}
