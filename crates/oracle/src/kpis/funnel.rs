//! Funnel reach: of the deals created in the range that reached a stage, those that reached the next one.

use super::{Figures, by_group, stages, tell_blind};
use crate::{
    Context,
    dims::Described,
    facts::{blind, keys, of},
    figure::{Figure, Unit, share},
    world::{Deal, Stand},
};
use salescope_domain::{PipelineId, Stage, StageOutcome};

/// Pairs that reached the next step / pairs that reached the step.
pub(super) fn funnel_reach(context: &Context) -> Figures {
    let range = context.span.range;
    let mut pairs = Vec::new();
    for deal in context.world.deals.values().filter(|deal| !deal.is_gone()) {
        let created_inside = deal.head().created_on.is_some_and(|date| range.contains(date));
        if created_inside && !blind::is_blind_in_range(context, deal) {
            for (step, reached_next) in reached(context, deal) {
                stages::place(context, deal, &step.stage, reached_next, &mut pairs);
            }
        }
    }
    let blind = blind::created_in_range(context);
    by_group(context, [keys(&pairs), blind.clone()].concat(), |key| {
        let pairs = of(&pairs, key);
        let hits = pairs.iter().filter(|reached_next| ***reached_next).count();
        let figure = Figure::new(share(hits, pairs.len()), Unit::Ratio, pairs.len()).share_interval(hits);
        tell_blind(figure, &blind, key, !pairs.is_empty())
    })
}

/// The steps that the deal reached, and whether it reached the next one (after the last: the win).
fn reached(context: &Context, deal: &Deal) -> Vec<(Stage, bool)> {
    let Some(pipeline) = Described::head(context, deal).pipeline else { return Vec::new() };
    let steps = steps(context, deal, &pipeline);
    let won = deal.versions.iter().any(|version| version.state.stand == Stand::Won);
    let visited = deal.versions.iter().filter_map(|version| version.state.stage.as_ref());
    let furthest = visited
        .filter_map(|stage| context.world.stage(&deal.key.0, stage))
        .filter(|stage| stage.pipeline.as_ref() == Some(&pipeline) && stage.outcome == StageOutcome::Open)
        .map(|stage| stage.position)
        .max();
    let reaches = |step: &Stage| won || furthest.is_some_and(|position| position >= step.position);
    let next = |step: &Stage| steps.iter().find(|later| later.position > step.position).map_or(won, reaches);
    steps.iter().filter(|step| reaches(step)).map(|step| (step.clone(), next(step))).collect()
}

/// The recorded open stages of a pipeline, by position, then id.
fn steps(context: &Context, deal: &Deal, pipeline: &PipelineId) -> Vec<Stage> {
    let stages = context.world.stages.values().filter(|stage| {
        stage.source == deal.key.0
            && stage.outcome == StageOutcome::Open
            && stage.pipeline.as_ref() == Some(pipeline)
    });
    let mut steps: Vec<Stage> = stages.cloned().collect();
    steps.sort_by(|a, b| (a.position, &a.stage).cmp(&(b.position, &b.stage)));
    steps
}
