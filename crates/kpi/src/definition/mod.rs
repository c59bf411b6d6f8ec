//! KPI definitions: files that choose among the built-in facts, and what is wrong with a file that does not.
//!
//! Invariant: a [`Definition`] that was checked compiles to a plan; whatever a user writes gives either that or an error
//! that names the place and what to write instead.

mod catalogue;
mod check;
mod compile;
pub(crate) mod formula;
mod inputs;
mod units;

pub(crate) use catalogue::Catalogue;
pub use check::DefinitionError;
pub(crate) use compile::{Input, Interval, Measure, Plan};
use salescope_domain::Definition;
pub(crate) use units::Unit;

/// Reads a definition file without looking at what it refers to.
///
/// # Errors
/// When it is not YAML of this form.
pub fn parse_definition(yaml: &str) -> Result<Definition, DefinitionError> {
    serde_norway::from_str(yaml).map_err(|error| DefinitionError::Form { message: error.to_string() })
}

macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        /// The built-in definition files.
        pub(crate) const BUILT_IN: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../definitions/", $name, ".yaml")))),*];
    };
}

built_in!(
    "bookings",
    "win_rate",
    "win_rate_by_value",
    "win_rate_strict",
    "win_rate_cohort",
    "average_deal_size",
    "sales_cycle",
    "sales_velocity",
    "open_pipeline",
    "weighted_pipeline",
    "pipeline_coverage",
    "remaining_coverage",
    "required_coverage",
    "quota_attainment",
    "reps_at_quota",
    "prorated_goal",
    "pace",
    "stage_conversion",
    "time_in_stage",
    "funnel_reach",
    "pipeline_waterfall",
    "slip_rate",
    "push_count",
    "forecast_rollup",
    "forecast_accuracy",
    "pipeline_created",
    "stale_share",
    "activities",
    "metric",
    "leaderboard",
);
