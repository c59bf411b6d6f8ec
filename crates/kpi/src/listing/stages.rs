//! Stages as a list: the funnel.

use super::{NOW, id, known_at};
use crate::engine::Engine;
use crate::state::objects::Known;
use crate::state::{StageState, State};
use salescope_domain::limits::PROBABILITY_DIGITS;
use salescope_domain::{Decimal, StageView};

impl Engine {
    /// Stages that are stated, by source and pipeline and then in their order.
    #[must_use]
    pub fn stages(&self) -> Vec<StageView> {
        let stated = self.state.stages.all_at(NOW).filter_map(|(number, known)| Some((number, known?)));
        let mut views: Vec<StageView> =
            stated.map(|(number, known)| view(&self.state, number, known)).collect();
        let order = |view: &StageView| {
            (view.source.clone(), view.pipeline.clone(), view.position, view.stage.clone())
        };
        views.sort_by_cached_key(order);
        views
    }
}

fn view(state: &State, number: u32, known: &Known<StageState>) -> StageView {
    let stage = &known.value;
    let stated_pipeline = (stage.pipeline != 0).then(|| state.pipelines.at(stage.pipeline, NOW)).flatten();
    StageView {
        source: state.source_of(state.stages.space(number)),
        stage: id(state.texts.text(state.stages.label(number))),
        pipeline: (stage.pipeline != 0).then(|| id(state.texts.text(state.pipelines.label(stage.pipeline)))),
        pipeline_name: stated_pipeline.and_then(|name| state.id(*name)),
        name: state.id(stage.name),
        position: stage.position,
        outcome: stage.outcome,
        probability: stage.probability.map(|millionths| Decimal::new(millionths.into(), PROBABILITY_DIGITS)),
        forecast_category: stage.category,
        known_at: known_at(known),
        tenant_seq: known.seq,
    }
}
