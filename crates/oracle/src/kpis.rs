//! The catalogue: every built-in KPI by its id.

mod activities;
mod coverage;
mod dates;
mod forecast;
mod funnel;
mod leaderboard;
mod metric;
mod pipeline;
mod quotas;
mod reps;
mod stages;
mod stale;
mod velocity;
mod waterfall;
mod win_rates;
mod wins;

use crate::{
    Context,
    figure::{Figure, Key},
};
use salescope_domain::Group;
use std::collections::{BTreeMap, BTreeSet};

/// A KPI's figures by group.
type Figures = BTreeMap<Key, Figure>;

/// The printed groups of an answer.
pub(crate) fn groups(context: &Context) -> Vec<Group> {
    let figures = match context.query.kpi.as_str() {
        "leaderboard" => leaderboard::ranked(context),
        _ => figures(context).into_iter().collect(),
    };
    let partial = context.span.is_partial();
    let currency = context.world.settings.currency;
    let print = |(key, figure): (Key, Figure)| figure.note_if(partial, "partial_period").print(key, currency);
    figures.into_iter().map(print).collect()
}

/// The figures of the KPI that is asked for; none where there is no such KPI.
fn figures(context: &Context) -> Figures {
    match context.query.kpi.as_str() {
        "bookings" => wins::bookings(context),
        "average_deal_size" => wins::average_deal_size(context),
        "sales_cycle" => wins::sales_cycle(context),
        "win_rate" => win_rates::win_rate(context),
        "win_rate_by_value" => win_rates::by_value(context),
        "win_rate_strict" => win_rates::strict(context),
        "win_rate_cohort" => win_rates::cohort(context),
        "required_coverage" => win_rates::required_coverage(context),
        "sales_velocity" => velocity::sales_velocity(context),
        "open_pipeline" => pipeline::open_pipeline(context),
        "weighted_pipeline" => pipeline::weighted_pipeline(context),
        "pipeline_created" => pipeline::pipeline_created(context),
        "pipeline_coverage" => coverage::pipeline_coverage(context),
        "remaining_coverage" => coverage::remaining_coverage(context),
        "quota_attainment" => quotas::quota_attainment(context),
        "prorated_goal" => quotas::prorated_goal(context),
        "pace" => quotas::pace(context),
        "reps_at_quota" => reps::reps_at_quota(context),
        "stage_conversion" => stages::stage_conversion(context),
        "time_in_stage" => stages::time_in_stage(context),
        "funnel_reach" => funnel::funnel_reach(context),
        "pipeline_waterfall" => waterfall::pipeline_waterfall(context),
        "slip_rate" => dates::slip_rate(context),
        "push_count" => dates::push_count(context),
        "forecast_rollup" => forecast::forecast_rollup(context),
        "forecast_accuracy" => forecast::forecast_accuracy(context),
        "stale_share" => stale::stale_share(context),
        "activities" => activities::activities(context),
        "metric" => metric::metric(context),
        _ => Figures::new(),
    }
}

/// A figure for each of `keys`; without grouping exactly one, with an empty key.
fn by_group(context: &Context, keys: Vec<Key>, figure: impl Fn(&Key) -> Figure) -> Figures {
    let keys: BTreeSet<Key> = if context.query.group_by.is_empty() {
        BTreeSet::from([Key::new()])
    } else {
        keys.into_iter().collect()
    };
    keys.into_iter().map(|key| (key.clone(), figure(&key))).collect()
}

/// Tells of blind deals in the figure's group; without facts it has no value then.
fn tell_blind(mut figure: Figure, blind: &[Key], key: &Key, has_facts: bool) -> Figure {
    let is_blind = blind.contains(key);
    if is_blind && !has_facts {
        figure.value = None;
    }
    figure.note_if(is_blind, "history_absent")
}

/// A whole number among the parameters, else `default`.
fn number_param(context: &Context, name: &str, default: i32) -> i32 {
    context.query.params.get(name).and_then(|text| text.parse().ok()).unwrap_or(default)
}
