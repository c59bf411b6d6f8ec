//! Stays in stages: when a deal entered a stage, and when it left.

use crate::{
    Context,
    world::{Deal, DealVersion},
};
use salescope_domain::{StageId, StageOutcome};

/// A stay of a deal in a stage.
#[derive(Debug, Clone)]
pub(crate) struct Stay {
    pub(crate) stage: StageId,
    /// Positions among the deal's versions.
    pub(crate) entered: usize,
    pub(crate) left: Option<usize>,
}

/// The stays whose beginning is known.
pub(crate) fn stays(context: &Context, deal: &Deal) -> Vec<Stay> {
    let mut stays = Vec::new();
    for (index, version) in deal.versions.iter().enumerate() {
        let Some(stage) = version.state.stage.clone() else { continue };
        let enters = match index.checked_sub(1) {
            Some(before) => deal.versions[before].state.stage.as_ref() != Some(&stage),
            None => version.exact_creation,
        };
        if enters && version.state.is_open() && is_open_stage(context, deal, &stage) {
            let leaves =
                |later: &DealVersion| !later.state.is_open() || later.state.stage.as_ref() != Some(&stage);
            let left = (index + 1..deal.versions.len()).find(|later| leaves(&deal.versions[*later]));
            stays.push(Stay { stage, entered: index, left });
        }
    }
    stays
}

/// Whether the stage is of outcome open, or not recorded.
fn is_open_stage(context: &Context, deal: &Deal, stage: &StageId) -> bool {
    context.world.stage(&deal.key.0, stage).is_none_or(|stage| stage.outcome == StageOutcome::Open)
}
