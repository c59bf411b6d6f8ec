//! Test switches. A program that is built with the feature `faults` takes them from its environment; one that ships has none.
//!
//! Invariant: without the feature this module does nothing and reads nothing.

#[cfg(feature = "faults")]
pub(crate) use switched::{arm, count_hits, vfs};

/// The name of the simulated disk that every file is opened on: there is none.
#[cfg(not(feature = "faults"))]
pub(crate) fn vfs() -> Option<String> {
    None
}

#[cfg(feature = "faults")]
mod switched {
    use crate::problem::usage;
    use anyhow::Result;
    use std::time::Duration;

    /// How often the hits of failpoints are told to `/metrics`.
    const COUNT_EVERY: Duration = Duration::from_millis(200);

    /// Arms what the line asks for, before anything else happens.
    pub(crate) fn arm(line: &str) -> Result<()> {
        let wrong = |error: &dyn std::fmt::Display| usage(format!("SALESCOPE_FAULTS: {error}"));
        salescope_faults::configure(line).map_err(|error| wrong(&error))?;
        if let Some(disk) = salescope_faults::disk() {
            let options = disk.parse().map_err(|error| wrong(&error))?;
            salescope_faultfs::register(salescope_faultfs::NAME, options).map_err(|error| wrong(&error))?;
        }
        Ok(())
    }

    /// The name of the simulated disk that every file is opened on, where one is armed.
    pub(crate) fn vfs() -> Option<String> {
        salescope_faults::disk().map(|_| salescope_faultfs::NAME.to_owned())
    }

    /// Tells `/metrics` how often each failpoint was passed, until the process ends.
    pub(crate) async fn count_hits() {
        let mut ticks = tokio::time::interval(COUNT_EVERY);
        loop {
            ticks.tick().await;
            for (point, hits) in salescope_faults::hits() {
                metrics::counter!("salescope_failpoint_hits_total", "point" => point).absolute(hits);
            }
        }
    }
}
