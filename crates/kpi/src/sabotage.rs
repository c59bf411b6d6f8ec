//! Deliberate faults, one at a time, for tests that must show that they would notice. Compiled to nothing without the
//! `sabotage` feature, which only tests switch on.

use salescope_domain::{Patch, Payload};

/// What a deal is named, or a metric's type, that makes the fold panic while `poison_panics` is switched on.
const POISON: &str = "poison";

/// Every fault, by name.
pub const FAULTS: [&str; 15] = [
    "lost_retraction",
    "off_by_one_day",
    "rate_of_the_wrong_date",
    "credit_to_current_owner",
    "merged_deal_lives_on",
    "deleted_deal_counted",
    "stale_version_accepted",
    "as_known_exclusive",
    "utc_instead_of_zone",
    "half_up_rounding",
    "product_remainder_lost",
    "upper_median",
    "push_from_closed_deals",
    "view_keeps_retracted",
    "poison_panics",
];

#[cfg(feature = "sabotage")]
mod switch {
    use std::cell::Cell;

    thread_local! {
        static ACTIVE: Cell<&'static str> = const { Cell::new("") };
    }

    /// Runs `work` with the fault switched on in this thread.
    pub fn with<T>(fault: &'static str, work: impl FnOnce() -> T) -> T {
        assert!(super::FAULTS.contains(&fault), "{fault} is not a fault");
        ACTIVE.set(fault);
        let result = work();
        ACTIVE.set("");
        result
    }

    pub(crate) fn on(fault: &'static str) -> bool {
        let active = ACTIVE.get();
        !active.is_empty() && active == fault
    }
}

#[cfg(feature = "sabotage")]
pub(crate) use switch::on;
#[cfg(feature = "sabotage")]
pub use switch::with;

/// Whether the fault is switched on: never, in a program that ships.
#[cfg(not(feature = "sabotage"))]
#[inline(always)]
pub(crate) fn on(_fault: &'static str) -> bool {
    false
}

/// Panics on a poisoned entry while that fault is switched on, in this thread or in the whole process.
pub(crate) fn taste(payload: &Payload) {
    if !on("poison_panics") && !salescope_faults::sabotage("poison_panics") {
        return;
    }
    let poisoned = match payload {
        Payload::Deal(event) => matches!(&event.set.name, Patch::Set(name) if name.as_str() == POISON),
        Payload::Metric(point) => point.metric_type.as_str() == POISON,
        _ => false,
    };
    assert!(!poisoned, "the entry is poisoned");
}
