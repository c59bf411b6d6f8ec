//! Applying entries that may crash the fold.

use salescope_domain::Entry;
use salescope_kpi::{Changes, Engine};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The fold crashed. The engine that it was folded into is of no more use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Crash {
    /// What the panic said.
    pub(crate) message: String,
}

/// Applies a slice; a panic becomes an error.
pub(crate) fn try_apply(engine: &mut Engine, entries: &[Entry]) -> Result<Changes, Crash> {
    catch_unwind(AssertUnwindSafe(|| engine.apply(entries))).map_err(|panic| {
        let message = panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
            .unwrap_or_else(|| "the fold panicked".to_owned());
        Crash { message }
    })
}
