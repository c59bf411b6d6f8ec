//! Made-up values of what is told about history and about stages, each member of them set.

use crate::values::{answer, query, source, time};
use salescope_domain::{ForecastCategory, StageOutcome, StageView};
use salescope_engine_api::{BaselineInfo, CutReport, HistoryStart, KeptDifference, KeptVerified};
use salescope_testkit::make;

fn baseline() -> BaselineInfo {
    BaselineInfo { tenant_seq: 1 << 60, verified_at: time(), answers: 120, recomputed_seq: 1 << 59 }
}

pub(crate) fn history_start() -> HistoryStart {
    HistoryStart { first_seq: (1 << 60) + 1, baseline: Some(baseline()) }
}

pub(crate) fn cut_report() -> CutReport {
    CutReport { entries: 5, first_seq: 6, last_seq: u64::MAX, held_by: Some(6), baseline: Some(baseline()) }
}

pub(crate) fn kept_verified() -> KeptVerified {
    let difference = KeptDifference { query: query(), tenant_seq: 9, live: answer(), rebuilt: answer() };
    KeptVerified {
        start: history_start(),
        tenant_seq: 9,
        left_out: 1,
        queries: vec![query(), query()],
        groups: 4,
        difference: Some(difference),
    }
}

pub(crate) fn stage() -> StageView {
    StageView {
        source: source(),
        stage: make::stage("demo"),
        pipeline: Some(make::pipeline("new")),
        pipeline_name: Some(make::label("New business")),
        name: Some(make::label("Demo")),
        position: 3,
        outcome: StageOutcome::Open,
        probability: Some("0.25".parse().unwrap()),
        forecast_category: Some(ForecastCategory::Commit),
        known_at: time(),
        tenant_seq: 6,
    }
}
