//! The clock: the only place here that reads the wall time. Durations are measured with tokio's monotonic instants.

use salescope_domain::{Date, Instant, instant::DAY_MS};
use std::time::{SystemTime, UNIX_EPOCH};

/// The time now.
#[expect(clippy::disallowed_methods, reason = "this is the module that reads the clock")]
pub(crate) fn now() -> Instant {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Instant::from_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// The date of an instant in UTC, the zone of the organisations that are driven.
pub(crate) fn date_of(instant: Instant) -> Date {
    let days = instant.ms().div_euclid(DAY_MS);
    Date::from_days(i32::try_from(days).unwrap_or(i32::MAX))
}
